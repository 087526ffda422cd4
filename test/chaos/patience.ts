/** Waits as long as something happens: a slow machine is no fault, a standstill is. */
export class Patience {
  private readonly stillMs: number;
  private readonly mark: () => string | Promise<string>;
  private last = '';
  private movedAt = performance.now();

  /** `mark` is a text that changes with every step ahead; while it cannot be read, nothing has moved. */
  constructor(stillMs: number, mark: () => string | Promise<string>) {
    this.stillMs = stillMs;
    this.mark = mark;
  }

  /** Whether nothing has moved for so long. */
  async isOver(): Promise<boolean> {
    const now = await Promise.resolve()
      .then(this.mark)
      .catch(() => this.last);
    if (now !== this.last) [this.last, this.movedAt] = [now, performance.now()];
    return performance.now() - this.movedAt > this.stillMs;
  }
}

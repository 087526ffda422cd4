/** What the SMTP side does wrong on purpose, for tests of those who send. */
export class Faults {
  readonly #rejected = new Map<string, number>();
  #drops = 0;
  #tempFails = 0;

  /** Refuses a recipient with this SMTP code from now on, e.g. 550 (for good) or 450 (for now). */
  rejectRecipient(address: string, code: number): void {
    this.#rejected.set(address.toLowerCase(), code);
  }

  /** Keeps the next `count` mails but cuts the connection instead of saying so. */
  dropAfterData(count: number): void {
    this.#drops = count;
  }

  /** Answers the next `count` mails with 451 and does not keep them. */
  tempFail(count: number): void {
    this.#tempFails = count;
  }

  clear(): void {
    this.#rejected.clear();
    this.#drops = 0;
    this.#tempFails = 0;
  }

  /** The code a recipient is refused with, or undefined. */
  refusalOf(address: string): number | undefined {
    return this.#rejected.get(address.toLowerCase());
  }

  takeDrop(): boolean {
    return this.#drops > 0 && this.#drops-- > 0;
  }

  takeTempFail(): boolean {
    return this.#tempFails > 0 && this.#tempFails-- > 0;
  }
}

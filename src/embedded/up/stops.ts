interface Stoppable {
  stop(): Promise<void>;
}

/** What was started, and ends with us: the last first; one that fails to end does not keep the others. */
export class Stops {
  private readonly all: (() => Promise<void>)[] = [];
  private readonly starting = new Set<Promise<unknown>>();
  private readonly signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  add(stop: () => Promise<void>): void {
    this.all.push(stop);
  }

  /** Waits for a start; throws when an interruption came meanwhile, and what was started is ended with the rest. */
  async keep<T extends Stoppable>(start: Promise<T>): Promise<T> {
    this.starting.add(start);
    try {
      const started = await start;
      this.add(() => started.stop());
      this.signal.throwIfAborted();
      return started;
    } finally {
      this.starting.delete(start);
    }
  }

  async run(): Promise<void> {
    while (this.starting.size > 0) await Promise.allSettled(this.starting);
    for (let stop = this.all.pop(); stop; stop = this.all.pop()) await stop().catch(() => undefined);
  }
}

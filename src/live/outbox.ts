import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../http/problem.ts';

const AT_ONCE = 8;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;

/** Works on each thing once at a time, a few beside one another, and again until it succeeds. */
export class Outbox<T extends { sessionId: string }> {
  private readonly waiting = new Set<T>();
  private readonly running = new Map<T, Promise<void>>();
  private readonly work: (thing: T) => Promise<void>;
  private readonly log: Log;
  private isClosing = false;

  constructor(work: (thing: T) => Promise<void>, log: Log) {
    this.work = work;
    this.log = log;
  }

  add(thing: T): void {
    this.waiting.add(thing);
    this.next();
  }

  /** Until nothing of it is left to do. */
  async done(thing: T): Promise<void> {
    while (this.running.has(thing) || this.waiting.has(thing))
      await (this.running.get(thing) ?? Promise.race(this.running.values()));
  }

  /** Until all is done, or has failed once more. */
  async drain(): Promise<void> {
    this.isClosing = true;
    while (this.running.size > 0 || this.waiting.size > 0) {
      this.next();
      await Promise.all(this.running.values());
    }
  }

  private next(): void {
    for (const thing of this.waiting) {
      if (this.running.size >= AT_ONCE) return;
      if (this.running.has(thing)) continue;
      this.waiting.delete(thing);
      const run = this.run(thing).finally(() => {
        this.running.delete(thing);
        this.next();
      });
      this.running.set(thing, run);
    }
  }

  private async run(thing: T): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        await this.work(thing);
        return;
      } catch (error) {
        const message = `live detector: session ${thing.sessionId} could not be answered for yet`;
        this.log({ level: 'error', message, detail: String(error) });
        if (this.isClosing) return;
        await sleep(pauseMs, undefined, { ref: false });
      }
    }
  }
}

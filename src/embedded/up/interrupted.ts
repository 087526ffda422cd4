import type { Say } from './parts.ts';

const CTRL_C = 130;

/** Thrown where the work stops because a person asked it to; no failure. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Aborted by the first Ctrl-C or SIGTERM, with `Interrupted` as the reason; a second one ends the process at once. */
export function interruption(say: Say): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(CTRL_C);
    say('stopping; a new start goes on from here');
    controller.abort(new Interrupted());
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}

/** Settles as `work` does, unless it is interrupted before: then rejects at once, and `work` is left to itself. */
export function unlessInterrupted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Interrupted());
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

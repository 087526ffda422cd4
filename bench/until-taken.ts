import { setTimeout as pause } from 'node:timers/promises';
import { Unreachable } from '../src/client/errors.ts';

/** As a sender does that is answered 503: the same again. */
export async function untilTaken<T>(send: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      await pause(500);
    }
  }
}

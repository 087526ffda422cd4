import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';

/** Keeps a card from being shown more often than once in a quiet time, as far as this process knows. */
export interface Quiet {
  /** Throws `TooSoon`, to be tried again when the quiet time is over: a retry takes no room in a history. */
  check(incidentId: string, quietMs: number): void;
  shown(incidentId: string): void;
}

/** More cards than these are not shown within one quiet time. */
const MOST = 1_000;

export function createQuiet(nowMs: () => number): Quiet {
  const shownAt = new Map<string, number>();
  return {
    check: (incidentId, quietMs) => {
      const leftMs = (shownAt.get(incidentId) ?? -Infinity) + quietMs - nowMs();
      if (leftMs <= 0) return;
      throw ApplicationFailure.create({
        type: 'TooSoon',
        category: ApplicationFailureCategory.BENIGN,
        message: `The card of ${incidentId} was shown less than ${quietMs} ms ago.`,
        // A clock that was set back keeps no card away for longer than this.
        nextRetryDelay: Math.min(leftMs, quietMs),
      });
    },
    shown: (incidentId) => {
      shownAt.delete(incidentId);
      shownAt.set(incidentId, nowMs());
      const [oldest] = shownAt.keys();
      if (shownAt.size > MOST && oldest !== undefined) shownAt.delete(oldest);
    },
  };
}

import { setTimeout as pause } from 'node:timers/promises';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';

/** So many stops begun within the time are a flood of alerts. */
const FLOOD = { stops: 3, withinMs: 1_000 };
/** Half of what a record or a card has for itself (`workflows/proxies.ts`). */
const LONGEST_WAIT_MS = 15_000;
const LOOK_EVERY_MS = 100;

/**
 * In a flood of alerts whatever is no stop begins after the stops, or after 15 s: else the last agents are stopped after
 * the seals and cards of the first. One for all workers of a process. Promise 1, "containment before investigation".
 */
export function createStopsFirst(nowMs: () => number = () => performance.now()): ActivityInterceptorsFactory {
  let begun: number[] = [];
  const isFlood = (): boolean => {
    begun = begun.filter((at) => nowMs() - at < FLOOD.withinMs);
    return begun.length >= FLOOD.stops;
  };
  return ({ info, cancellationSignal }) => ({
    inbound: {
      async execute(input, next) {
        if (info.activityType === 'contain') {
          begun.push(nowMs());
          return next(input);
        }
        const waitUntil = nowMs() + LONGEST_WAIT_MS;
        while (info.activityType !== 'release' && isFlood() && nowMs() < waitUntil)
          await pause(LOOK_EVERY_MS, undefined, { signal: cancellationSignal });
        return next(input);
      },
    },
  });
}

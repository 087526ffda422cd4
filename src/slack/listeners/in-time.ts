import { setTimeout as sleep } from 'node:timers/promises';

/** A click on a button is acknowledged once it is durable: so long its decision itself is waited for. */
export const CLICK_PATIENCE_MS = 250;

/** What an answer waits for; Slack itself waits three seconds, and shows an error then. */
export interface Patience {
  /** For an answer to Slack in all; then Bolt answers in our place that nothing was acknowledged. */
  ackMs: number;
  /** For one call of Slack's API. */
  callMs: number;
  /** For who it was that clicked. */
  lookUpMs: number;
  /** For the decision in all. What is not decided by then is answered with an error, and told later. */
  decideMs: number;
  /** For the filling of a modal, or of Home, that is open already; it goes on afterwards. */
  fillMs: number;
}
export const usualPatience: Patience = {
  ackMs: 3_001,
  callMs: 10_000,
  lookUpMs: 1_000,
  decideMs: 2_600,
  fillMs: 250,
};

export interface InTime {
  patience: Patience;
  /** Work that Slack does not wait for; errors are logged, `stop` waits for it. */
  later: (work: () => Promise<void>) => void;
}

/** Slack shows the person that nothing is certain; the work goes on and says what came of it. */
export class TooLate extends Error {
  override readonly name = 'TooLate';
}

/** What is still done when the work ends after Slack has given up on it: nobody else tells the person. */
export interface Late<T> {
  done?: (result: T) => Promise<void>;
  failed?: () => Promise<void>;
}

/** The work's result where it ended in time; else null, and what comes of it is `late`'s. */
async function inTime<T>(
  deps: Pick<InTime, 'later'>,
  ms: number,
  work: () => Promise<T>,
  late: Late<T>,
): Promise<{ result: T } | null> {
  const running = work().then((result) => ({ result }));
  const timer = new AbortController();
  const tooLate = sleep(ms, null, { signal: timer.signal }).catch(() => null);
  const ended = await Promise.race([running, tooLate]).finally(() => timer.abort());
  if (!ended) deps.later(async () => await goOn(running, late));
  return ended;
}

async function goOn<T>(running: Promise<{ result: T }>, late: Late<T>): Promise<void> {
  let ended;
  try {
    ended = await running;
  } catch (error) {
    await late.failed?.();
    throw error;
  }
  await late.done?.(ended.result);
}

/** Runs to its end; throws `TooLate` when that takes longer than Slack waits. */
export async function decideInTime<T>(deps: InTime, work: () => Promise<T>, late: Late<T>): Promise<T> {
  const ended = await inTime(deps, deps.patience.decideMs, work, late);
  if (!ended) throw new TooLate('the engine did not answer within Slack’s three seconds');
  return ended.result;
}

/** Runs to its end, behind Slack's back when that takes long. */
export async function startInTime(
  deps: InTime,
  work: () => Promise<void>,
  late: Late<void> = {},
): Promise<void> {
  await inTime(deps, deps.patience.fillMs, work, late);
}

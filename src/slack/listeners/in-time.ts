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

async function race(deps: Pick<InTime, 'later'>, ms: number, work: () => Promise<void>): Promise<boolean> {
  const running = work();
  const timer = new AbortController();
  const late = sleep(ms, false, { signal: timer.signal }).catch(() => false);
  const isDone = await Promise.race([running.then(() => true), late]).finally(() => timer.abort());
  if (!isDone) deps.later(() => running);
  return isDone;
}

/** Runs to its end; throws `TooLate` when that takes longer than Slack waits. */
export async function decideInTime(deps: InTime, work: () => Promise<void>): Promise<void> {
  if (!(await race(deps, deps.patience.decideMs, work)))
    throw new TooLate('the engine did not answer within Slack’s three seconds');
}

/** Runs to its end, behind Slack's back when that takes long; a failure that Slack does not hear of is `lateFailure`'s. */
export async function startInTime(
  deps: InTime,
  work: () => Promise<void>,
  lateFailure: () => Promise<void> = async () => undefined,
): Promise<void> {
  const is = { late: false };
  const told = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (is.late) await lateFailure();
      throw error;
    }
  };
  is.late = !(await race(deps, deps.patience.fillMs, told));
}

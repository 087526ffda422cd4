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

type LateFailure = () => Promise<void>;
const untold: LateFailure = async () => undefined;

/** Whether the work has ended in time. What fails afterwards Slack does not hear of: it is `lateFailure`'s. */
async function isInTime(
  deps: Pick<InTime, 'later'>,
  ms: number,
  work: () => Promise<void>,
  lateFailure: LateFailure,
): Promise<boolean> {
  const running = work();
  const timer = new AbortController();
  const late = sleep(ms, false, { signal: timer.signal }).catch(() => false);
  const isDone = await Promise.race([running.then(() => true), late]).finally(() => timer.abort());
  if (!isDone)
    deps.later(async () => {
      try {
        await running;
      } catch (error) {
        await lateFailure();
        throw error;
      }
    });
  return isDone;
}

/** Runs to its end; throws `TooLate` when that takes longer than Slack waits. */
export async function decideInTime(
  deps: InTime,
  work: () => Promise<void>,
  lateFailure = untold,
): Promise<void> {
  if (!(await isInTime(deps, deps.patience.decideMs, work, lateFailure)))
    throw new TooLate('the engine did not answer within Slack’s three seconds');
}

/** Runs to its end, behind Slack's back when that takes long. */
export async function startInTime(
  deps: InTime,
  work: () => Promise<void>,
  lateFailure = untold,
): Promise<void> {
  await isInTime(deps, deps.patience.fillMs, work, lateFailure);
}

import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type { Config } from '../config/types.ts';
import type { RetentionAges } from '../activities/types.ts';
import { type Log, stderrLog } from '../http/problem.ts';

/** One an installation: worker processes share it. */
export const retentionScheduleId = (taskQueue: string): string => `holdpoint-retention/${taskQueue}`;

const EVERY_MS = 24 * 3_600_000;
/** A round that was missed while Temporal was away is made up for. */
const CATCH_UP_MS = EVERY_MS + 3_600_000;

/** The daily round of the policy, as configured now. */
const scheduleOf = (ages: RetentionAges, taskQueue: string) => ({
  spec: { intervals: [{ every: EVERY_MS }] },
  action: {
    type: 'startWorkflow' as const,
    workflowType: 'retention',
    workflowId: retentionScheduleId(taskQueue),
    taskQueue,
    args: [ages],
  },
  policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP_MS },
});

/**
 * Has Temporal start the retention policy once a day, or no more where the configuration has none. Called at each start
 * of a worker, so that the policy is that of the file.
 */
export async function scheduleRetention(
  client: Pick<Client, 'schedule'>,
  { retention: { evidenceMs, wordsMs }, temporal: { taskQueue } }: Pick<Config, 'retention' | 'temporal'>,
): Promise<void> {
  const scheduleId = retentionScheduleId(taskQueue);
  const handle = client.schedule.getHandle(scheduleId);
  if (evidenceMs === null && wordsMs === null) {
    await handle.delete().catch((error: unknown) => {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    });
    return;
  }
  const wanted = scheduleOf({ evidenceMs, wordsMs }, taskQueue);
  try {
    await client.schedule.create({ scheduleId, ...wanted });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await handle.update(({ state }) => ({ ...wanted, state }));
  }
}

/** The same for a worker that starts: incidents are run also where the schedule cannot be set, and that is said. */
export async function keepRetention(
  client: Pick<Client, 'schedule'>,
  config: Pick<Config, 'retention' | 'temporal'>,
  log: Log = stderrLog,
): Promise<void> {
  try {
    await scheduleRetention(client, config);
  } catch (error) {
    const message =
      'the retention schedule could not be set: nothing is erased by policy until a worker starts and can; `holdpoint audit retain` does it now';
    log({ level: 'error', message, detail: error instanceof Error ? error.message : String(error) });
  }
}

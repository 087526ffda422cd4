import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { createRetainActivities } from '../../src/activities/retain.ts';
import { keepRetention, retentionScheduleId, scheduleRetention } from '../../src/compose/retention.ts';
import { ended, history, numbered } from '../store/events.ts';
import { testStore, type TestStore } from '../store/store.ts';
import { until } from '../instrument/until.ts';
import { testEnvironment, workflowBundle } from '../support/temporal.ts';

const DAY_MS = 86_400_000;
const LONG_AFTER_MS = 2_000_000_000_000;

let db: TestStore;
let environment: TestWorkflowEnvironment;
beforeAll(async () => {
  [db, environment] = await Promise.all([testStore(), testEnvironment()]);
});
afterAll(async () => {
  await environment.teardown();
  await db.end();
});

const configOf = (taskQueue: string, evidenceMs: number | null, wordsMs: number | null) => ({
  retention: { evidenceMs, wordsMs },
  temporal: { taskQueue, address: '', namespace: 'default', apiKey: null, tls: false },
});

test('a worker erases by policy what ended long enough ago, and nothing under a hold', async () => {
  for (const id of ['inc-old', 'inc-held', 'inc-open']) {
    await db.store.audit.append(id, history(id, 3));
    await db.store.erasures.keyFor(id);
    await db.store.erasures.keyFor(`${id}/history`);
    if (id !== 'inc-open') await db.store.audit.append(id, numbered([ended], 4));
  }
  const hold = await db.store.erasures.hold('inc-held', { by: 'person:ben', reason: 'a lawsuit' });
  const taskQueue = `retention-${randomUUID()}`;
  const { client } = environment;
  await scheduleRetention(client, configOf(taskQueue, 365 * DAY_MS, 365 * DAY_MS));
  const schedule = client.schedule.getHandle(retentionScheduleId(taskQueue));
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue,
    workflowBundle: workflowBundle(),
    activities: createRetainActivities({ erasures: db.store.erasures, nowMs: () => LONG_AFTER_MS }),
  });
  const round = async (): Promise<unknown> => {
    const before = (await schedule.describe()).info.recentActions.length;
    await schedule.trigger();
    await until('the schedule has started a round', async () => {
      return (await schedule.describe()).info.recentActions.length > before;
    });
    const last = (await schedule.describe()).info.recentActions.at(-1);
    if (last?.action.type !== 'startWorkflow') throw new Error('the schedule started no workflow');
    const { workflowId, firstExecutionRunId } = last.action.workflow;
    return client.workflow.getHandle(workflowId, firstExecutionRunId).result();
  };
  await worker.runUntil(async () => {
    expect(await round()).toEqual({ evidence: 1, words: 1 });
    expect(await round()).toEqual({ evidence: 0, words: 0 });
    await db.store.erasures.lift('inc-held', hold, 'person:ben');
    expect(await round()).toEqual({ evidence: 1, words: 1 });
  });
  const erased = await db.store.erasures.erased();
  expect(erased.map(({ incidentId, what, by }) => `${incidentId} ${what} ${by}`)).toEqual([
    'inc-old evidence retention policy',
    'inc-old words retention policy',
    'inc-held evidence retention policy',
    'inc-held words retention policy',
  ]);
  expect(erased[0]?.reason).toBe('retention: evidence for 365 days after the end');
  expect(await db.store.erasures.keyOf('inc-open')).not.toBeNull();
  expect(await db.store.audit.words('inc-open')).toHaveLength(2);
  await schedule.delete();
});

test('the schedule is that of the configuration: made, changed, shared by two starts at once, and removed', async () => {
  const taskQueue = `retention-${randomUUID()}`;
  const { client } = environment;
  const schedule = client.schedule.getHandle(retentionScheduleId(taskQueue));
  const ages = async (): Promise<unknown> => {
    const { action } = await schedule.describe();
    return action.type === 'startWorkflow' ? action.args : null;
  };
  await scheduleRetention(client, configOf(taskQueue, null, null));
  await expect(schedule.describe()).rejects.toThrow();
  await Promise.all([1, 2].map(() => scheduleRetention(client, configOf(taskQueue, DAY_MS, null))));
  expect(await ages()).toEqual([{ evidenceMs: DAY_MS, wordsMs: null }]);
  await schedule.pause('while lawyers look');
  await scheduleRetention(client, configOf(taskQueue, 2 * DAY_MS, 3 * DAY_MS));
  expect(await ages()).toEqual([{ evidenceMs: 2 * DAY_MS, wordsMs: 3 * DAY_MS }]);
  expect((await schedule.describe()).state).toMatchObject({ paused: true, note: 'while lawyers look' });
  await scheduleRetention(client, configOf(taskQueue, null, null));
  await expect(schedule.describe()).rejects.toThrow();
});

test('a worker starts also where no schedule can be set, and says so', async () => {
  const refusing = {
    schedule: {
      getHandle: () => ({}),
      create: () => Promise.reject(new Error('schedules are not allowed here')),
    },
  } as unknown as TestWorkflowEnvironment['client'];
  const logged: { message: string; detail?: string }[] = [];
  await keepRetention(refusing, configOf('none', DAY_MS, null), (entry) => logged.push(entry));
  expect(logged).toEqual([
    {
      level: 'error',
      message: expect.stringContaining('the retention schedule could not be set'),
      detail: 'schedules are not allowed here',
    },
  ]);
});

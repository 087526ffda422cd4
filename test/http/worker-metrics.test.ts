import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { NativeConnection, Worker } from '@temporalio/worker';
import { ApplicationFailure } from '@temporalio/activity';
import { randomUUID } from 'node:crypto';
import { quietRuntime } from '../../src/compose/worker.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { fromSetup } from '../support/environment.ts';
import { testEnvironment, workflowBundle } from '../support/temporal.ts';
import { until } from '../instrument/until.ts';
import { expressions, labelsIn, parsedIn, type Told, told } from './support/promql.ts';
import { alertOf, SECRETS, startWorld, type World } from './world.ts';

/** Told by a worker only once the thing has happened: each of them happens below. */
const HAPPENED = [
  'temporal_workflow_task_execution_failed',
  'temporal_activity_execution_failed',
  'temporal_activity_execution_latency_bucket',
  'temporal_workflow_task_schedule_to_start_latency_bucket',
];

let environment: TestWorkflowEnvironment;
let world: World;
let address: string;
let metrics: Told;
beforeAll(async () => {
  address = `127.0.0.1:${await freePort()}`;
  quietRuntime(address);
  environment = await testEnvironment();
  world = await startWorld({}, undefined, undefined, { metrics: { workerAddress: address } });
  await world.call('/api/v1/alerts', { body: alertOf(), token: SECRETS.AGENT_KEY });
  const connection = await NativeConnection.connect({ address: fromSetup('HOLDPOINT_TEST_TEMPORAL') });
  const taskQueue = `metrics-${randomUUID()}`;
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: workflowBundle(),
    activities: {
      retain: () => ({ evidence: 0, words: 0 }),
      archiveHistory: () => {
        throw ApplicationFailure.nonRetryable('the run is gone', 'HistoryGone');
      },
    },
  });
  const start = (type: string, args: unknown[]) =>
    environment.client.workflow.start(type, { taskQueue, workflowId: `metrics-${randomUUID()}`, args });
  await worker.runUntil(async () => {
    await (await start('retention', [{ evidenceMs: null, wordsMs: null }])).result();
    const lost = await start('archivist', [{ incidentId: 'inc-1', workflowId: 'w', runId: 'r' }]);
    await expect(lost.result()).rejects.toThrow();
    const unknown = await start('notAWorkflow', []);
    await until(
      'the worker has told of everything that happened',
      async () => {
        metrics = told((await world.call('/metrics', { token: SECRETS.METRICS_KEY })).text);
        return HAPPENED.every((name) => metrics.has(name));
      },
      60_000,
    );
    await unknown.terminate('done');
  });
  await connection.close();
});
afterAll(async () => {
  await world.stop();
  await environment.teardown();
});

test('latencies are in milliseconds, as the rules read them', async () => {
  const { text } = await world.call('/metrics', { token: SECRETS.METRICS_KEY });
  const name = 'temporal_workflow_task_schedule_to_start_latency_bucket';
  const bounds = [...text.matchAll(new RegExp(`^${name}\\{.*le="(\\d+)"`, 'gm'))].map(([, le]) => Number(le));
  expect(Math.max(...bounds)).toBeGreaterThanOrEqual(5_000);
});

test('what a real worker tells comes out of the server beside ours', () => {
  expect(metrics.has('holdpoint_projection_up')).toBe(true);
  for (const name of HAPPENED) expect([...metrics.keys()]).toContain(name);
});

test.each(expressions())('$where is PromQL over what is told: $expr', ({ expr }) => {
  const { names, mistakes } = parsedIn(expr);
  expect(mistakes).toEqual([]);
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) expect([...metrics.keys()]).toContain(name);
  // `instance` is put on by Prometheus itself.
  const has = new Set(['instance', ...names.flatMap((name) => [...(metrics.get(name) ?? [])])]);
  for (const label of labelsIn(expr)) expect([...has]).toContain(label);
});

test('the check finds a name that nobody tells, and what is no PromQL', () => {
  expect(parsedIn('rate(holdpoint_gone[5m])').names).toEqual(['holdpoint_gone']);
  expect(parsedIn('sum by (le (rate(x[5m])').mistakes.length).toBeGreaterThan(0);
  expect(labelsIn('sum by (le, route) (x{status=~"5.."})')).toEqual(['le', 'route', 'status']);
});

import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { createTemporalContainment } from '../../../src/adapters/containment/temporal.ts';
import { startChild, type Child } from './child.ts';
import { fromSetup } from '../../support/environment.ts';
import { orderOf } from './order.ts';

const taskQueue = `counting-${randomUUID()}`;
let connection: Connection;
let client: Client;
let worker: Child;

beforeAll(async () => {
  const address = fromSetup('HOLDPOINT_TEST_TEMPORAL');
  connection = await Connection.connect({ address });
  client = new Client({ connection, namespace: 'default' });
  worker = startChild('test/adapters/containment/agents/temporal-agent.ts', {
    ADDRESS: address,
    TASK_QUEUE: taskQueue,
  });
  await worker.line('the worker', (line) => line['ready'] === true, 50_000);
});
afterAll(async () => {
  await worker.end();
  await connection.close();
});

const start = async (workflow: string): Promise<string> => {
  const session = randomUUID();
  await client.workflow.start(workflow, { taskQueue, workflowId: `agent/${session}`, args: [] });
  return session;
};
const adapter = (confirmWithinMs = 10_000) =>
  createTemporalContainment({
    client,
    workflowIds: { 'counting-agent': 'agent/{session}' },
    confirmWithinMs,
    pollMs: 50,
  });

it('pauses a workflow by a cancel, confirmed by the server', async () => {
  const sessionId = await start('counting');
  expect((await adapter().verify(orderOf({ sessionId }))).status).toBe('unconfirmed');
  const result = await adapter().contain(orderOf({ sessionId }));
  expect(result).toMatchObject({
    status: 'confirmed',
    evidence: expect.stringMatching(/agent\/.* is CANCELLED since /),
  });
  expect((await adapter().verify(orderOf({ sessionId }))).status).toBe('confirmed');
  expect((await adapter().contain(orderOf({ sessionId }))).status).toBe('confirmed');
});

it('kills a workflow that does not listen to a cancel, with the reason in its history', async () => {
  const sessionId = await start('deaf');
  expect((await adapter(500).contain(orderOf({ sessionId }))).status).toBe('unconfirmed');
  const result = await adapter().contain(orderOf({ sessionId, action: 'kill' }));
  expect(result).toMatchObject({ status: 'confirmed', evidence: expect.stringContaining('TERMINATED') });
  const { events } = await client.workflow.getHandle(`agent/${sessionId}`).fetchHistory();
  const reason = events?.at(-1)?.workflowExecutionTerminatedEventAttributes?.reason;
  expect(reason).toBe('Holdpoint incident inc-1: decline rate');
});

it('takes a workflow that tidies up and completes for contained', async () => {
  const sessionId = await start('tidying');
  expect(await adapter().contain(orderOf({ sessionId }))).toMatchObject({
    status: 'confirmed',
    evidence: expect.stringContaining('COMPLETED'),
  });
});

it('says that a workflow had come to its own end', async () => {
  const sessionId = await start('brief');
  await client.workflow.getHandle(`agent/${sessionId}`).result();
  expect((await adapter().contain(orderOf({ sessionId }))).status).toBe('already_ended');
  expect((await adapter().verify(orderOf({ sessionId }))).status).toBe('already_ended');
});

it('does not call it contained when no such workflow is known', async () => {
  expect(await adapter(100).contain(orderOf({ sessionId: 'nobody' }))).toMatchObject({
    status: 'unconfirmed',
    evidence: expect.stringContaining('Temporal knows no workflow agent/nobody'),
  });
});

it('refuses what it cannot aim at', async () => {
  expect((await adapter().contain(orderOf({ agent: 'unknown' }))).status).toBe('refused');
  expect((await adapter().contain(orderOf({ sessionId: null }))).status).toBe('refused');
});

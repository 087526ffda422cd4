import { MockActivityEnvironment } from '@temporalio/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServices } from '../../examples/loan-agent/services/start.ts';
import { type Located, planClasses } from '../../src/activities/plan.ts';
import { createReverseActivities } from '../../src/activities/reverse.ts';
import { createFilesystemEvidence } from '../../src/adapters/evidence/filesystem.ts';
import { createHttpTools } from '../../src/adapters/tools/http.ts';
import { createStore } from '../../src/store/create.ts';
import type { Store } from '../../src/store/port.ts';
import { freshDatabase } from '../support/postgres.ts';

const dir = mkdtempSync(join(tmpdir(), 'holdpoint-reverse-'));
const evidence = createFilesystemEvidence({ dir: join(dir, 'evidence') });
let services: Awaited<ReturnType<typeof startServices>>;
let database: Awaited<ReturnType<typeof freshDatabase>>;
let store: Store;
beforeAll(async () => {
  services = await startServices(join(dir, 'loans'));
  database = await freshDatabase();
  store = await createStore({ url: database.url });
});
afterAll(async () => {
  await services.close();
  await store.close();
  await database.drop();
  rmSync(dir, { recursive: true, force: true });
});

const application = async (id: string) =>
  (await (await fetch(`${services.urls.applications}/applications/${id}`)).json()) as {
    status: string;
    history: { status: string; reason: string }[];
  };

/** Applications that an agent declined: what must be undone. */
async function declined(count: number): Promise<Located[]> {
  const listed = await fetch(`${services.urls.applications}/applications?status=pending&limit=${count}`);
  const { applications } = (await listed.json()) as { applications: { application_id: string }[] };
  return Promise.all(
    applications.slice(0, count).map(async ({ application_id: id }, i): Promise<Located> => {
      const body = JSON.stringify({ status: 'declined', reason: 'income null' });
      const headers = { 'content-type': 'application/json' };
      await fetch(`${services.urls.applications}/applications/${id}/status`, {
        method: 'PUT',
        headers,
        body,
      });
      return {
        sessionId: 's-1',
        step: i + 4,
        tool: 'set_application_status',
        target: id,
        effect: 'write',
        reversible: true,
        outcome: 'done',
        unknownTool: false,
        args: { application_id: id, status: 'declined' },
        reversal: { tool: 'set_application_status', args: { application_id: id, status: 'pending' } },
        reversalWindowMs: null,
        atMs: 1_000 + i,
      };
    }),
  );
}

async function orderFor(actions: Located[], batchId: string) {
  const [planned] = planClasses('inc-1', actions);
  if (!planned) throw new Error('no class');
  const { uri } = await evidence.put(planned.bytes);
  const { classId, planSha256 } = planned.spec;
  return {
    incidentId: 'inc-1',
    batchId,
    classId,
    planUri: uri,
    planSha256,
    indices: [[0, actions.length - 1]] as [number, number][],
  };
}

const activities = () => {
  const url = `${services.urls.applications}/applications/{application_id}`;
  const verify = { url, path: 'status', equals: '{status}' };
  const call = {
    url: `${url}/status`,
    method: 'PUT' as const,
    headers: {},
    body: { status: '{status}', reason: 'undone' },
    verify,
    arguments: {},
    timeoutMs: 5_000,
  };
  const tools = createHttpTools({ tools: { set_application_status: call } });
  return createReverseActivities({
    evidence,
    ledger: store.ledger,
    toolFor: async () => tools,
    incidents: { send: async () => ({ ok: true, events: 1, pending: false }) },
  });
};

const runWindow = (order: Awaited<ReturnType<typeof orderFor>>) =>
  new MockActivityEnvironment().run((given: typeof order) => activities().reverseWindow(given), order);

it('undoes each action once, however often the window runs', async () => {
  const actions = await declined(3);
  const order = await orderFor(actions, 'batch-once');
  for (let i = 0; i < 3; i += 1)
    expect(await runWindow(order)).toEqual({ done: [[0, 2]], notDone: [], uncertain: [] });
  for (const { target } of actions) {
    const { status, history } = await application(target ?? '');
    expect(status).toBe('pending');
    expect(history.filter(({ reason }) => reason === 'undone')).toHaveLength(1);
  }
});

it('keeps what was refused as not done, however often the window runs', async () => {
  const [action] = await declined(1);
  const args = { application_id: 'A-unknown', status: 'pending' };
  const order = await orderFor(
    [{ ...action!, reversal: { tool: 'set_application_status', args } }],
    'batch-refused',
  );
  for (let i = 0; i < 3; i += 1)
    expect(await runWindow(order)).toEqual({ done: [], notDone: [[0, 0]], uncertain: [] });
});

it('runs nothing of a plan that is not the one that was signed', async () => {
  const actions = await declined(1);
  const order = { ...(await orderFor(actions, 'batch-altered')), planSha256: '0'.repeat(64) };
  await expect(runWindow(order)).rejects.toThrow(/not the one that was signed/);
  expect((await application(actions[0]?.target ?? '')).status).toBe('declined');
});

describe('an intent that was found again after a crash', () => {
  const key = (batchId: string, step: number): string => `reversal:inc-1:${batchId}:s-1#${step}`;

  it('is done when reading back says so, without a second call', async () => {
    const actions = await declined(1);
    const order = await orderFor(actions, 'batch-crash-done');
    await store.ledger.intend(key('batch-crash-done', 4), 'reversal', {});
    const id = actions[0]?.target ?? '';
    const body = JSON.stringify({ status: 'pending', reason: 'applied before the crash' });
    const headers = { 'content-type': 'application/json' };
    await fetch(`${services.urls.applications}/applications/${id}/status`, { method: 'PUT', headers, body });
    const before = (await application(id)).history.length;
    expect(await runWindow(order)).toMatchObject({ done: [[0, 0]] });
    expect((await application(id)).history).toHaveLength(before);
  });

  it('is uncertain otherwise: shown to a person, never repeated', async () => {
    const actions = await declined(1);
    const order = await orderFor(actions, 'batch-crash-open');
    await store.ledger.intend(key('batch-crash-open', 4), 'reversal', {});
    expect(await runWindow(order)).toMatchObject({ done: [], uncertain: [[0, 0]] });
    expect(await runWindow(order)).toMatchObject({ uncertain: [[0, 0]] });
    expect((await application(actions[0]?.target ?? '')).status).toBe('declined');
  });
});

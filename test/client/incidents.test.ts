import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { createShowActivities } from '../../src/activities/show.ts';
import type { RecordActivities } from '../../src/activities/types.ts';
import { createIncidents } from '../../src/client/incidents.ts';
import type { Incidents } from '../../src/client/port.ts';
import { ISOLATE } from '../../src/compose/isolate.ts';
import type { IncidentState } from '../../src/domain/incident/state.ts';
import { Policy } from '../../src/domain/policy.ts';
import { incidentWorkflowId } from '../../src/workflows/ids.ts';
import { history } from '../store/events.ts';
import { testStore, type TestStore } from '../store/store.ts';
import { testEnvironment, workflowBundle } from '../support/temporal.ts';
import { stopsQueue } from '../../src/workflows/queues.ts';
import { recordedActivities } from '../workflows/support/activities.ts';
import { newSigner, person, proseOf, source } from '../workflows/support/cast.ts';

const taskQueue = `tq-${randomUUID().slice(0, 8)}`;
const agent = `agent-${randomUUID().slice(0, 8)}`;
const signer = newSigner();
let env: TestWorkflowEnvironment;
let db: TestStore;
let incidents: Incidents;
/** The same server when its database does not answer. */
let blind: Incidents;
const opened: string[] = [];

const over = (store: TestStore['store'], queue = taskQueue, deadlineMs = 30_000): Incidents =>
  createIncidents({
    client: env.client,
    signer,
    publicKeys: { [signer.keyId]: signer.publicKey },
    taskQueue: queue,
    settings: { continueAfter: 1_000, containmentRetryMs: 200, cardQuietMs: 50, searchAttributes: true },
    config: {
      agents: { [agent]: { ownerIds: [] } },
      policy: Policy.parse({ exportGraceMs: 0 }),
    } as unknown as Parameters<typeof createIncidents>[0]['config'],
    projection: store.incidents,
    deadlineMs,
  });

beforeAll(async () => {
  env = await testEnvironment();
  db = await testStore();
  incidents = over(db.store);
  const gone = await testStore();
  await gone.end();
  blind = over(gone.store);
});
afterAll(async () => {
  for (const id of opened)
    await env.client.workflow
      .getHandle(incidentWorkflowId(id))
      .terminate()
      .catch(() => undefined);
  await db.end();
  await env.teardown();
});

const alertOf = (sessionId: string | null) => ({
  alertId: randomUUID(),
  source: 'test',
  title: 'Decline rate 100 %',
  sessionId,
  firedAtMs: Date.now(),
  kind: 'semantic' as const,
  severity: 'sev2' as const,
  wrongValue: null,
  entityId: null,
  url: null,
});

async function alert(to: Incidents, sessionId: string | null, dedupKey: string | null = null) {
  const answer = await to.alert({ agent, dedupKey, alert: alertOf(sessionId), by: source });
  opened.push(answer.incidentId);
  return answer;
}

/** Runs a story beside a worker whose records go into the real store. */
async function live<T>(story: () => Promise<T>): Promise<T> {
  const recorded = recordedActivities({ report: async () => undefined });
  const appendEvents: RecordActivities['appendEvents'] = ({ incidentId, events }) =>
    db.store.audit.append(incidentId, events);
  const activities = { ...recorded.activities, appendEvents };
  const shared = { connection: env.nativeConnection, namespace: 'default' };
  const worker = await Worker.create({
    ...shared,
    taskQueue,
    workflowBundle: workflowBundle(),
    ...ISOLATE,
    activities: { ...activities, ...createShowActivities(activities) },
  });
  const stops = await Worker.create({ ...shared, taskQueue: stopsQueue(taskQueue), activities });
  return worker.runUntil(stops.runUntil(story));
}

const inRecord = async (incidentId: string, holds: (state: IncidentState) => boolean): Promise<void> => {
  for (;;) {
    const row = await db.store.incidents.get(incidentId);
    if (row && holds(row.state)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
};

const recorded = (incidentId: string, holds: (status: string) => boolean): Promise<void> =>
  inRecord(incidentId, ({ status }) => holds(status));

/** No incident may be dismissed before its evidence is sealed. */
async function dismiss(incidentId: string): Promise<void> {
  await inRecord(incidentId, ({ sessions }) => Object.values(sessions).every(({ seal }) => seal !== null));
  const words = { type: 'proposeEnding' as const, kind: 'dismissed' as const, fixUrl: null };
  const reason = proseOf('A test.');
  const propose = { ...words, id: randomUUID(), reason, intoIncidentId: null };
  expect(await incidents.send(incidentId, propose, person('ana'))).toMatchObject({ ok: true });
  const second = { type: 'secondEnding' as const, id: randomUUID(), reason: null };
  expect(await incidents.send(incidentId, second, person('ben'))).toMatchObject({ ok: true });
  await recorded(incidentId, (status) => status === 'dismissed');
}

it('opens, joins, and after the end opens the next one, linked', async () => {
  await live(async () => {
    const first = await alert(incidents, 's-next');
    expect(first).toMatchObject({ opened: true, dedupRule: 'session' });
    await recorded(first.incidentId, (status) => status === 'open');
    expect(await alert(incidents, 's-next')).toMatchObject({ incidentId: first.incidentId, opened: false });
    await dismiss(first.incidentId);
    const next = await alert(incidents, 's-next');
    expect(next).toMatchObject({ opened: true, incidentId: first.incidentId.replace(/-1$/, '-2') });
    await recorded(next.incidentId, (status) => status === 'open');
    expect((await db.store.incidents.get(next.incidentId))?.state.linkedFrom).toBe(first.incidentId);
  });
});

it('joins the open incident that has the session, however many are open', async () => {
  await live(async () => {
    const { incidentId } = await alert(incidents, 's-many', 'its-own-key');
    await recorded(incidentId, (status) => status === 'open');
    // Newer ones, so that a list of the newest 200 does not have it.
    const later = Date.now() + 60_000;
    for (let i = 0; i < 210; i += 1) {
      const events = history(`other-${i}`, 2, agent).map((event) => ({ ...event, at: later + i }));
      await db.store.audit.append(`other-${i}`, events);
    }
    expect(await alert(incidents, 's-many', 'another-key')).toMatchObject({
      incidentId,
      opened: false,
      dedupRule: 'session of an open incident',
    });
  });
});

describe('while the records are out of reach', () => {
  it('joins what runs, whatever its number', async () => {
    await live(async () => {
      const first = await alert(incidents, 's-blind');
      await recorded(first.incidentId, (status) => status === 'open');
      await dismiss(first.incidentId);
      const second = await alert(incidents, 's-blind');
      expect(second.incidentId).toMatch(/-2$/);
      // Temporal's own list lags a little.
      const query = `WorkflowId = "${incidentWorkflowId(second.incidentId)}" AND ExecutionStatus = "Running"`;
      while ((await env.client.workflow.count(query)).count === 0);
      expect(await alert(blind, 's-blind')).toMatchObject({ incidentId: second.incidentId, opened: false });
    });
  });

  it('never takes the id of an incident that Temporal has forgotten, and alerts still meet', async () => {
    await live(async () => {
      const first = await alert(blind, 's-forgotten');
      expect(first.opened).toBe(true);
      expect(Number(first.incidentId.split('-').at(-1))).toBeGreaterThan(400_000);
      expect(await alert(blind, 's-forgotten')).toMatchObject({
        incidentId: first.incidentId,
        opened: false,
      });
      // With the records back it is found as any other, and the next one counts on from it.
      await recorded(first.incidentId, (status) => status === 'open');
      expect(await alert(incidents, 's-forgotten')).toMatchObject({
        incidentId: first.incidentId,
        opened: false,
      });
    });
  });
});

it('signs no words whose digest is another: the incident could record nothing any more', async () => {
  await live(async () => {
    const { incidentId } = await alert(incidents, 's-words');
    const { sha256 } = proseOf('Seen.');
    const note = { type: 'addNote' as const, id: randomUUID(), text: { text: ' Seen. ', sha256 } };
    await expect(incidents.send(incidentId, note, person('ana'))).rejects.toMatchObject({ field: 'text' });
    const right = { ...note, text: proseOf(' Seen. ') };
    expect(await incidents.send(incidentId, right, person('ana'))).toMatchObject({ ok: true });
    await recorded(incidentId, () => true);
  });
});

it('makes a click durable when its patience is over, and it counts once however it arrives', async () => {
  const note = { type: 'addNote' as const, id: randomUUID(), text: proseOf('Before anybody decides.') };
  const incidentId = await live(async () => {
    const opened = await alert(incidents, 's-patience');
    await recorded(opened.incidentId, (status) => status === 'open');
    return opened.incidentId;
  });
  // No worker runs now.
  const answer = await incidents.send(incidentId, note, person('ana'), { patienceMs: 50 });
  expect(answer).toMatchObject({ ok: true, pending: true, events: 0 });
  await live(async () => {
    const decided = answer.ok ? await answer.decided : undefined;
    // Heard while it is listened for, or not: a busy machine's worker may begin later.
    if (decided !== null) expect(decided).toMatchObject({ ok: true, pending: false });
    await inRecord(incidentId, ({ notes }) => notes === 1);
    // The same again, decided in time: nothing happens a second time.
    expect(await incidents.send(incidentId, note, person('ana'), { patienceMs: 30_000 })).toMatchObject({
      ok: true,
      pending: false,
      events: 0,
    });
    const after = await incidents.send(incidentId, { ...note, id: randomUUID() }, person('ana'));
    expect(after).toMatchObject({ ok: true, pending: false });
    await inRecord(incidentId, ({ notes }) => notes > 1);
    expect((await db.store.incidents.get(incidentId))?.state.notes).toBe(2);
  });
});

it('does not guess whether an alert opened an incident while no worker answers', async () => {
  const waiting = over(db.store, `nobody-${randomUUID().slice(0, 8)}`, 300);
  expect((await alert(waiting, 's-waiting')).opened).toBeNull();
});

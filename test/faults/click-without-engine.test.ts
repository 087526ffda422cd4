import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createNotifyActivities } from '../../src/activities/notify.ts';
import { createShowActivities } from '../../src/activities/show.ts';
import type { RecordActivities } from '../../src/activities/types.ts';
import { createIncidents } from '../../src/client/incidents.ts';
import type { Incidents } from '../../src/client/port.ts';
import { ISOLATE } from '../../src/compose/isolate.ts';
import { Policy } from '../../src/domain/policy.ts';
import { CHANNELS, PEOPLE, sampleWorkspace } from '../../src/embedded/slack/sample-workspace.ts';
import { startSlackStandIn, type SlackStandIn } from '../../src/embedded/slack/stand-in.ts';
import { createSlackApp, SLACK_PATH, type SlackApp } from '../../src/slack/app.ts';
import { silent } from '../../src/slack/log.ts';
import { PeopleConfig } from '../../src/slack/people.ts';
import { incidentWorkflowId } from '../../src/workflows/ids.ts';
import { stopsQueue } from '../../src/workflows/queues.ts';
import { testStore, type TestStore } from '../store/store.ts';
import { openTcpDoor, type TcpDoor } from '../support/tcp-door.ts';
import { testEnvironment, workflowBundle } from '../support/temporal.ts';
import { recordedActivities } from '../workflows/support/activities.ts';
import { newSigner, source } from '../workflows/support/cast.ts';

/** One tap that decides several things, while Temporal or its worker goes away. */
const agent = `agent-${randomUUID().slice(0, 8)}`;
const taskQueue = `tq-${agent}`;
const botToken = 'xoxb-a-token';
const signingSecret = 'a-signing-secret';
const decided = ['acknowledged', 'modeConfirmed', 'originConfirmed', 'cascadeConfirmed'];
const evidence = {
  loadPlan: () => Promise.reject(new Error('no plans here')),
  loadAnalysis: () => Promise.reject(new Error('no analysis here')),
  loadContext: () => Promise.reject(new Error('no context here')),
};
let env: TestWorkflowEnvironment;
let db: TestStore;
let door: TcpDoor;
let connection: Connection;
/** Through the door, as the server with the Slack app has it. */
let incidents: Incidents;
/** Of a server whose network is well. */
let others: Incidents;
let slack: SlackStandIn;
let app: SlackApp;
let stopWorker: () => Promise<void>;
let incidentId: string;
/** Runs when a mode is confirmed, before that is on record. */
let onceDecided: () => void = () => undefined;

async function startWorker(): Promise<() => Promise<void>> {
  const recorded = recordedActivities({ report: async () => undefined });
  const appendEvents: RecordActivities['appendEvents'] = async (batch) => {
    if (batch.events.some(({ type }) => type === 'modeConfirmed')) onceDecided();
    return await db.store.audit.append(batch.incidentId, batch.events);
  };
  const activities = { ...recorded.activities, appendEvents };
  const shared = { connection: env.nativeConnection, namespace: 'default' };
  const workers = [
    await Worker.create({
      ...shared,
      taskQueue,
      workflowBundle: workflowBundle(),
      ...ISOLATE,
      activities: { ...activities, ...createShowActivities(activities) },
    }),
    await Worker.create({ ...shared, taskQueue: stopsQueue(taskQueue), activities }),
  ];
  const runs = workers.map((worker) => worker.run());
  return async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.all(runs);
  };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 25));
}

const state = async () => (await db.store.incidents.get(incidentId))!.state;
const decisionsOnRecord = async (): Promise<string[]> =>
  (await db.store.audit.events(incidentId)).map(({ type }) => type).filter((type) => decided.includes(type));
const told = (): string[] =>
  slack.state.workspace.messages
    .filter(({ ephemeralFor }) => ephemeralFor === PEOPLE.ana)
    .map(({ text }) => text);
const press = async () => {
  const inChannel = slack.state.workspace.messages.filter(({ channel }) => channel === CHANNELS.incidents);
  const card = inChannel.find(({ threadTs, ephemeralFor }) => threadTs === null && ephemeralFor === null)!;
  return await slack.person(PEOPLE.ana).click(CHANNELS.incidents, card.ts, {
    label: 'Confirm: tool misfire, step 4',
  });
};
/** What was lost in the connections stays lost: new ones are made. */
const comesBack = (): void => {
  door.set('refuse');
  door.set('open');
};

async function startSlack(decideMs: number): Promise<void> {
  slack = await startSlackStandIn({
    ...sampleWorkspace(),
    host: '127.0.0.1',
    signingSecret,
    botToken,
    requestUrl: 'http://127.0.0.1:9/',
    rateLimits: 'off',
    ackTimeoutMs: 60_000,
  });
  const people = PeopleConfig.parse({
    roles: { [PEOPLE.ana]: ['responder'] },
    onCall: { primary: [PEOPLE.ana], secondary: [], manager: [] },
  });
  const shared = { evidence, people, store: db.store, log: silent };
  app = createSlackApp({
    ...shared,
    signingSecret,
    botToken,
    incidents,
    slackApiUrl: slack.apiUrl,
    patience: { ackMs: 60_000, callMs: 40_000, lookUpMs: 40_000, decideMs },
    listen: { host: '127.0.0.1', port: 0 },
  });
  const { port } = await app.start();
  slack.setRequestUrl(`http://127.0.0.1:${port}${SLACK_PATH}`);
  const notify = createNotifyActivities({
    ...shared,
    client: app.client,
    config: { channel: CHANNELS.incidents, signOffsIn: 'channel' },
    page: () => Promise.resolve(),
  });
  await notify.refreshCard({ incidentId, seq: (await db.store.incidents.get(incidentId))!.seq });
}

beforeAll(async () => {
  env = await testEnvironment();
  db = await testStore();
  door = await openTcpDoor(Number(env.address.split(':').at(-1)));
  connection = await Connection.connect({ address: `127.0.0.1:${door.port}` });
  const signer = newSigner();
  const over = (client: Client): Incidents =>
    createIncidents({
      client,
      signer,
      publicKeys: { [signer.keyId]: signer.publicKey },
      taskQueue,
      settings: { continueAfter: 1_000, containmentRetryMs: 200, cardQuietMs: 50, searchAttributes: true },
      config: {
        agents: { [agent]: { ownerIds: [] } },
        policy: Policy.parse({ exportGraceMs: 0 }),
      } as unknown as Parameters<typeof createIncidents>[0]['config'],
      projection: db.store.incidents,
      deadlineMs: 30_000,
    });
  incidents = over(new Client({ connection, namespace: 'default' }));
  others = over(env.client);
});

beforeEach(async () => {
  stopWorker = await startWorker();
  const alert = {
    alertId: randomUUID(),
    source: 'test',
    title: 'Decline rate 100 %',
    sessionId: randomUUID(),
    firedAtMs: Date.now(),
    kind: 'semantic' as const,
    severity: 'sev2' as const,
    wrongValue: null,
    entityId: null,
    url: null,
  };
  ({ incidentId } = await others.alert({ agent, dedupKey: null, alert, by: source }));
  await until(
    async () => (await db.store.incidents.get(incidentId))?.state.mode.suggested === 'tool_misfire',
  );
});

afterEach(async () => {
  onceDecided = () => undefined;
  comesBack();
  await app.stop();
  await slack.close();
  await stopWorker();
  await env.client.workflow.getHandle(incidentWorkflowId(incidentId)).terminate();
});

afterAll(async () => {
  await connection.close();
  await door.close();
  await db.end();
  await env.teardown();
});

it('gone before it was decided: nothing of it counts, and when Slack has given up the person is told', async () => {
  await startSlack(50);
  door.set('stall');
  expect(await press()).toMatchObject({ ok: false, delivery: { status: 500 } });
  await until(() => told().some((text) => text.includes('press again')));
  expect(await decisionsOnRecord()).toEqual([]);
  comesBack();
  await until(async () => {
    await press();
    return (await state()).cascade !== null;
  });
  expect(await decisionsOnRecord()).toEqual(decided);
});

it('gone as soon as it was decided: all of it counts, and pressed again it is confirmed already', async () => {
  await startSlack(40_000);
  onceDecided = () => door.set('stall');
  await press();
  await until(async () => (await state()).cascade !== null);
  expect(await decisionsOnRecord()).toEqual(decided);
  comesBack();
  await until(async () => {
    await press();
    return told().some((text) => text.includes('Confirmed already.'));
  });
  expect(await decisionsOnRecord()).toEqual(decided);
});

it('no worker: taken as pending, and all of it is decided by the next one', async () => {
  await startSlack(40_000);
  await stopWorker();
  await until(async () => (await press()).ok);
  expect(await decisionsOnRecord()).toEqual([]);
  stopWorker = await startWorker();
  await until(async () => (await state()).cascade !== null);
  expect(await decisionsOnRecord()).toEqual(decided);
});

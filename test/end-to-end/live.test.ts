import { createBaseline } from '../../src/activities/baseline.ts';
import { toOtlpJson } from '../../src/adapters/traces/otlp-text.ts';
import { AgentStopped, openSession, type AgentSession } from '../../src/instrument/index.ts';
import type { IncidentRow, Store } from '../../src/store/port.ts';
import { createStore } from '../../src/store/create.ts';
import { goodSession, INCOME, TOOLS } from '../live/agent.ts';
import { until } from '../instrument/until.ts';
import { span } from '../store/spans-support.ts';
import { newFolder, removeFolder } from '../support/folder.ts';
import type { Running } from '../support/processes.ts';
import { startSystem, type System } from './system.ts';

const AGENT = 'loan-agent';
const PATIENCE_MS = 120_000;
const home = newFolder();
let system: System;
let store: Store;
let server: Running;
let going: Promise<unknown> = Promise.resolve();

beforeAll(async () => {
  system = await startSystem(home, {
    agents: () => ({ [AGENT]: { containment: { kind: 'stop-switch', lease: '100ms' }, tools: TOOLS.tools } }),
  });
  store = await createStore({ url: system.databaseUrl });
  const good = Array.from({ length: 10 }, (_, i) => `good-${i}`);
  for (const [i, id] of good.entries())
    await store.spans.insert(AGENT, goodSession(id, `cus_55${10 + i}`).spans);
  await createBaseline(store).learn(AGENT, good);
  [server] = await Promise.all([system.start('server'), system.start('worker')]);
}, 300_000);

afterAll(async () => {
  if (store) await stopAgent();
  await going;
  await store?.close();
  await system?.stop();
  removeFolder(home);
}, 60_000);

/** The agent as its developer wrote it, against an income service that calls its field otherwise. */
class LoanAgent {
  readonly states: string[] = [];
  readonly decided: string[] = [];
  private readonly session: AgentSession;

  private constructor(session: AgentSession, states: string[]) {
    this.session = session;
    this.states = states;
  }

  static async open(sessionId: string): Promise<LoanAgent> {
    const states: string[] = [];
    const session = await openSession({
      endpoint: system.endpoint,
      apiKey: system.secrets.HOLDPOINT_SAMPLE_KEY,
      agent: AGENT,
      sessionId,
      objective: 'Decide on loan applications.',
      flushEveryMs: 20,
      stopSwitch: { irreversibleTools: ['decide'], pollMs: 50 },
      onHold: (state) => states.push(state),
    });
    return new LoanAgent(session, states);
  }

  async think(text: string): Promise<void> {
    const messages = [{ role: 'user', content: 'Please decide on applicant cus_5521.' }];
    await this.session.tracedModelCall({ model: 'm', messages }, () =>
      Promise.resolve({ model: 'm', choices: [{ message: { role: 'assistant', content: text } }] }),
    );
  }

  async income(answer: object): Promise<void> {
    await this.session.tracedToolCall({ name: 'get_income', args: { applicant_id: 'cus_5521' } }, () =>
      Promise.resolve(answer),
    );
  }

  /** Goes on thinking until it is told to stop, and would decide then. */
  async goOn(): Promise<unknown> {
    try {
      while (this.states.length === 0) {
        await this.think('I look at it once more.');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await this.session.tracedToolCall({ name: 'decide', args: { applicant_id: 'cus_5521' } }, () =>
        Promise.resolve(this.decided.push('cus_5521')),
      );
      return null;
    } catch (error) {
      return error;
    }
  }
}

/** A held agent waits for ever. */
const stopAgent = (): Promise<number> =>
  store.switches.set({
    incidentId: 'by-hand',
    agent: AGENT,
    sessionId: 's-drifted',
    reason: 'ended by a person',
    verdict: 'stop',
  });

const openIncident = async (): Promise<IncidentRow | undefined> =>
  (await store.incidents.list({ status: 'open', agent: AGENT, limit: 5 }))[0];

it('a faulty span raises the flag, opens the incident, and its agent makes no further call', async () => {
  const agent = await LoanAgent.open('s-drifted');
  await agent.think('I look up cus_5521.');
  await agent.income({ ...INCOME, annual_income: undefined, gross_yearly: 52_000 });
  going = agent.goOn();
  await until('the agent is held', () => agent.states.includes('paused'), PATIENCE_MS);

  const isContained = async (): Promise<boolean> =>
    Object.values((await openIncident())?.state.targets ?? {}).some(({ status }) => status === 'confirmed');
  await until('the workflow has the stop confirmed', isContained, PATIENCE_MS);
  const row = await openIncident();
  if (!row) throw new Error('no incident is open');
  expect(row.state).toMatchObject({
    dedupKey: expect.stringMatching(/^pattern:/),
    sessions: { 's-drifted': {} },
  });
  expect(row.state.alerts.first).toMatchObject({ sessionId: 's-drifted', kind: 'semantic' });
  const events = await store.audit.events(row.incidentId);
  expect(events.slice(0, 3).map(({ type }) => type)).toEqual([
    'incidentOpened',
    'agentHeld',
    'alertReceived',
  ]);
  expect(events[0]?.data).toMatchObject({ dedupRule: 'failure pattern' });
  const isNoted = async (): Promise<boolean> =>
    (await store.sessions.get(AGENT, 's-drifted'))?.flags.includes('TOOL_SCHEMA_DRIFT') ?? false;
  await until('the session is noted with its flag', isNoted, PATIENCE_MS);

  const lease = await fetch(`${system.endpoint}/api/v1/agents/${AGENT}/switch?session=s-drifted`, {
    headers: { authorization: `Bearer ${system.secrets.HOLDPOINT_SAMPLE_KEY}` },
  });
  expect(await lease.json()).toMatchObject({ verdict: 'hold', leaseMs: 100 });
  await stopAgent();
  expect(await going).toBeInstanceOf(AgentStopped);
  expect(agent.decided).toEqual([]);
}, 600_000);

const SESSIONS = 40;
const BATCHES = 120;
const SPANS = 25;
/** A batch has spans of one session, as an exporter of one process sends them. */
const batchOf = (number: number) => {
  const session = `load-${number % SESSIONS}`;
  return Array.from({ length: SPANS }, (_, i) =>
    span({ trace: session, session, name: `${number}.${i}`, at: number * SPANS + i, agent: AGENT }),
  );
};

/** Sends a batch as exporters do: again until it is taken. Hears of each answer, and of none. */
async function sendUntilTaken(number: number, hears: (status: number | null) => void): Promise<void> {
  for (let isTaken = false; !isTaken;) {
    const answer = await fetch(`${system.endpoint}/v1/traces`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${system.secrets.HOLDPOINT_SAMPLE_KEY}`,
      },
      body: toOtlpJson(batchOf(number)),
    }).catch(() => null);
    isTaken = answer?.status === 200;
    hears(answer?.status ?? null);
    if (!isTaken) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

it('a receiver that is killed in the middle of a load has every span that it took, none of them twice', async () => {
  const taken = new Set<number>();
  let unanswered = 0;
  let next = 0;
  const sender = async (): Promise<void> => {
    while (next < BATCHES) {
      const number = next++;
      await sendUntilTaken(number, (status) => {
        if (status === 200) taken.add(number);
        else unanswered += 1;
      });
    }
  };
  const senders = Array.from({ length: 6 }, sender);
  await until('a third is taken', () => taken.size >= BATCHES / 3, PATIENCE_MS);
  server.kill('SIGKILL');
  expect(await server.ended).toBe('SIGKILL');
  const atTheKill = [...taken];
  expect(atTheKill.length).toBeLessThan(BATCHES);

  const idsOf = async (numbers: readonly number[]): Promise<{ missing: string[]; twice: string[] }> => {
    const kept = (await Promise.all(Array.from({ length: SESSIONS }, (_, i) => stored(`load-${i}`)))).flat();
    const seen = new Set(kept);
    const twice = kept.filter((name, i) => kept.indexOf(name) !== i);
    return { missing: numbers.flatMap(namesOf).filter((name) => !seen.has(name)), twice };
  };
  const stored = async (sessionId: string): Promise<string[]> =>
    (await store.spans.sessionSpans(sessionId, { after: null, limit: 10_000 })).spans.map(({ name }) => name);
  const namesOf = (number: number): string[] => batchOf(number).map(({ name }) => name);
  // What was answered for is there though nothing that answered is left.
  expect(await idsOf(atTheKill)).toEqual({ missing: [], twice: [] });

  server = await system.start('server');
  await Promise.all(senders);
  expect(unanswered).toBeGreaterThan(0);
  expect(await idsOf([...taken])).toEqual({ missing: [], twice: [] });
  for (let i = 0; i < SESSIONS; i += 1)
    expect((await store.spans.sessionMetadata(`load-${i}`))?.spans).toBe((BATCHES / SESSIONS) * SPANS);
}, 600_000);

import {
  AgentStopped,
  openSession,
  SwitchUnreachable,
  type AgentSession,
  type StopSwitchOptions,
} from '../../src/instrument/index.ts';
import type { Verdict } from '../../src/adapters/containment/switch-store.ts';
import { startHoldpoint, type TestHoldpoint } from './holdpoint.ts';
import { until } from './until.ts';

let holdpoint: TestHoldpoint;
beforeEach(async () => (holdpoint = await startHoldpoint()));
afterEach(() => holdpoint.close());

const AGENT = 'loan-agent';
const open = (stopSwitch: StopSwitchOptions = {}, endpoint = holdpoint.url): Promise<AgentSession> =>
  openSession({
    endpoint,
    agent: AGENT,
    sessionId: 's-1',
    objective: 'test',
    stopSwitch: { pollMs: 10, leaseMs: 20, watchMs: 0, irreversibleTools: ['send_letter'], ...stopSwitch },
  });
const set = (verdict: Verdict, sessionId: string | null = 's-1'): Promise<number> =>
  holdpoint.switches.set({ agent: AGENT, sessionId, verdict, reason: 'decline rate', incidentId: 'inc-1' });
const lastAck = async () => (await holdpoint.switches.acks(AGENT, 's-1'))[0];
const tool = (session: AgentSession, name = 'look', fn: () => Promise<unknown> = async () => 'done') =>
  session.tracedToolCall({ name, args: {} }, fn);
const leaseOver = () => new Promise((resolve) => setTimeout(resolve, 30));

it('goes on while the verdict is go, asking once a lease and not once a call', async () => {
  const slow = await startHoldpoint(0, 60_000);
  const other = await openSession({
    endpoint: slow.url,
    agent: AGENT,
    objective: 'x',
    stopSwitch: { leaseMs: 60_000, watchMs: 0 },
  });
  for (let n = 0; n < 20; n += 1) await tool(other);
  expect(slow.requests.filter((r) => r === 'switch')).toHaveLength(1);
  await other.end('completed');
  await slow.close();
});

it('stops before the next call, reports stopped, and stays stopped', async () => {
  const session = await open();
  await tool(session);
  const seq = await set('stop');
  await leaseOver();
  let called = false;
  const call = tool(session, 'look', async () => (called = true));
  await expect(call).rejects.toThrow(AgentStopped);
  await expect(call).rejects.toMatchObject({ scope: 'session', reason: 'decline rate' });
  expect(called).toBe(false);
  expect(await lastAck()).toMatchObject({ state: 'stopped', seq, pid: process.pid });
  holdpoint.answerSwitch(500);
  await expect(tool(session)).rejects.toThrow(AgentStopped);
  await session.end();
  expect(await lastAck()).toMatchObject({ state: 'stopped' });
});

it('sends the spans of everything it did before it reports stopped', async () => {
  const session = await open();
  await tool(session, 'before');
  await set('stop');
  await leaseOver();
  await tool(session).catch(() => undefined);
  const traces = holdpoint.requests.indexOf('traces');
  expect(traces).toBeGreaterThan(-1);
  expect(traces).toBeLessThan(holdpoint.requests.indexOf('ack stopped'));
  expect(holdpoint.spans().map((s) => s.name)).toEqual(['execute_tool before', `invoke_agent ${AGENT}`]);
  await session.end();
  expect(holdpoint.spans()).toHaveLength(2);
});

it('waits while held, reports paused, and goes on where it was when released', async () => {
  const session = await open();
  const seq = await set('hold');
  await leaseOver();
  let called = false;
  const call = tool(session, 'look', async () => (called = true));
  await until('the session reports paused', async () => (await lastAck())?.state === 'paused');
  expect(await lastAck()).toMatchObject({ seq });
  expect(called).toBe(false);
  await set('go');
  await call;
  expect(called).toBe(true);
  await until('the session reports running', async () => (await lastAck())?.state === 'running');
  await session.end('completed');
  expect(await lastAck()).toMatchObject({ state: 'ended' });
});

it('answers a later change of the switch while it is held', async () => {
  const session = await open();
  await set('hold');
  await leaseOver();
  const call = tool(session);
  await until('paused', async () => (await lastAck())?.state === 'paused');
  const seq = await holdpoint.switches.set({
    agent: AGENT,
    sessionId: null,
    verdict: 'hold',
    reason: 'again',
    incidentId: 'inc-2',
  });
  await until('paused again, at the new seq', async () => (await lastAck())?.seq === seq);
  await set('stop');
  await expect(call).rejects.toThrow(AgentStopped);
  await session.end();
});

it('reports stopped only when no call is in flight any more', async () => {
  const session = await open();
  let release: (() => void) | null = null;
  const inFlight = tool(session, 'slow', () => new Promise<void>((resolve) => (release = resolve)));
  await until('the slow call is in flight', () => release !== null);
  await leaseOver();
  await set('stop');
  await expect(tool(session)).rejects.toThrow(AgentStopped);
  expect(holdpoint.requests).not.toContain('ack stopped');
  release!();
  await inFlight;
  await until('the session reports stopped', async () => (await lastAck())?.state === 'stopped');
  await session.end();
});

it('reports paused when the only call in flight itself waits at the switch', async () => {
  const session = await open();
  const outer = tool(session, 'outer', async () => {
    await set('hold');
    await leaseOver();
    return tool(session, 'inner');
  });
  await until('paused', async () => (await lastAck())?.state === 'paused');
  await set('go');
  await expect(outer).resolves.toBe('done');
  await session.end('completed');
});

it('seals a paused session whole, and tells its outcome in a step of its own later', async () => {
  const session = await open();
  await tool(session, 'before');
  await set('hold');
  await leaseOver();
  const call = tool(session, 'after');
  await until('paused', async () => (await lastAck())?.state === 'paused');
  const root = holdpoint.spans().find((s) => s.name === `invoke_agent ${AGENT}`);
  expect(root?.attributes).toMatchObject({ 'agent.step': 1, 'holdpoint.session.halted': 'paused' });
  await set('go');
  await call;
  await session.end('completed');
  const ended = holdpoint.spans().at(-1);
  expect(ended).toMatchObject({ name: `end_session ${AGENT}`, parentSpanId: root?.spanId });
  expect(ended?.attributes).toMatchObject({
    'holdpoint.session.outcome': 'completed',
    'agent.step': 4,
    'session.id': 's-1',
  });
  expect(holdpoint.spans().map((s) => s.attributes['agent.step'])).toEqual([2, 1, 3, 4]);
});

describe('between calls', () => {
  it('answers a hold although the agent calls nothing, and goes on by itself', async () => {
    const states: string[] = [];
    const session = await openSession({
      endpoint: holdpoint.url,
      agent: AGENT,
      sessionId: 's-1',
      objective: 'x',
      stopSwitch: { pollMs: 10, leaseMs: 5, watchMs: 10 },
      onHold: (state) => {
        states.push(state);
        throw new Error('a bug of the agent');
      },
    });
    await set('hold');
    await until('paused', async () => (await lastAck())?.state === 'paused');
    await set('go');
    await until('running', async () => (await lastAck())?.state === 'running');
    await expect(tool(session)).resolves.toBe('done');
    await session.end('completed');
    expect([...new Set(states)]).toEqual(['paused', 'resumed']);
  });

  it('aborts a model call in flight when it is stopped, and leaves a tool call alone', async () => {
    const session = await open({ watchMs: 10 });
    let inFlight = 0;
    const slowTool = tool(session, 'slow', () => {
      inFlight += 1;
      return new Promise((done) => setTimeout(() => done('whole'), 200));
    });
    const model = session.tracedModelCall({ model: 'm', messages: [] }, (signal) => {
      inFlight += 1;
      return new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason)));
    });
    await until('both are in flight', () => inFlight === 2);
    await set('stop');
    await expect(model).rejects.toThrow(AgentStopped);
    await expect(slowTool).resolves.toBe('whole');
    await until('stopped', async () => (await lastAck())?.state === 'stopped');
    await session.end();
  });
});

it('starts no new session while the agent is held, and none at all when it is stopped', async () => {
  await set('hold', null);
  let opened: AgentSession | null = null;
  const opening = open().then((session) => (opened = session));
  await until('the waiting session reports paused', async () => (await lastAck())?.state === 'paused');
  expect(opened).toBeNull();
  await set('go', null);
  await (await opening).end('completed');
  await set('stop', null);
  await expect(open()).rejects.toMatchObject({ name: 'AgentStopped', scope: 'agent' });
});

it('asks anew before an irreversible tool, however long the lease', async () => {
  const slow = await startHoldpoint(0, 60_000);
  const session = await openSession({
    endpoint: slow.url,
    agent: AGENT,
    sessionId: 's-1',
    objective: 'x',
    stopSwitch: { leaseMs: 60_000, irreversibleTools: ['send_letter'] },
  });
  await tool(session);
  await slow.switches.set({ agent: AGENT, sessionId: 's-1', verdict: 'stop', reason: '', incidentId: 'i' });
  await expect(tool(session)).resolves.toBe('done'); // the lease still holds
  await expect(tool(session, 'send_letter')).rejects.toThrow(AgentStopped);
  await session.end();
  await slow.close();
});

describe('when Holdpoint cannot be reached', () => {
  const AWAY = 'http://127.0.0.1:9';

  it('goes on where it is open, except with irreversible tools', async () => {
    const session = await open({ unreachableWaitMs: 40 }, AWAY);
    await expect(tool(session)).resolves.toBe('done');
    let sent = false;
    await expect(tool(session, 'send_letter', async () => (sent = true))).rejects.toThrow(SwitchUnreachable);
    expect(sent).toBe(false);
    await session.end('tool_error');
  });

  it('is found back by the watch once it answers again', async () => {
    const session = await open({ watchMs: 10 });
    holdpoint.answerSwitch(503);
    await leaseOver();
    await tool(session);
    holdpoint.answerSwitch(200);
    await set('stop');
    await until('the watch heard of the stop', async () => (await lastAck())?.state === 'stopped');
    await expect(tool(session)).rejects.toThrow(AgentStopped);
    await session.end();
  });

  it('asks once for twenty calls', async () => {
    const session = await open();
    holdpoint.answerSwitch(503);
    await leaseOver();
    const before = holdpoint.requests.filter((r) => r === 'switch').length;
    for (let n = 0; n < 20; n += 1) {
      await tool(session);
      await new Promise((resolve) => setTimeout(resolve, 3)); // more than a lease in all
    }
    expect(holdpoint.requests.filter((r) => r === 'switch').length).toBe(before + 1);
    holdpoint.answerSwitch(200);
    await session.end('completed');
  });

  it('begins nothing where it is closed', async () => {
    await expect(open({ whenUnreachable: 'closed', unreachableWaitMs: 40 }, AWAY)).rejects.toThrow(
      SwitchUnreachable,
    );
  });

  it('lets an irreversible call through once Holdpoint is back', async () => {
    const session = await open();
    holdpoint.answerSwitch(503);
    const call = tool(session, 'send_letter');
    await until('it was asked', () => holdpoint.requests.filter((r) => r === 'switch').length > 3);
    holdpoint.answerSwitch(200);
    await expect(call).resolves.toBe('done');
    await session.end('completed');
  });

  it('does not take a hold back because nobody answers', async () => {
    const session = await open();
    await set('hold');
    await leaseOver();
    let called = false;
    const call = tool(session, 'look', async () => (called = true));
    await until('paused', async () => (await lastAck())?.state === 'paused');
    holdpoint.answerSwitch(503);
    const asked = holdpoint.requests.length;
    await until('it was asked some more', () => holdpoint.requests.length > asked + 5);
    expect(called).toBe(false);
    holdpoint.answerSwitch(200);
    await set('go');
    await call;
    await session.end('completed');
  });
});

it('needs no stop switch when it is told so', async () => {
  const session = await openSession({
    endpoint: holdpoint.url,
    agent: AGENT,
    objective: 'x',
    stopSwitch: false,
  });
  await tool(session, 'send_letter');
  await session.end('completed');
  expect(holdpoint.requests).toEqual(['traces']);
});

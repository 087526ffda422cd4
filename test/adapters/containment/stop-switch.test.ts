import { createStopSwitch } from '../../../src/adapters/containment/stop-switch.ts';
import { startHoldpoint, type TestHoldpoint } from '../../instrument/holdpoint.ts';
import { startChild, type Child } from './child.ts';
import { orderOf } from './order.ts';

const SCRIPT = 'test/adapters/containment/agents/switch-agent.ts';
let holdpoint: TestHoldpoint;
let children: Child[] = [];
beforeEach(async () => (holdpoint = await startHoldpoint()));
afterEach(async () => {
  await Promise.all(children.map((child) => child.end()));
  children = [];
  await holdpoint.close();
});

/** What an agent reports leaves it beside its calls. */
const reported = async (sessionId: string): Promise<void> => {
  for (;;) {
    const acks = await holdpoint.switches.acks('counting-agent', sessionId, { sinceMs: 0 });
    if (acks.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
const startAgent = async (sessionId: string): Promise<Child> => {
  const child = startChild(SCRIPT, { ENDPOINT: holdpoint.url, AGENT: 'counting-agent', SESSION: sessionId });
  children.push(child);
  await child.line('a first call', (line) => line['n'] === 1);
  await reported(sessionId);
  return child;
};
const adapter = (confirmWithinMs = 5000) =>
  createStopSwitch({ store: holdpoint.switches, confirmWithinMs, pollMs: 10 });
const settled = () => new Promise((resolve) => setTimeout(resolve, 200));

it('pauses a running process, confirmed by its own word, and lets it go on when released', async () => {
  const agent = await startAgent('s-1');
  const result = await adapter().contain(orderOf());
  expect(result.status).toBe('confirmed');
  expect(result.evidence).toContain(`session s-1 (process ${agent.pid}) reported paused`);
  expect(result.evidence).toContain('New sessions of counting-agent are held.');
  const calls = agent.lines.length;
  await settled();
  expect(agent.lines.length).toBe(calls);
  expect((await adapter().verify(orderOf())).status).toBe('confirmed');

  expect((await adapter().release(orderOf())).released).toBe(true);
  await agent.line('going on', (line) => line['state'] === 'resumed');
  const later = Number(agent.lines.filter((line) => 'n' in line).at(-1)?.['n']);
  await agent.line('a later call', (line) => Number(line['n']) > later);
  expect((await adapter().verify(orderOf())).status).toBe('unconfirmed');
});

it('kills a session for good: a release does not bring it back', async () => {
  const agent = await startAgent('s-1');
  const order = orderOf({ action: 'kill' });
  expect(await adapter().contain(order)).toMatchObject({ status: 'confirmed' });
  expect(await agent.exited()).toBe(0);
  expect(agent.lines.at(-1)).toEqual({ end: 'stopped' });
  await adapter().release(order);
  expect(await holdpoint.switches.read('counting-agent', 's-1')).toMatchObject({ verdict: 'stop' });
  expect(await holdpoint.switches.read('counting-agent', 's-2')).toMatchObject({ verdict: 'go' });
});

it('does the same once when the same order comes again', async () => {
  await startAgent('s-1');
  const [first, second] = [await adapter().contain(orderOf()), await adapter().contain(orderOf())];
  expect([first.status, second.status]).toEqual(['confirmed', 'confirmed']);
  expect((await holdpoint.switches.read('counting-agent', 's-1')).seq).toBe(2);
});

it('is unconfirmed when the process cannot answer, and confirmed when it answers later', async () => {
  const agent = await startAgent('s-1');
  agent.process.kill('SIGSTOP');
  const order = orderOf();
  const result = await adapter(150).contain(order);
  expect(result).toMatchObject({
    status: 'unconfirmed',
    evidence: expect.stringContaining('No answer to the switch set to hold'),
  });
  agent.process.kill('SIGCONT');
  await agent.line('the pause', (line) => line['state'] === 'paused');
  expect((await adapter().contain(order)).status).toBe('confirmed');
});

it('is unconfirmed for a session that never reported', async () => {
  expect(await adapter(50).contain(orderOf({ sessionId: 'nobody' }))).toMatchObject({
    status: 'unconfirmed',
    evidence: expect.stringContaining('never reported'),
  });
});

it('does not take a pause for the answer to a kill', async () => {
  const now = Date.now();
  await adapter(50).contain(orderOf({ action: 'kill' }));
  await holdpoint.switches.ack({
    agent: 'counting-agent',
    sessionId: 's-1',
    seq: 9,
    state: 'paused',
    pid: 1,
    atMs: now,
  });
  expect((await adapter().verify(orderOf({ action: 'kill' }))).status).toBe('unconfirmed');
});

it('does not take a pause of before the order for its answer', async () => {
  await holdpoint.switches.ack({
    agent: 'counting-agent',
    sessionId: 's-1',
    seq: 0,
    state: 'paused',
    pid: 1,
    atMs: Date.now(),
  });
  expect((await adapter(50).contain(orderOf())).status).toBe('unconfirmed');
});

it('says that a session was over already, and still holds the agent', async () => {
  await holdpoint.switches.ack({
    agent: 'counting-agent',
    sessionId: 's-1',
    seq: 0,
    state: 'ended',
    pid: 1,
    atMs: Date.now(),
  });
  expect((await adapter().contain(orderOf())).status).toBe('already_ended');
  expect(await holdpoint.switches.read('counting-agent', 'next')).toMatchObject({
    verdict: 'hold',
    scope: 'agent',
  });
});

it('tells which other sessions of the agent obey the hold', async () => {
  await startAgent('s-1');
  const other = await startAgent('s-2');
  const result = await adapter().contain(orderOf());
  expect(result.evidence).toContain('1 other running paused');
  await other.line('the pause', (line) => line['state'] === 'paused');

  other.process.kill('SIGSTOP');
  const again = await adapter(100).contain(orderOf({ incidentId: 'inc-2' }));
  expect(again).toMatchObject({
    status: 'confirmed',
    evidence: expect.stringContaining('1 other running did not answer yet: session s-2'),
  });
});

it('contains a whole agent only when every session of it answered', async () => {
  const agents = [await startAgent('s-1'), await startAgent('s-2')];
  agents[1]?.process.kill('SIGSTOP');
  const order = orderOf({ sessionId: null, action: 'kill' });
  expect(await adapter(200).contain(order)).toMatchObject({
    status: 'unconfirmed',
    evidence: expect.stringContaining('1 of 1 running sessions'),
  });
  agents[1]?.process.kill('SIGCONT');
  expect(await adapter().contain(order)).toMatchObject({ status: 'confirmed' });
  await Promise.all(agents.map((agent) => agent.exited()));
});

it('stays held while another incident holds the agent, and says so', async () => {
  await startAgent('s-1');
  await adapter().contain(orderOf());
  await adapter().contain(orderOf({ incidentId: 'inc-2', reason: 'wrong letters' }));
  const released = await adapter().release(orderOf());
  expect(released).toMatchObject({
    released: false,
    evidence: expect.stringContaining('another one says hold: wrong letters'),
  });
});

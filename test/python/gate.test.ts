import { createHmac } from 'node:crypto';
import type { Verdict } from '../../src/adapters/containment/switch-store.ts';
import { isFromHoldpoint } from '../../src/instrument/index.ts';
import { startHoldpoint, type TestHoldpoint } from '../instrument/holdpoint.ts';
import { until } from '../instrument/until.ts';
import { startAgent, type PythonAgent } from './agent.ts';
import { pythonPackages } from './packages.ts';

const AGENT = 'loan-agent';
let holdpoint: TestHoldpoint;
let agent: PythonAgent;
beforeAll(() => pythonPackages(), 180_000);
beforeEach(async () => (holdpoint = await startHoldpoint()));
afterEach(async () => {
  agent.kill();
  await holdpoint.close();
});

const start = async (name: string, url = holdpoint.url): Promise<void> => {
  agent = await startAgent(name, url);
};
const set = (verdict: Verdict, sessionId: string | null = 's-1'): Promise<number> =>
  holdpoint.switches.set({ agent: AGENT, sessionId, verdict, reason: 'decline rate', incidentId: 'inc-1' });
const lastAck = async () => (await holdpoint.switches.acks(AGENT, 's-1'))[0];
const acknowledged = (state: string): Promise<void> =>
  until(`the agent reports ${state}`, async () => (await lastAck())?.state === state);
const leaseOver = () => new Promise((resolve) => setTimeout(resolve, 30));

it('goes on, stops before the next call, and has sent its spans before it says so', async () => {
  await start('held');
  expect(await agent.says()).toEqual({ opened: true });
  agent.tell('look');
  expect(await agent.says()).toEqual({ result: 'done' });
  const seq = await set('stop');
  await leaseOver();
  agent.tell('look');
  expect(await agent.says()).toEqual({ stopped: 'session', reason: 'decline rate' });
  expect(await lastAck()).toMatchObject({ state: 'stopped', seq });
  expect(holdpoint.requests.indexOf('traces')).toBeLessThan(holdpoint.requests.indexOf('ack stopped'));
  expect(holdpoint.spans().map((s) => s.name)).toEqual(['execute_tool look', `invoke_agent ${AGENT}`]);
  expect(await agent.rest()).toMatchObject({ code: 1 });
  expect(holdpoint.spans()).toHaveLength(2);
});

it('waits while held, goes on when released, and ends in a step of its own', async () => {
  await start('held');
  await agent.says();
  await set('hold');
  await leaseOver();
  agent.tell('look');
  await acknowledged('paused');
  await set('go');
  expect(await agent.says()).toEqual({ result: 'done' });
  await acknowledged('running');
  agent.tell('end');
  expect(await agent.rest()).toMatchObject({ code: 0 });
  expect(await lastAck()).toMatchObject({ state: 'ended' });
  expect(holdpoint.spans().at(-1)).toMatchObject({
    name: `end_session ${AGENT}`,
    attributes: { 'holdpoint.session.outcome': 'completed' },
  });
});

it('answers a hold although it calls nothing', async () => {
  await start('watched');
  await agent.says();
  await set('hold');
  await acknowledged('paused');
  await set('go');
  await acknowledged('running');
  agent.tell('');
  expect((await agent.rest()).said).toEqual([{ states: ['paused', 'resumed'] }]);
});

it('begins no session while the agent is held, and none when it is stopped', async () => {
  await set('hold', null);
  await start('held');
  await acknowledged('paused');
  await set('go', null);
  expect(await agent.says()).toEqual({ opened: true });
  agent.kill();
  await set('stop', null);
  await start('held');
  expect(await agent.rest()).toMatchObject({
    code: 1,
    said: [],
    stderr: expect.stringContaining('AgentStopped'),
  });
});

it('reports stopped only when no call is in flight any more', async () => {
  await start('in_flight');
  expect(await agent.says()).toEqual({ in_flight: true });
  await set('stop');
  agent.tell('');
  expect(await agent.says()).toEqual({ stopped: true });
  expect(holdpoint.requests).not.toContain('ack stopped');
  agent.tell('');
  expect(await agent.says()).toEqual({ slow: 'whole' });
  await acknowledged('stopped');
});

it("cancels a coroutine's model call when it is stopped", async () => {
  await start('cancelled');
  expect(await agent.says()).toEqual({ in_flight: true });
  await set('stop');
  expect(await agent.says()).toEqual({ stopped: true });
  expect(await agent.rest()).toMatchObject({ code: 0 });
  expect(await lastAck()).toMatchObject({ state: 'stopped' });
});

it('asks anew before an irreversible tool, however long the lease', async () => {
  await holdpoint.close();
  holdpoint = await startHoldpoint(0, 60_000);
  await start('held');
  await agent.says();
  agent.tell('look');
  await agent.says();
  await set('stop');
  agent.tell('send_letter');
  expect(await agent.says()).toMatchObject({ stopped: 'session' });
});

it('asks before an irreversible tool when all that came before it has arrived', async () => {
  await start('before_irreversible');
  expect(await agent.says()).toEqual({ verified: true });
  expect(holdpoint.spans()).toEqual([]);
  const before = holdpoint.requests.length;
  agent.tell('');
  expect(await agent.says()).toEqual({ writing: true });
  expect(holdpoint.requests.slice(before)).toEqual(['traces', 'switch']);
  expect(holdpoint.spans().map(({ name }) => name)).toEqual(['execute_tool verify_income']);
  agent.tell('a letter');
  expect(await agent.says()).toEqual({ sent: 'a letter' });
  expect((await agent.rest()).code).toBe(0);
});

it('goes on where nobody answers, except with irreversible tools; begins nothing where it is closed', async () => {
  await start('away', 'http://127.0.0.1:9');
  const { said, code } = await agent.rest();
  expect(code).toBe(0);
  expect(said).toEqual([
    { warning: expect.stringContaining('the stop switch cannot be reached') },
    { look: 'done' },
    { unreachable: expect.stringContaining('was not made'), sent: [] },
    { closed: true },
  ]);
});

it('knows a call of Holdpoint by its signature, as the TypeScript wrapper does', async () => {
  const [secret, timestamp, body] = ['s3cret', '1790000000', '{"action":"pause"}'];
  const signature = `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
  expect(isFromHoldpoint(secret, { timestamp, signature, body }, 1_790_000_000_000)).toBe(true);
  await start('signed');
  agent.tell(JSON.stringify([secret, timestamp, signature, body]));
  expect(await agent.says()).toEqual({ ok: true, late: false, other: false, nothing: false });
});

import { createFirstStop } from '../../src/live/first-stop.ts';
import { testStore, type TestStore } from '../store/store.ts';

let db: TestStore;
let nowMs = Date.parse('2026-03-01T12:00:00Z');
beforeAll(async () => {
  db = await testStore();
});
afterAll(() => db.end());
beforeEach(() => db.query('truncate document, stop_switch'));

const WINDOW_MS = 60_000;
const stop = (agent: string, { sessionId = 's1', hasSwitch = true } = {}): Promise<void> =>
  createFirstStop({
    hasSwitch: () => hasSwitch,
    documents: db.store.documents,
    breaker: { agents: 2, windowMs: WINDOW_MS },
    switches: db.store.switches,
    nowMs: () => nowMs,
  })({ incidentId: `inc-${agent}`, agent, sessionId, action: 'pause', reason: 'a field was renamed' });
const verdicts = (...agents: string[]): Promise<string[]> =>
  Promise.all(agents.map(async (agent) => (await db.store.switches.read(agent, 's1')).verdict));

it('sets the switch of the session, and of no other agent', async () => {
  await stop('a');
  expect(await verdicts('a', 'b')).toEqual(['hold', 'go']);
});

it('sets none for an agent that is stopped in another way', async () => {
  await stop('a', { hasSwitch: false });
  expect(await verdicts('a')).toEqual(['go']);
});

it('counts what it sets: beyond the breaker nothing is set, and a person decides', async () => {
  for (const agent of ['a', 'b', 'c', 'd']) await stop(agent);
  expect(await verdicts('a', 'b', 'c', 'd')).toEqual(['hold', 'hold', 'go', 'go']);
});

it('goes on stopping sessions of an agent that counts already', async () => {
  for (const agent of ['a', 'b', 'c']) await stop(agent);
  await stop('a', { sessionId: 's2' });
  expect((await db.store.switches.read('a', 's2')).verdict).toBe('hold');
});

it('sets again once the others are longer ago than the window', async () => {
  for (const agent of ['a', 'b', 'c']) await stop(agent);
  nowMs += WINDOW_MS + 1;
  await stop('c');
  expect(await verdicts('c')).toEqual(['hold']);
});

import { createMemorySwitchStore } from '../../../src/adapters/containment/memory-switch-store.ts';
import { acknowledgeSwitch, readSwitch } from '../../../src/adapters/containment/switch-api.ts';
import { testStore, type TestStore } from '../../store/store.ts';
import { describeSwitchStore } from './switch-store-rules.ts';

describeSwitchStore('in memory', () => Promise.resolve(createMemorySwitchStore()));

describe('in the database of the run', () => {
  let stores: TestStore[] = [];
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.end()));
    stores = [];
  });
  describeSwitchStore('in Postgres', async () => {
    const made = await testStore();
    stores.push(made);
    return made.store.switches;
  });

  it('counts every one of many changes at once, each with a seq of its own', async () => {
    const made = await testStore();
    stores.push(made);
    const { switches } = made.store;
    const set = (n: number) =>
      switches.set({ agent: 'a', sessionId: `s-${n}`, verdict: 'hold', reason: '', incidentId: 'i' });
    const seqs = await Promise.all(Array.from({ length: 20 }, (_, n) => set(n)));
    expect([...seqs].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    expect((await switches.read('a', 's-3')).seq).toBe(20);
  });
});

it('answers an agent with its verdict, and takes its acknowledgement', async () => {
  const store = createMemorySwitchStore(250);
  expect(await readSwitch(store, 'a', 's')).toEqual({
    status: 200,
    body: { verdict: 'go', leaseMs: 250, seq: 0, scope: 'session', reason: '' },
  });
  expect(await acknowledgeSwitch(store, 'a', { sessionId: 's', seq: 0, state: 'running' }, 5)).toMatchObject({
    status: 200,
  });
  expect(await store.acks('a', 's')).toEqual([
    { agent: 'a', sessionId: 's', seq: 0, state: 'running', pid: null, atMs: 5 },
  ]);
});

it.each([
  [{ sessionId: '', seq: 0, state: 'running' }, 'sessionId'],
  [{ sessionId: 's', seq: -1, state: 'running' }, 'seq'],
  [{ sessionId: 's', seq: 1, state: 'asleep' }, 'state'],
  [{ sessionId: 's', seq: 1, state: 'running', pid: 'x' }, 'pid'],
  ['nonsense', 'body'],
])('names the field that is wrong in an acknowledgement: %j', async (body, field) => {
  const store = createMemorySwitchStore();
  expect(await acknowledgeSwitch(store, 'a', body, 5)).toMatchObject({ status: 400, field });
  expect(await store.acks('a', null)).toEqual([]);
  expect(await readSwitch(store, 'a', '')).toMatchObject({ status: 400, field: 'session' });
});

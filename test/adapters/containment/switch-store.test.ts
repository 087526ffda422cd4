import { createMemorySwitchStore } from '../../../src/adapters/containment/memory-switch-store.ts';
import { acknowledgeSwitch, readSwitch } from '../../../src/adapters/containment/switch-api.ts';
import { describeSwitchStore } from './switch-store-rules.ts';

describeSwitchStore('in memory', () => Promise.resolve(createMemorySwitchStore()));

it('answers an agent with its verdict, and takes its acknowledgement', async () => {
  const store = createMemorySwitchStore(250);
  expect(await readSwitch(store, 'a', 's')).toEqual({
    status: 200,
    body: { verdict: 'go', leaseMs: 250, seq: 0, scope: 'session', reason: '' },
  });
  expect(await acknowledgeSwitch(store, 'a', { sessionId: 's', seq: 0, state: 'running' }, 5)).toMatchObject({ status: 200 });
  expect(await store.acks('a', 's')).toEqual([{ agent: 'a', sessionId: 's', seq: 0, state: 'running', pid: null, atMs: 5 }]);
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

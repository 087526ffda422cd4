import fc from 'fast-check';
import { createMemorySwitchStore } from '../../src/adapters/containment/memory-switch-store.ts';
import type { StopSwitchStore, SwitchAck, SwitchOrder } from '../../src/adapters/containment/switch-store.ts';
import { createStore } from '../../src/store/create.ts';
import { testStore, type TestStore } from './store.ts';

let db: TestStore;
beforeAll(async () => {
  db = await testStore({ switchLeaseMs: 700 });
});
afterAll(() => db.end());

const order = (over: Partial<SwitchOrder> = {}): SwitchOrder => ({
  agent: 'loan-agent',
  sessionId: null,
  verdict: 'hold',
  reason: 'why',
  incidentId: 'inc-1',
  ...over,
});

type Act = { set: SwitchOrder } | { ack: SwitchAck };
const sessions = ['s1', 's2'];
const anyAct = (agent: string): fc.Arbitrary<Act> =>
  fc.oneof(
    fc.record({
      set: fc.record({
        agent: fc.constant(agent),
        sessionId: fc.constantFrom(null, ...sessions),
        verdict: fc.constantFrom('go' as const, 'hold' as const, 'stop' as const),
        reason: fc.constantFrom('a', 'b'),
        incidentId: fc.constantFrom('inc-1', 'inc-2'),
      }),
    }),
    fc.record({
      ack: fc.record({
        agent: fc.constant(agent),
        sessionId: fc.constantFrom(...sessions),
        seq: fc.nat(6),
        state: fc.constantFrom('running' as const, 'paused' as const, 'stopped' as const, 'ended' as const),
        pid: fc.constantFrom(null, 7),
        atMs: fc.nat(1_000),
      }),
    }),
  );

const everything = async (store: StopSwitchStore, agent: string): Promise<unknown> => ({
  readings: await Promise.all([null, ...sessions].map((session) => store.read(agent, session))),
  standing: await Promise.all([null, ...sessions].map((session) => store.standing(agent, session, 'inc-1'))),
  acks: (await Promise.all(sessions.map((session) => store.acks(agent, session)))).flat(),
});

it('does what the switches in memory do, whatever is asked of both', async () => {
  let lives = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anyAct('x'), { maxLength: 15 }), async (acts) => {
      const agent = `agent-${(lives += 1)}`;
      const memory = createMemorySwitchStore(700);
      for (const act of acts) {
        if ('set' in act) {
          const given = { ...act.set, agent };
          expect(await db.store.switches.set(given)).toBe(await memory.set(given));
        } else {
          await db.store.switches.ack({ ...act.ack, agent });
          await memory.ack({ ...act.ack, agent });
        }
      }
      expect(await everything(db.store.switches, agent)).toEqual(await everything(memory, agent));
    }),
    { numRuns: 60 },
  );
});

it('counts the changes of many incidents at once, each with a number of its own', async () => {
  const other = await createStore({ url: db.url, poolSize: 5 });
  const sets = Array.from({ length: 20 }, (_, index) =>
    (index % 2 ? other : db.store).switches.set(order({ agent: 'busy', incidentId: `inc-${index}` })),
  );
  expect((await Promise.all(sets)).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
  expect((await other.switches.read('busy', 's1')).seq).toBe(20);
  await other.close();
});

it('gives one order, given by many at once, one number', async () => {
  const sets = Array.from({ length: 10 }, () =>
    db.store.switches.set(order({ agent: 'same', sessionId: 's1', verdict: 'stop' })),
  );
  expect(new Set(await Promise.all(sets))).toEqual(new Set([1]));
});

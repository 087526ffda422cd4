import { createBaseline } from '../../src/activities/baseline.ts';
import { createStore } from '../../src/store/create.ts';
import type { Store } from '../../src/store/port.ts';
import { longSession } from '../../bench/long-session.ts';
import { freshDatabase, type FreshDatabase } from '../support/postgres.ts';

let database: FreshDatabase;
let store: Store;
const ids = ['clean-1', 'clean-2', 'clean-3'];
const agent = 'queue-agent';

beforeAll(async () => {
  database = await freshDatabase();
  store = await createStore({ url: database.url });
  for (const sessionId of ids)
    await store.spans.insert(agent, [...longSession({ sessionId, agent, steps: 6, actions: 1, tools: 1 })]);
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

/** The baseline, and how many sessions each reading brought that it did not know. */
function watched() {
  const readings: number[] = [];
  const baseline = createBaseline({
    documents: store.documents,
    spans: {
      readSessions: async (...asked) => {
        const found = await store.spans.readSessions(...asked);
        readings.push([...found.values()].filter(({ spans }) => spans !== null).length);
        return found;
      },
    },
  });
  return { baseline, readings };
}

it('reads the clean sessions once for all who ask at the same moment', async () => {
  await createBaseline(store).learn(agent, ids);
  const { baseline, readings } = watched();
  const both = await Promise.all([baseline.cleanSessions(agent), baseline.cleanSessions(agent)]);
  expect(both.map((sessions) => sessions.map(({ sessionId }) => sessionId))).toEqual([ids, ids]);
  expect(readings).toEqual([ids.length]);
});

it('reads again what changed since, and keeps the rest as it was', async () => {
  const { baseline, readings } = watched();
  const before = await baseline.cleanSessions(agent);
  expect(await baseline.cleanSessions(agent)).toEqual(before);
  const more = longSession({ sessionId: 'clean-2', agent, steps: 9, actions: 1, tools: 1 });
  await store.spans.insert(agent, [...more].slice(6));
  const after = await baseline.cleanSessions(agent);
  expect(readings).toEqual([3, 0, 1]);
  expect(after.map((session, i) => session === before[i])).toEqual([true, false, true]);
  expect(after[1]?.steps.length).toBeGreaterThan(before[1]?.steps.length ?? 0);
});

it('gives the same profile as long as it is the same, and the new one when it is learned anew', async () => {
  const { baseline } = watched();
  const before = await baseline.profileFor(agent);
  expect(await baseline.profileFor(agent)).toBe(before);
  await createBaseline(store).learn(agent, ids.slice(1));
  expect(await baseline.profileFor(agent)).toMatchObject({ sessions: 2 });
  expect(await baseline.profileFor('an agent of whom nothing was learned')).toBeNull();
  await createBaseline(store).learn(agent, ids);
});

it('reads again after a reading that failed', async () => {
  let fails = true;
  const baseline = createBaseline({
    documents: store.documents,
    spans: {
      readSessions: (...asked) =>
        fails ? Promise.reject(new Error('the database refuses')) : store.spans.readSessions(...asked),
    },
  });
  await expect(baseline.cleanSessions(agent)).rejects.toThrow('the database refuses');
  fails = false;
  expect(await baseline.cleanSessions(agent)).toHaveLength(ids.length);
});

describe('another key that uses the session id of a validated session', () => {
  const stranger = 'stranger-agent';
  /** Under the trace of the clean session, and under one of its own. */
  const intrusions = () =>
    ['clean-1', 'elsewhere'].flatMap((trace) =>
      [...longSession({ sessionId: trace, agent: stranger, steps: 6, actions: 2, tools: 2 })].map((span) => ({
        ...span,
        spanId: span.spanId.replaceAll(/[0-7]/g, (digit) => String(7 - Number(digit))),
        attributes: { ...span.attributes, 'session.id': 'clean-1', 'gen_ai.conversation.id': 'clean-1' },
      })),
    );

  it('adds nothing to it, and teaches the baseline nothing', async () => {
    const { baseline } = watched();
    const before = { clean: await baseline.cleanSessions(agent), profile: await baseline.learn(agent, ids) };
    await store.spans.insert(stranger, intrusions());
    expect(
      (await store.spans.readSessions(['clean-1'], { agent: stranger })).get('clean-1')?.spans,
    ).toHaveLength(intrusions().length);
    expect(await baseline.cleanSessions(agent)).toEqual(before.clean);
    expect(await watched().baseline.cleanSessions(agent)).toEqual(before.clean);
    expect(await watched().baseline.learn(agent, ids)).toEqual(before.profile);
  });

  it('counts in the traces that it joined where the agent may start it', async () => {
    const subagentsOf = (): string[] => [stranger];
    const [session] = await createBaseline({ ...store, subagentsOf }).cleanSessions(agent);
    const [own] = await createBaseline(store).cleanSessions(agent);
    expect(session?.steps.length).toBeGreaterThan(own?.steps.length ?? 0);
  });
});

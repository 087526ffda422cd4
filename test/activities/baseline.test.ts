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

it('reads the clean sessions once for all who ask at the same moment, and again for those who ask later', async () => {
  let pages = 0;
  const baseline = createBaseline({
    documents: store.documents,
    spans: {
      ...store.spans,
      sessionSpans: (...asked) => {
        pages += 1;
        return store.spans.sessionSpans(...asked);
      },
    },
  });
  await baseline.learn(agent, ids);
  pages = 0;
  const both = await Promise.all([baseline.cleanSessions(agent), baseline.cleanSessions(agent)]);
  expect(both.map((sessions) => sessions.map(({ sessionId }) => sessionId))).toEqual([ids, ids]);
  expect(pages).toBe(ids.length);
  await baseline.cleanSessions(agent);
  expect(pages).toBe(2 * ids.length);
});

it('reads again after a reading that failed', async () => {
  let fails = true;
  const baseline = createBaseline({
    documents: store.documents,
    spans: {
      ...store.spans,
      sessionSpans: (...asked) =>
        fails ? Promise.reject(new Error('the database refuses')) : store.spans.sessionSpans(...asked),
    },
  });
  await expect(baseline.cleanSessions(agent)).rejects.toThrow('the database refuses');
  fails = false;
  expect(await baseline.cleanSessions(agent)).toHaveLength(ids.length);
});

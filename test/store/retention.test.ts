import { START_MS } from './events.ts';
import { namesOf, span } from './spans-support.ts';
import { testStore, type TestStore } from './store.ts';

let db: TestStore;
let clock = START_MS;
beforeAll(async () => {
  db = await testStore({ now: () => clock });
});
afterAll(() => db.end());
beforeEach(async () => {
  clock = START_MS;
  await db.query('truncate span_chunk, span_trace, span_session, span_link');
});

const HOUR_MS = 3_600_000;
const insert = (...sketches: Parameters<typeof span>[0][]) =>
  db.store.spans.insert(
    'loan-agent',
    sketches.map((sketch) => span(sketch)),
  );
const purgeAfter = (atMs: number) => {
  clock = START_MS + atMs;
  return db.store.spans.purge('loan-agent', { retentionMs: 24 * HOUR_MS, quietMs: HOUR_MS });
};
const names = async (session = 's1') =>
  namesOf((await db.store.spans.sessionSpans(session, { after: null, limit: 100 })).spans);
const count = async (table: string) => (await db.query(`select count(*)::int as n from ${table}`))[0]?.['n'];

describe('what is past its retention', () => {
  it('goes by the age of its session, the late spans with the early ones', async () => {
    await insert({ name: 'first' });
    clock = START_MS + 5 * HOUR_MS;
    await insert({ name: 'late', at: 5 * 3_600 });
    expect(await purgeAfter(23 * HOUR_MS)).toEqual({ chunks: 0 });
    expect(await names()).toEqual(['first', 'late']);
    expect(await purgeAfter(24 * HOUR_MS + 1)).toEqual({ chunks: 2 });
    expect(await names()).toEqual([]);
    expect(await count('span_chunk')).toBe(0);
    expect(await count('span_session')).toBe(0);
  });

  it('is out of reach at once where its request also holds a younger session, whose spans stay', async () => {
    await insert({ name: 'old' }, { trace: 't2', name: 'young', session: 's2', at: 20 * 3_600 });
    expect(await purgeAfter(24 * HOUR_MS + 1)).toEqual({ chunks: 1 });
    expect(await names()).toEqual([]);
    await insert({ name: 'old', at: 0 }, { trace: 't2', name: 'young', session: 's2', at: 20 * 3_600 });
    clock = START_MS;
    expect(await names('s2')).toEqual(['young']);
  });

  it('goes span by span while the session still runs', async () => {
    await insert({ name: 'first' });
    clock = START_MS + 23.9 * HOUR_MS;
    await insert({ name: 'now', at: 23.9 * 3_600 });
    expect(await purgeAfter(24 * HOUR_MS + 1)).toEqual({ chunks: 1 });
    expect(await names()).toEqual(['now']);
  });

  it('takes traces of no session and links with it, and nothing of another agent', async () => {
    await insert({ name: 'lonely', session: null, links: [['t9', 'x']] });
    await db.store.spans.insert('other-agent', [span({ trace: 't7', name: 'theirs', session: 's7' })]);
    expect(await purgeAfter(24 * HOUR_MS + 1)).toEqual({ chunks: 1 });
    expect(await count('span_link')).toBe(0);
    expect(await names('s7')).toEqual(['theirs']);
  });
});

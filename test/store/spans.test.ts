import fc from 'fast-check';
import type { RawSpan } from '../../src/forensics/read/raw-span.ts';
import type { SpanScope } from '../../src/store/port.ts';
import { START_MS } from './events.ts';
import { bag, namesOf, span } from './spans-support.ts';
import { testStore, type TestStore } from './store.ts';

let db: TestStore;
let clock = START_MS;
beforeAll(async () => {
  db = await testStore({ now: () => clock });
});
afterAll(() => db.end());
beforeEach(() => db.query('truncate span_chunk, span_trace, span_session, span_link'));

const insert = (spans: RawSpan[], agent = 'loan-agent') => db.store.spans.insert(agent, spans);
const read = async (session: string, scope: SpanScope = {}, limit = 1_000): Promise<RawSpan[]> => {
  const all: RawSpan[] = [];
  for (let after: string | null = null; ;) {
    const page = await db.store.spans.sessionSpans(session, { after, limit, ...scope });
    all.push(...page.spans);
    if (page.next === null) break;
    after = page.next;
  }
  const many = await db.store.spans.readSessions(['nobody at all', session, 's2'], scope);
  expect(many.get(session)?.spans).toEqual(all);
  return all;
};

describe('writing spans', () => {
  it('gives every span back as it was, whatever is in it', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('any'), { maxLength: 3 }),
        tie('bag'),
      ),
      bag: fc.dictionary(fc.oneof(text, fc.constant('__proto__')), tie('any'), {
        noNullPrototype: false,
        maxKeys: 4,
      }),
    }));
    await fc.assert(
      fc.asyncProperty(fc.array(value.bag, { minLength: 1, maxLength: 5 }), async (bags) => {
        await db.query('truncate span_chunk, span_trace, span_session, span_link');
        const spans = bags.map((attributes, index) => ({
          ...span({ name: `s${index}` }),
          attributes: bag({
            ...(JSON.parse(JSON.stringify(attributes)) as RawSpan['attributes']),
            'session.id': 's1',
          }),
        }));
        await insert(spans);
        expect(await read('s1')).toEqual(spans);
      }),
      { numRuns: 40 },
    );
  });

  it('lets the first write win', async () => {
    const first = span({ name: 'a', attributes: { said: 'first' } });
    await insert([first, { ...first, name: 'again' }]);
    await insert([span({ name: 'a', attributes: { said: 'second' } }), span({ name: 'b' })]);
    expect((await db.store.spans.sessionMetadata('s1'))?.spans).toBe(2);
    expect((await read('s1')).map((one) => one.attributes['said'])).toEqual(['first', undefined]);
  });

  it('takes the same spans from many senders at once', async () => {
    const spans = Array.from({ length: 1_200 }, (_, index) => span({ name: `span${index}` }));
    // In different orders, so that writers could wait for one another for ever.
    const orders = [spans, spans.toReversed(), spans, spans.toReversed()];
    await Promise.all(orders.map((order) => insert(order)));
    expect(await read('s1', {}, 250)).toHaveLength(1_200);
  });
});

describe('many sessions at once', () => {
  const linked = [
    span({ name: 'batch', session: null }),
    span({ name: 'one', session: 's1', parent: 'batch', at: 1 }),
    span({ name: 'two', session: 's2', parent: 'batch', at: 1, links: [['child', 'child']] }),
    span({ trace: 'child', name: 'child', session: 's3', at: 3, links: [['t1', 'one']] }),
    span({ trace: 'grandchild', name: 'grandchild', session: null, at: 4, links: [['child', 'child']] }),
  ];

  it('are each what they are alone, also where they share traces and links join others', async () => {
    await insert(linked.slice(0, 3));
    await insert(linked.slice(2));
    const ids = ['s1', 's2', 's3', 'nobody'];
    const many = await db.store.spans.readSessions(ids, {});
    expect([...many.keys()]).toEqual(ids);
    for (const id of ids) expect(many.get(id)?.spans).toEqual(await read(id));
    expect(namesOf(many.get('s1')?.spans ?? [])).toEqual(['batch', 'child', 'grandchild', 'one']);
    expect(await db.store.spans.readSessions([], {})).toEqual(new Map());
  });

  it('come without their spans where they are known, until something of them changes', async () => {
    await insert(linked);
    const versions = async (known?: ReadonlyMap<string, string>) =>
      [...(await db.store.spans.readSessions(['s1', 's2'], {}, known))].map(([id, { version, spans }]) => ({
        id,
        version,
        isRead: spans !== null,
      }));
    const known = new Map((await versions()).map(({ id, version }) => [id, version]));
    expect((await versions(known)).map(({ isRead }) => isRead)).toEqual([false, false]);
    await insert([span({ name: 'late', session: 's1', parent: 'one', at: 9 })]);
    expect((await versions(known)).map(({ id, isRead }) => [id, isRead])).toEqual([
      ['s1', true],
      ['s2', false],
    ]);
    await db.query('delete from span_trace');
    expect((await versions(known)).map(({ isRead }) => isRead)).toEqual([true, true]);
  });
});

describe('the spans of a session', () => {
  it('are those that carry its id and the rest of their traces', async () => {
    await insert([
      span({ name: 'chat' }),
      span({ name: 'tool', session: null, parent: 'chat', at: 1 }),
      span({ trace: 't2', name: 'next', at: 5 }),
      span({ trace: 't3', name: 'other', session: 's2' }),
    ]);
    expect(namesOf(await read('s1'))).toEqual(['chat', 'next', 'tool']);
    expect(await read('nobody')).toEqual([]);
  });

  it('leave out other sessions of a shared trace, but not what the session itself spawned', async () => {
    await insert([
      span({ name: 'batch', session: null }),
      span({ name: 'one', session: 's1', parent: 'batch', at: 1 }),
      span({ name: 'one-tool', session: null, parent: 'one', at: 2 }),
      span({ name: 'one-sub', session: 's1-sub', parent: 'one-tool', at: 3 }),
      span({ name: 'two', session: 's2', parent: 'batch', at: 1 }),
      span({ name: 'two-tool', session: null, parent: 'two', at: 2 }),
    ]);
    expect(namesOf(await read('s1'))).toEqual(['batch', 'one', 'one-sub', 'one-tool']);
    expect(namesOf(await read('s2'))).toEqual(['batch', 'two', 'two-tool']);
    expect(namesOf(await read('s1-sub'))).toEqual(['batch', 'one-sub']);
    expect((await db.store.spans.sessionMetadata('s1'))?.spans).toBe(4);
  });

  it('follow links both ways to traces that started later, again and again, and never back', async () => {
    await insert([
      span({ trace: 'before', name: 'before', session: 's0', at: -10 }),
      span({ name: 'root', links: [['before', 'before']] }),
      span({ name: 'spawn', parent: 'root', at: 2, links: [['named', 'named']] }),
      span({ trace: 'child', name: 'child', session: 'c', at: 3, links: [['t1', 'spawn']] }),
      span({ trace: 'grandchild', name: 'grandchild', session: 'g', at: 4, links: [['child', 'child']] }),
      span({ trace: 'named', name: 'named', session: null, at: 3 }),
      // A circle back to the session.
      span({
        trace: 'grandchild',
        name: 'circle',
        parent: 'grandchild',
        session: null,
        at: 5,
        links: [['t1', 'root']],
      }),
      // A trace that ran before the session and only mentions it later.
      span({ trace: 'elder', name: 'elder', session: 'e', at: -20 }),
      span({
        trace: 'elder',
        name: 'mention',
        parent: 'elder',
        session: 'e',
        at: 9,
        links: [['t1', 'root']],
      }),
    ]);
    expect(namesOf(await read('s1'))).toEqual(['child', 'circle', 'grandchild', 'named', 'root', 'spawn']);
  });

  it('are not those of another key that claims the session or links to it', async () => {
    await insert([span({ name: 'mine' }), span({ name: 'spawn', parent: 'mine', at: 1 })]);
    const theirs = [
      span({ name: 'forged', parent: 'mine', at: 2 }),
      span({ name: 'mine', attributes: { said: 'something else' } }),
      span({ trace: 'evil', name: 'claims', at: 2 }),
      span({ trace: 'evil2', name: 'links', session: 'x', at: 3, links: [['t1', 'spawn']] }),
    ];
    await insert(theirs, 'stranger');
    expect(namesOf(await read('s1', { agent: 'loan-agent' }))).toEqual(['mine', 'spawn']);
    expect((await db.store.spans.sessionMetadata('s1', { agent: 'loan-agent' }))?.spans).toBe(2);
    const allowed = await read('s1', { agent: 'loan-agent', joinAgents: ['stranger'] });
    expect(namesOf(allowed)).toContain('links');
    expect(namesOf(allowed)).not.toContain('claims');
  });

  it('come in pages by arrival, so that a later span is on a later page', async () => {
    await insert(Array.from({ length: 5 }, (_, index) => span({ name: `a${index}`, at: 10 })));
    const first = await db.store.spans.sessionSpans('s1', { after: null, limit: 3 });
    await insert([span({ name: 'late', at: 0 })]);
    const second = await db.store.spans.sessionSpans('s1', { after: first.next, limit: 3 });
    expect(first.spans.map((one) => one.name)).toEqual(['a0', 'a1', 'a2']);
    expect(second.spans.map((one) => one.name)).toEqual(['a3', 'a4', 'late']);
    const last = await db.store.spans.sessionSpans('s1', { after: second.next, limit: 3 });
    expect(last).toEqual({ spans: [], next: null });
  });

  it('are counted and timed without reading what is in them', async () => {
    clock = START_MS + 60_000;
    await insert([span({ name: 'a' }), span({ name: 'b', at: 4 })]);
    expect(await db.store.spans.sessionMetadata('s1')).toEqual({
      spans: 2,
      startedAtMs: START_MS,
      endedAtMs: START_MS + 4_500,
      newestArrivalMs: START_MS + 60_000,
    });
    expect(await db.store.spans.sessionMetadata('s2')).toBeNull();
  });
});

describe('finding sessions', () => {
  it('goes by agent, window and what they mention, newest first', async () => {
    await insert([
      span({ trace: '1', name: 'a', session: 's1', at: 0, attributes: { 'tool.input': '{"id":"APP-7"}' } }),
      span({ trace: '2', name: 'b', session: 's2', at: 60, attributes: { 'tool.input': '{"id":"APP-8"}' } }),
      span({ trace: '2', name: 'b2', session: 's2', at: 61, attributes: { said: 'of "APP-7"' } }),
      span({ trace: '3', name: 'c', session: 's3', at: 9_000 }),
      span({ trace: '4', name: 'd', session: null, at: 5 }),
    ]);
    await insert([span({ trace: '5', name: 'e', session: 's5', at: 30 })], 'other-agent');
    const find = async (entityId: string | null, limit = 10) =>
      (
        await db.store.spans.findSessions('loan-agent', {
          fromMs: START_MS,
          toMs: START_MS + 3_600_000,
          entityId,
          limit,
        })
      ).map((found) => `${found.sessionId}:${found.spans}`);
    expect(await find(null)).toEqual(['s2:2', 's1:1', `34${'0'.repeat(30)}:1`]);
    expect(await find(null, 1)).toEqual(['s2:2']);
    expect(await find('APP-7')).toEqual(['s2:2', 's1:1']);
    expect(await find('APP-8')).toEqual(['s2:2']);
    expect(await find('%')).toEqual([]);
    expect(await find('of "APP-7"')).toEqual(['s2:2']);
  });
});

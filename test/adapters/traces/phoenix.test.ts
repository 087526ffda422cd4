import { createPhoenixTraces, type PhoenixOptions } from '../../../src/adapters/traces/phoenix.ts';
import { sessionFromSpans } from '../../../src/forensics/read/session.ts';
import {
  json,
  recorded,
  sampleSpans,
  sessionOf,
  startReplay,
  type Answerer,
  type Replay,
} from './support/replay.ts';
import { comparable, verdictOf } from './support/same-analysis.ts';

const NOTHING = json({ data: [], next_cursor: null });
const otherwise: Answerer = ({ pathname }) =>
  pathname.startsWith('/v1/projects/') ? NOTHING : { status: 404, body: 'not found' };
const SHAPE = { links: false, timesMs: 0.01 };
const STARTED_AT_MS = Date.parse('2026-11-22T22:31:07.083Z');

let store: Replay;
afterEach(() => store.close());
const start = async (answer: Answerer = () => undefined): Promise<void> => {
  store = await startReplay(recorded('phoenix'), { answer, otherwise });
};
const traces = (over: Partial<PhoenixOptions> = {}) =>
  createPhoenixTraces({
    url: store.url,
    project: null,
    retentionMs: null,
    quietMs: 20,
    settleWithinMs: 60_000,
    pageSpans: 6,
    pageTraces: 1,
    target: { retryAfterMs: [1, 1] },
    ...over,
  });

describe('a session out of Phoenix', () => {
  it('has the steps and the analysis of what was sent, over all pages, but for what the report names', async () => {
    await start();
    const exported = await traces().exportSession('sess-main');
    const session = sessionOf('sess-main', exported);
    const sent = sessionFromSpans(await sampleSpans('sess-main', STARTED_AT_MS), { sessionId: 'sess-main' });
    expect(session.steps.map((s) => comparable(s, SHAPE))).toEqual(
      sent.steps.map((s) => comparable(s, SHAPE)),
    );
    expect(verdictOf(session, SHAPE)).toEqual(verdictOf(sent, SHAPE));
    expect(exported).toMatchObject({ stable: true, warnings: [], losses: [] });
    expect(exported.pages.map(({ source }) => source)).toEqual(
      expect.arrayContaining([expect.stringContaining('cursor=U3Bhbjo3')]),
    );
  });

  it('reads in the order in which nothing is missed while spans arrive', async () => {
    await start();
    await traces().exportSession('sess-main');
    const listings = store.asked.filter(({ pathname }) => pathname.endsWith('/spans'));
    expect(listings.length).toBeGreaterThan(1);
    for (const { searchParams: q } of listings)
      expect([q.get('sort'), q.get('order'), q.has('include_spans')]).toEqual(['id', 'asc', false]);
  });

  it('keeps every digit of a large integer', async () => {
    await start();
    const { spans } = await traces().exportSession('sess-main');
    expect(spans.find(({ attributes }) => 'sample.big_int' in attributes)?.attributes).toMatchObject({
      'sample.big_int': '9007199254740993',
    });
  });

  it('reads the OpenInference form, from the project that holds it', async () => {
    await start(({ pathname, searchParams }) =>
      pathname === '/v1/projects/loan/traces' && searchParams.get('session_identifier') === 'sess-oi'
        ? json({
            data: ['3e8047cd3566a16f4e8d62c7f1ae35b2', 'f31baef4ad3fdda152e65aa40fee297e'].map((id) => ({
              trace_id: id,
              start_time: '2026-11-22T22:31:07.101000+00:00',
            })),
            next_cursor: null,
          })
        : undefined,
    );
    const session = sessionOf('sess-oi', await traces({ pageSpans: 1000 }).exportSession('sess-oi'));
    const at = Date.parse('2026-11-22T22:31:07.101Z');
    const sent = sessionFromSpans(await sampleSpans('sess-oi', at), { sessionId: 'sess-oi' });
    expect(session.steps.map((s) => comparable(s, SHAPE))).toEqual(
      sent.steps.map((s) => comparable(s, SHAPE)),
    );
    expect(verdictOf(session, SHAPE)).toEqual(verdictOf(sent, SHAPE));
  });

  it('names in every report what Phoenix cannot keep', async () => {
    await start();
    const { completeness } = sessionOf('sess-main', await traces().exportSession('sess-main'));
    const limits = completeness.limits.join('\n');
    for (const lost of [
      'span links',
      'service name',
      'span kind, scope or schema',
      'microseconds',
      'exception event',
      'one span of each span id',
      'queued',
    ])
      expect(limits).toContain(lost);
  });

  it('says that a trace is unfinished which looks finished', async () => {
    const part = (await sampleSpans('sess-main', STARTED_AT_MS)).slice(1, 5);
    const traceId = part[0]?.traceId ?? '';
    await start(({ pathname, searchParams }) => {
      if (pathname === '/v1/projects/default/spans' && searchParams.has('trace_id'))
        return json({ data: part.map(phoenixSpan), next_cursor: null });
      if (pathname === '/v1/projects/default/traces')
        return json({ data: [{ trace_id: traceId, start_time: null }], next_cursor: null });
      return undefined;
    });
    const exported = await traces({ settleWithinMs: 100 }).exportSession('sess-main');
    const { completeness } = sessionOf('sess-main', exported);
    expect(completeness.complete).toBe(false);
    expect(completeness.warnings.join()).toContain(`trace ${traceId} is not finished or has lost spans`);
  });

  it('waits while spans are still being stored, however few there are at first', async () => {
    const first = page({ limit: '6' }, { next_cursor: null });
    await start(({ pathname, searchParams }, count) =>
      pathname === '/v1/projects/default/spans' && searchParams.has('trace_id') && count < 6
        ? first
        : undefined,
    );
    const exported = await traces({ settleWithinMs: 5_000 }).exportSession('sess-main');
    expect(exported).toMatchObject({ stable: true, warnings: [] });
    expect(exported.spans).toHaveLength(16);
  });

  it('says that spans were still arriving when the wait was over', async () => {
    let calls = 0;
    const all = (await sampleSpans('sess-main', STARTED_AT_MS)).slice(0, 11);
    await start(({ pathname, searchParams }) => {
      if (pathname === '/v1/projects/default/spans' && searchParams.has('trace_id'))
        return json({ data: all.slice(0, 1 + (calls++ % 10)).map(phoenixSpan), next_cursor: null });
      return undefined;
    });
    expect(await traces({ settleWithinMs: 150 }).exportSession('sess-main')).toMatchObject({ stable: false });
  });

  it('finds a trace that carries the session later than another one', async () => {
    // A trace belongs to the session that was seen first in it, so the search by session does not know this one.
    await start(({ pathname, searchParams }) => {
      if (pathname === '/v1/projects/default/traces') return NOTHING;
      return searchParams.has('attribute') && pathname === '/v1/projects/default/spans'
        ? page({ attribute: (searchParams.get('attribute') ?? '').replaceAll('"', '') }, {})
        : undefined;
    });
    const exported = await traces().exportSession('sess-main');
    expect(exported).toMatchObject({ warnings: [], losses: [] });
    expect(exported.spans).toHaveLength(16);
  });

  it('leaves out a trace that is answered for the session and does not carry it', async () => {
    await start(({ pathname, searchParams }) => {
      if (pathname !== '/v1/projects/default/traces' || searchParams.has('cursor')) return undefined;
      return page({ session_identifier: 'sess-main' }, { next_cursor: null });
    });
    const exported = await traces({ settleWithinMs: 100 }).exportSession('UHJvamVjdFNlc3Npb246MQ==');
    expect(exported.spans).toEqual([]);
    expect(exported.warnings.join()).toMatch(/does not carry its id: left out|gave no spans/);
  });

  it('counts the retention from the start of the session', async () => {
    await start();
    const kept = traces({ retentionMs: 60_000 });
    expect(await kept.retentionDeadlineMs('sess-main')).toBe(STARTED_AT_MS + 60_000);
    expect(await kept.retentionDeadlineMs('sess-nowhere')).toBeNull();
    expect(await traces().retentionDeadlineMs('sess-main')).toBeNull();
  });

  it('has nothing of an unknown session, and does not wait long for it', async () => {
    await start();
    expect(await traces().exportSession('sess-nowhere')).toMatchObject({ spans: [], warnings: [] });
  });

  it('says where a subagent may be missing that only a link joined', async () => {
    const spans = (await sampleSpans('sess-orphan', STARTED_AT_MS)).filter(
      ({ resource }) => resource['service.name'] === 'loan-agent',
    );
    await start(({ pathname, searchParams }) => {
      if (pathname === '/v1/projects/default/traces')
        return json({ data: [{ trace_id: spans[0]?.traceId, start_time: null }], next_cursor: null });
      return searchParams.has('trace_id')
        ? json({ data: spans.map(phoenixSpan), next_cursor: null })
        : undefined;
    });
    const { completeness } = sessionOf('sess-orphan', await traces().exportSession('sess-orphan'));
    expect(completeness.complete).toBe(false);
    expect(completeness.warnings).toEqual([
      '1 tool calls may have handed work to a subagent that Phoenix cannot join to the session (delegate_credit_check)',
    ]);
  });

  it('tells an unknown project from an empty one', async () => {
    await start(({ pathname }) =>
      pathname.startsWith('/v1/projects/nowhere/')
        ? recorded('phoenix').find(({ url }) => url.pathname.startsWith('/v1/projects/nowhere/'))
        : undefined,
    );
    await expect(traces({ project: 'nowhere' }).exportSession('sess-main')).rejects.toThrow(
      /Phoenix answered 404 .*nowhere.*Check the address/s,
    );
    await expect(traces({ project: 'nowhere' }).probe?.()).rejects.toThrow('it has loan, default');
    expect(await traces().probe?.()).toBe('Phoenix answers, 2 projects');
  });
});

/** A recorded listing, its fields changed. */
const page = (query: Record<string, string>, change: Record<string, unknown>) => {
  const found = recorded('phoenix').find(({ url }) =>
    Object.entries(query).every(([name, value]) => url.searchParams.get(name) === value),
  );
  return json({ ...(JSON.parse(found?.body ?? '') as object), ...change });
};

const phoenixSpan = (span: Awaited<ReturnType<typeof sampleSpans>>[number]) => ({
  name: span.name,
  context: { trace_id: span.traceId, span_id: span.spanId },
  span_kind: 'UNKNOWN',
  parent_id: span.parentSpanId,
  start_time: new Date(Number(span.startNano) / 1e6).toISOString(),
  end_time: new Date(Number(span.endNano) / 1e6).toISOString(),
  status_code: 'UNSET',
  status_message: '',
  attributes: span.attributes,
  events: [],
});

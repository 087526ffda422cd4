import { createJaegerTraces, type JaegerOptions } from '../../../src/adapters/traces/jaeger.ts';
import { sessionFromSpans } from '../../../src/forensics/read/session.ts';
import { toOtlpJson } from '../../../src/adapters/traces/otlp-text.ts';
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

/** Of the recording: when trace A of `sess-main` began. */
const STARTED_AT_MS = 1_795_386_871_004;
const IGNORED = ['start', 'end', 'limit', 'query.start_time_min', 'query.start_time_max', 'query.num_traces'];
const NO_TRACES = json({ data: [], total: 0, limit: 0, offset: 0, errors: null });
const NO_V3 = json({ error: { httpCode: 404, message: 'No traces found' } }, 404);
const SHAPE = { links: true, timesMs: 0.001 };

const otherwise: Answerer = ({ pathname }) => (pathname === '/api/traces' ? NO_TRACES : NO_V3);
/** The search by time and service, recorded with attributes that Jaeger ignores. */
const byService: Answerer = ({ pathname, searchParams }) =>
  pathname === '/api/v3/traces' && searchParams.get('query.service_name') === 'credit-checker'
    ? recorded('jaeger').find(({ url }) => url.searchParams.has('query.attributes'))
    : undefined;

let store: Replay;
afterEach(() => store.close());
const start = async (answer: Answerer = () => undefined): Promise<void> => {
  store = await startReplay(recorded('jaeger'), {
    ignore: IGNORED,
    answer: (url, count) => answer(url, count) ?? byService(url, count),
    otherwise,
  });
};
const traces = (over: Partial<JaegerOptions> = {}) =>
  createJaegerTraces({
    url: store.url,
    services: [],
    sessionAttributes: ['session.id', 'gen_ai.conversation.id'],
    lookbackMs: 3_600_000,
    retentionMs: null,
    quietMs: 10,
    settleWithinMs: 60_000,
    now: () => STARTED_AT_MS + 60_000,
    target: { retryAfterMs: [1, 1] },
    ...over,
  });

describe('a session out of Jaeger', () => {
  it('has the steps and the analysis of what was sent', async () => {
    await start();
    const exported = await traces().exportSession('sess-main');
    const session = sessionOf('sess-main', exported);
    const sent = sessionFromSpans(await sampleSpans('sess-main', STARTED_AT_MS), { sessionId: 'sess-main' });
    expect(session.steps.map((s) => comparable(s, SHAPE))).toEqual(
      sent.steps.map((s) => comparable(s, SHAPE)),
    );
    expect(verdictOf(session, SHAPE)).toEqual(verdictOf(sent, SHAPE));
    expect(exported).toMatchObject({ stable: true, warnings: [], losses: [] });
  });

  it('keeps nanoseconds, links, and every digit of a large integer', async () => {
    await start();
    const { spans } = await traces().exportSession('sess-main');
    expect(spans.find(({ attributes }) => 'sample.big_int' in attributes)).toMatchObject({
      attributes: { 'sample.big_int': '9007199254740993' },
      startNano: expect.stringMatching(/123$/),
    });
    expect(spans.filter(({ links }) => links.length > 0)).toHaveLength(1);
  });

  it('asks every service for every attribute that may hold the session, each in a search of its own', async () => {
    await start();
    await traces().exportSession('sess-main');
    const searches = store.asked.filter(({ pathname }) => pathname === '/api/traces');
    const asked = new Set(searches.map(({ searchParams: q }) => `${q.get('service')} ${q.get('tags')}`));
    expect(asked).toEqual(
      new Set([
        'loan-agent {"session.id":"sess-main"}',
        'loan-agent {"gen_ai.conversation.id":"sess-main"}',
        'credit-checker {"session.id":"sess-main"}',
        'credit-checker {"gen_ai.conversation.id":"sess-main"}',
      ]),
    );
    for (const { searchParams } of searches) {
      expect(Number(searchParams.get('end'))).toBe((STARTED_AT_MS + 120_000) * 1_000);
      expect(Number(searchParams.get('limit'))).toBeGreaterThan(0);
    }
  });

  it('finds a subagent without a session id by its link', async () => {
    const sent = await sampleSpans('sess-orphan', STARTED_AT_MS);
    const main = sent.filter(({ resource }) => resource['service.name'] === 'loan-agent');
    const id = main[0]?.traceId ?? '';
    await start(({ pathname, searchParams }) => {
      if (searchParams.get('tags')?.includes('sess-orphan') && searchParams.get('service') === 'loan-agent')
        return json({ data: [{ traceID: id }] });
      return pathname === `/api/v3/traces/${id}` ? otlp(main) : undefined;
    });
    const exported = await traces().exportSession('sess-orphan');
    expect(exported.spans).toHaveLength(16);
    const session = sessionOf('sess-orphan', exported);
    expect(session.steps.map(({ kind, name }) => [kind, name])).toEqual(
      sessionFromSpans(sent).steps.map(({ kind, name }) => [kind, name]),
    );
    expect(session.completeness.limits.join()).toContain('no search by link');
  });

  it('names in every report what Jaeger cannot keep or say', async () => {
    await start();
    const { completeness } = sessionOf('sess-main', await traces().exportSession('sess-main'));
    const limits = completeness.limits.join('\n');
    for (const lost of ['no search by link', 'drops the oldest traces', 'schema URL'])
      expect(limits).toContain(lost);
  });

  it('bounds each search for links in time and number, without which Jaeger answers 500', async () => {
    await start();
    await traces().exportSession('sess-main');
    const searches = store.asked.filter(({ pathname }) => pathname === '/api/v3/traces');
    expect(searches.length).toBeGreaterThan(0);
    for (const { searchParams: q } of searches) {
      const [from, to] = ['min', 'max'].map((end) => Date.parse(q.get(`query.start_time_${end}`) ?? ''));
      expect(to).toBeGreaterThan(from ?? Infinity);
      expect(Number(q.get('query.num_traces'))).toBeGreaterThan(0);
    }
  });

  it('deduplicates, and reads an answer with a scope that has no spans', async () => {
    await start(({ searchParams }) =>
      searchParams.get('tags') === '{"session.id":"sess-dup"}'
        ? json({ data: [{ traceID: '2ee5411351f87e97f0f56d23980185e0' }] })
        : undefined,
    );
    const session = sessionOf('sess-dup', await traces().exportSession('sess-dup'));
    expect(session.steps).toHaveLength(5);
    expect(session.completeness).toMatchObject({ duplicateSpans: 0, orphanSpans: [] });
  });

  it('asks narrower windows when an answer is full, as there is no cursor', async () => {
    const ids = Array.from({ length: 7 }, (_, i) => String(i + 1).padStart(32, '0'));
    const startOf = (i: number): number => STARTED_AT_MS - i * 60_000;
    await start(({ pathname, searchParams: q }) => {
      if (pathname !== '/api/traces' || q.get('tags') !== '{"session.id":"sess-many"}') return undefined;
      if (q.get('service') !== 'loan-agent') return undefined;
      const found = ids.filter(
        (_, i) => startOf(i) * 1_000 >= Number(q.get('start')) && startOf(i) * 1_000 <= Number(q.get('end')),
      );
      return json({ data: found.slice(0, Number(q.get('limit'))).map((traceID) => ({ traceID })) });
    });
    await traces({ pageTraces: 2, settleWithinMs: 1 }).exportSession('sess-many');
    const read = store.asked.map(({ pathname }) => pathname.split('/api/v3/traces/')[1]).filter(Boolean);
    expect(new Set(read)).toEqual(new Set(ids));
  });

  it('says when more traces exist than can be listed', async () => {
    await start(({ pathname, searchParams: q }) =>
      pathname === '/api/traces' && q.get('service') === 'loan-agent'
        ? json({ data: [{ traceID: 'a'.repeat(32) }, { traceID: 'b'.repeat(32) }] })
        : undefined,
    );
    const exported = await traces({ pageTraces: 2, settleWithinMs: 1 }).exportSession('sess-x');
    expect(exported.warnings.join()).toContain(
      'more traces of service loan-agent with this session than it lists',
    );
  });

  it('says that a trace is unfinished which looks finished', async () => {
    const part = (await sampleSpans('sess-main', STARTED_AT_MS)).slice(1, 5);
    const id = part[0]?.traceId ?? '';
    await start(({ pathname }) => (pathname === `/api/v3/traces/${id}` ? otlp(part) : undefined));
    const exported = await traces({ settleWithinMs: 100 }).exportSession('sess-main');
    const { completeness } = sessionOf('sess-main', exported);
    expect(completeness.complete).toBe(false);
    expect(completeness.warnings.join()).toContain(`trace ${id} is not finished or has lost spans`);
  });

  it('counts the retention from the start of the session', async () => {
    await start();
    const kept = traces({ retentionMs: 60_000 });
    expect(await kept.retentionDeadlineMs('sess-main')).toBe(STARTED_AT_MS + 60_000);
    expect(await kept.retentionDeadlineMs('sess-nowhere')).toBeNull();
  });

  it('names services that Jaeger does not know', async () => {
    await start();
    expect(await traces().probe?.()).toBe('Jaeger answers, 2 services');
    await expect(traces({ services: ['loan-agnet'] }).probe?.()).rejects.toThrow(
      'Jaeger has no service loan-agnet; it has loan-agent, credit-checker',
    );
  });
});

const otlp = (spans: Awaited<ReturnType<typeof sampleSpans>>) => json(`{"result":${toOtlpJson(spans)}}`);

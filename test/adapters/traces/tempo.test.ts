import { toOtlpJson } from '../../../src/adapters/traces/otlp-text.ts';
import { createTempoTraces, type TempoOptions } from '../../../src/adapters/traces/tempo.ts';
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
import { comparable } from './support/same-analysis.ts';

/** Of the recording: when trace A of `sess-main` began. */
const STARTED_AT_MS = 1_795_386_844_086;
const NO_TRACES = json({ traces: [], metrics: {} });
const SHAPE = { links: true, timesMs: 0.001 };

let store: Replay;
afterEach(() => store.close());
const start = async (answer: Answerer = () => undefined): Promise<void> => {
  const exchanges = recorded('tempo').filter(
    ({ url, status, body }) =>
      url.pathname !== '/api/search' ||
      (status === 200 && url.searchParams.has('start') && /"traceID"/.test(body)),
  );
  store = await startReplay(exchanges, {
    ignore: ['start', 'end', 'limit'],
    answer,
    otherwise: ({ pathname }) => (pathname === '/api/search' ? NO_TRACES : json({ trace: {}, metrics: {} })),
  });
};
const traces = (over: Partial<TempoOptions> = {}) =>
  createTempoTraces({
    url: store.url,
    sessionAttributes: ['session.id', 'gen_ai.conversation.id'],
    lookbackMs: 3_600_000,
    maxAttributeBytes: 2_048,
    maxTraceBytes: 5_000_000,
    retentionMs: null,
    quietMs: 10,
    settleWithinMs: 60_000,
    now: () => STARTED_AT_MS + 60_000,
    target: { retryAfterMs: [1, 1] },
    ...over,
  });

describe('a session out of Tempo', () => {
  it('has the steps of what was sent, but for the attribute that Tempo cut, which the report names', async () => {
    await start();
    const exported = await traces().exportSession('sess-main');
    const session = sessionOf('sess-main', exported);
    const sent = sessionFromSpans(await sampleSpans('sess-main', STARTED_AT_MS), { sessionId: 'sess-main' });
    const CUT = 7;
    const but = (steps: typeof sent.steps) =>
      steps.filter(({ stepNumber }) => stepNumber !== CUT).map((s) => comparable(s, SHAPE));
    expect(but(session.steps)).toEqual(but(sent.steps));
    expect(session.steps).toHaveLength(16);
    expect(session.completeness).toMatchObject({
      complete: false,
      truncated: [{ step: CUT, field: 'gen_ai.tool.call.result' }],
    });
    expect(exported).toMatchObject({
      stable: true,
      warnings: [],
      losses: [expect.stringMatching(/^Tempo has cut attributes of trace .*: gen_ai\.tool\.call\.result$/)],
    });
  });

  it.each([
    ['exactly at the limit', 'x'.repeat(2_048), true],
    ['three bytes before it, where a character did not fit', `${'x'.repeat(2_041)}€x`, true],
    ['shorter', 'x'.repeat(2_000), false],
    ['of many bytes a character', '€'.repeat(600), false],
    ['of many bytes a character, cut', `${'€'.repeat(682)}xx`, true],
  ])('counts a text %s', async (_, text, isCut) => {
    const [span] = await sampleSpans('sess-main', STARTED_AT_MS);
    if (!span) throw new Error('no span');
    await start(traceOf([{ ...span, attributes: { ...span.attributes, note: text } }]));
    const { completeness } = sessionOf('sess-main', await traces().exportSession('sess-main'));
    expect(completeness.truncated).toEqual(isCut ? [{ step: 1, field: 'note' }] : []);
    expect(completeness.limits.join()).toContain('cuts attributes at 2048 bytes');
  });

  it('says that a trace is so large that Tempo may have dropped spans of it', async () => {
    const [span] = await sampleSpans('sess-main', STARTED_AT_MS);
    if (!span) throw new Error('no span');
    const large = { ...span, attributes: { ...span.attributes, note: 'x'.repeat(4_000) } };
    await start(traceOf([large]));
    const exported = await traces({ maxTraceBytes: 4_000, maxAttributeBytes: 9_000 }).exportSession(
      'sess-main',
    );
    expect(exported.losses?.join()).toContain('where Tempo drops further spans without a mark');
    expect(sessionOf('sess-main', exported).completeness.complete).toBe(false);
  });

  it('says that Tempo answered in part', async () => {
    const spans = await sampleSpans('sess-main', STARTED_AT_MS);
    await start(traceOf(spans, { status: 'PARTIAL', message: 'trace exceeds max size' }));
    const exported = await traces().exportSession('sess-main');
    expect(exported.losses?.join()).toContain('in part: trace exceeds max size');
  });

  it('finds a subagent without a session id by its link', async () => {
    const sent = await sampleSpans('sess-orphan', STARTED_AT_MS);
    await start(({ pathname }) => {
      const id = pathname.split('/api/v2/traces/')[1];
      return id === undefined ? undefined : traceOnly(sent.filter((span) => span.traceId === id));
    });
    const session = sessionOf('sess-orphan', await traces().exportSession('sess-orphan'));
    expect(session.steps.map((s) => comparable(s, SHAPE))).toEqual(
      sessionFromSpans(sent, { sessionId: 'sess-orphan' }).steps.map((s) => comparable(s, SHAPE)),
    );
  });

  it('takes no trace that a link joins but that began before', async () => {
    const [span] = await sampleSpans('sess-main', STARTED_AT_MS);
    if (!span) throw new Error('no span');
    const earlier = {
      ...span,
      traceId: 'e'.repeat(32),
      startNano: String(BigInt(span.startNano) - 60_000_000_000n),
      links: [{ traceId: span.traceId, spanId: span.spanId }],
    };
    await start(({ pathname, searchParams }) => {
      if (searchParams.get('q')?.includes('link:traceID'))
        return json({ traces: [{ traceID: earlier.traceId }] });
      if (pathname.endsWith(earlier.traceId)) return traceOnly([earlier]);
      return traceOf([span])(new URL(`http://store${pathname}`), 0);
    });
    expect((await traces().exportSession('sess-main')).spans.map(({ traceId }) => traceId)).not.toContain(
      earlier.traceId,
    );
  });

  it('waits for a search that shows nothing in the first seconds', async () => {
    let searches = 0;
    await start(({ pathname }) =>
      pathname === '/api/search' && (searches += 1) <= 2 ? NO_TRACES : undefined,
    );
    const exported = await traces({ settleWithinMs: 3_000 }).exportSession('sess-main');
    expect(exported.spans.length).toBeGreaterThanOrEqual(16);
  });

  it('counts spans that were stored twice', async () => {
    await start(({ pathname, searchParams }) => {
      if (searchParams.get('q')?.includes('sess-dup'))
        return json({ traces: [{ traceID: '2ee5411351f87e97f0f56d23980185e0' }] });
      return pathname === '/api/search' ? NO_TRACES : undefined;
    });
    const session = sessionOf('sess-dup', await traces().exportSession('sess-dup'));
    expect([session.steps.length, session.completeness.duplicateSpans]).toEqual([5, 5]);
  });

  it('splits a search over a longer time than the server takes', async () => {
    await start();
    await traces({ lookbackMs: 30 * 86_400_000, settleWithinMs: 1 }).exportSession('sess-main');
    const spans = store.asked
      .filter(({ searchParams }) => searchParams.has('start'))
      .map(({ searchParams: q }) => Number(q.get('end')) - Number(q.get('start')));
    expect(Math.max(...spans)).toBeLessThanOrEqual(168 * 3_600);
  });

  /** A server that has a trace of the session every minute and lists as many as it is told, the newest first. */
  const manyTraces =
    (ids: readonly string[]): Answerer =>
    ({ pathname, searchParams: q }) => {
      if (pathname !== '/api/search' || q.get('q') !== '{ span.session.id = "sess-many" }') return undefined;
      const isIn = (i: number): boolean => {
        const atS = STARTED_AT_MS / 1_000 - i * 60;
        return atS >= Number(q.get('start')) && atS <= Number(q.get('end'));
      };
      const found = ids.filter((_, i) => isIn(i)).slice(0, Number(q.get('limit')));
      return json({ traces: found.map((traceID) => ({ traceID })) });
    };
  const idsOf = (count: number): string[] =>
    Array.from({ length: count }, (_, i) => String(i + 1).padStart(32, '0'));

  it('asks narrower windows when an answer is full, as there is no cursor', async () => {
    const ids = idsOf(7);
    await start(manyTraces(ids));
    const exported = await traces({ pageTraces: 2, settleWithinMs: 1 }).exportSession('sess-many');
    const read = store.asked.map(({ pathname }) => pathname.split('/api/v2/traces/')[1]).filter(Boolean);
    expect(new Set(read)).toEqual(new Set(ids));
    expect(exported.warnings.join()).not.toContain('than it lists');
  });

  it('says when more traces exist than can be listed', async () => {
    const [one, two, three] = idsOf(3);
    // All within one second, the shortest time that a search can name.
    await start(({ pathname, searchParams: q }) =>
      pathname === '/api/search' && q.get('q')?.includes('sess-many')
        ? json({ traces: [one, two, three].slice(0, Number(q.get('limit'))).map((traceID) => ({ traceID })) })
        : undefined,
    );
    const exported = await traces({ pageTraces: 2, settleWithinMs: 1 }).exportSession('sess-many');
    expect(exported.warnings.join()).toContain('than it lists');
    expect(sessionOf('sess-many', exported).completeness.complete).toBe(false);
  });

  it('names in every report what Tempo cuts, drops and shows late, without a mark', async () => {
    await start();
    const { completeness } = sessionOf('sess-main', await traces().exportSession('sess-main'));
    const limits = completeness.limits.join('\n');
    for (const lost of [
      'cuts attributes at 2048 bytes',
      'drops spans of a trace beyond 5000000 bytes',
      'in a search some seconds after',
      'neither flags nor the schema URL',
    ])
      expect(limits).toContain(lost);
  });

  it('lets no session id end the query that it stands in', async () => {
    await start();
    const id = 'x" } || { span.session.id != "';
    await traces({ settleWithinMs: 1 }).exportSession(id);
    expect(store.asked[0]?.searchParams.get('q')).toBe(
      String.raw`{ span.session.id = "x\" } || { span.session.id != \"" }`,
    );
  });

  it('says that a trace is unfinished which looks finished', async () => {
    await start(({ searchParams }) =>
      searchParams.get('q')?.includes('sess-partial')
        ? json({
            traces: searchParams.get('q')?.includes('link')
              ? []
              : [{ traceID: 'de990a2e4e945ed37fd1b89ce9aec372' }],
          })
        : undefined,
    );
    const { completeness } = sessionOf(
      'sess-partial',
      await traces({ settleWithinMs: 100 }).exportSession('sess-partial'),
    );
    expect(completeness.warnings.join()).toContain('is not finished or has lost spans');
  });

  it('says when a trace that the search knows has no spans', async () => {
    await start(({ pathname }) => (pathname.startsWith('/api/v2/traces/') ? json({ trace: {} }) : undefined));
    const exported = await traces({ settleWithinMs: 100 }).exportSession('sess-main');
    expect(exported).toMatchObject({
      spans: [],
      warnings: [expect.stringContaining('2 traces of this session gave no spans')],
    });
  });

  it('counts the retention from the start of the session, and says whether it answers', async () => {
    await start();
    expect(await traces({ retentionMs: 60_000 }).retentionDeadlineMs('sess-main')).toBe(
      STARTED_AT_MS + 60_000,
    );
    expect(await traces().probe?.()).toContain('Tempo answers');
    await store.close();
    await expect(traces().probe?.()).rejects.toThrow(/Tempo gave no answer to .api.search/);
    await start();
  });
});

const traceOnly = (spans: Awaited<ReturnType<typeof sampleSpans>>, more: object = {}) =>
  json(`{"trace":${toOtlpJson(spans)},${JSON.stringify(more).slice(1)}`.replace(',}', '}'));
const traceOf =
  (spans: Awaited<ReturnType<typeof sampleSpans>>, more: object = {}): Answerer =>
  ({ pathname, searchParams }) => {
    if (searchParams.get('q')?.includes('link')) return NO_TRACES;
    if (pathname === '/api/search') return json({ traces: [{ traceID: spans[0]?.traceId }] });
    return pathname.startsWith('/api/v2/traces/') ? traceOnly(spans, more) : undefined;
  };

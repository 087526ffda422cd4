import { createLangfuseTraces, type LangfuseOptions } from '../../../src/adapters/traces/langfuse.ts';
import { analyse } from '../../../src/forensics/analyse.ts';
import { json, recorded, sessionOf, startReplay, type Answerer, type Replay } from './support/replay.ts';

const TRACE = '16172cd87999ef0db70392db2dd2afbf';
const NOT_ENABLED = json({ message: 'only in a v4 write mode', error: 'LangfuseNotFoundError' }, 404);

/** The examples, which follow the published schema; what they leave out (the root) is added. */
const example = (part: string): Record<string, unknown> =>
  JSON.parse(recorded('langfuse').find(({ url }) => url.href.includes(part))?.body ?? '{}') as Record<
    string,
    unknown
  >;
const listOf = (value: unknown): Record<string, unknown>[] => value as Record<string, unknown>[];
const root = {
  id: '934534f747e7325b',
  traceId: TRACE,
  type: 'AGENT',
  name: 'invoke_agent loan-agent',
  startTime: '2026-11-20T09:30:00.000Z',
  endTime: '2026-11-20T09:30:17.960Z',
  parentObservationId: null,
  sessionId: 'sess-main',
  level: 'DEFAULT',
  metadata: { attributes: { 'gen_ai.agent.name': 'loan-agent' } },
};
const observations = [...listOf(example(`traceId=${TRACE}`)['data']), root];
const legacy = [...listOf(example('/api/public/traces/')['observations']), { ...root, sessionId: undefined }];

/** v2 as it is documented: newest first, default fields without content, a cursor until the last page. */
const v2: Answerer = ({ pathname, searchParams: q }) => {
  if (pathname !== '/api/public/v2/observations') return undefined;
  if (!q.has('fromStartTime') && q.get('limit') !== '1') return json({ message: 'a range is expected' }, 400);
  const matching = observations.filter((one) =>
    q.has('sessionId') ? one['sessionId'] === q.get('sessionId') : one['traceId'] === q.get('traceId'),
  );
  const bare = matching.map((one) =>
    q.has('fields') ? one : { ...one, input: undefined, output: undefined, metadata: undefined },
  );
  const from = Number(q.get('cursor') ?? 0);
  const to = from + Number(q.get('limit'));
  return json({ data: bare.slice(from, to), meta: to < bare.length ? { cursor: String(to) } : {} });
};
/** The legacy endpoints, in pages, where v2 is not enabled. */
const old: Answerer = ({ pathname, searchParams: q }) => {
  if (pathname === '/api/public/v2/observations') return NOT_ENABLED;
  const all =
    pathname === '/api/public/traces' && q.get('sessionId') === 'sess-main'
      ? listOf(example('/api/public/sessions/')['traces'])
      : pathname === '/api/public/observations' && q.get('traceId') === TRACE
        ? legacy
        : [];
  const size = 2;
  const page = Number(q.get('page') ?? 1);
  return json({
    data: all.slice((page - 1) * size, page * size),
    meta: { page, totalPages: Math.ceil(all.length / size) },
  });
};

let store: Replay;
afterEach(() => store.close());
const start = async (answer: Answerer): Promise<void> => {
  store = await startReplay([], { answer });
};
const traces = (over: Partial<LangfuseOptions> = {}) =>
  createLangfuseTraces({
    url: store.url,
    publicKey: 'pk-lf-1',
    secretKey: 'sk-lf-2',
    lookbackMs: 86_400_000,
    retentionMs: null,
    quietMs: 10,
    settleWithinMs: 60_000,
    pageObservations: 2,
    now: () => Date.parse('2026-11-20T10:00:00Z'),
    target: { retryAfterMs: [1, 1] },
    ...over,
  });

describe.each([
  ['observations v2', v2],
  ['the legacy API', old],
])('a session out of Langfuse by %s', (_, answer) => {
  it('has its steps, over all pages, with the tool calls that carry no session', async () => {
    await start(answer);
    const exported = await traces().exportSession('sess-main');
    const session = sessionOf('sess-main', exported);
    expect(session.steps.map(({ kind, name }) => [kind, name])).toEqual([
      ['agent', 'invoke_agent loan-agent'],
      ['llm', 'chat gpt-4.1'],
      ['tool', 'execute_tool get_income'],
    ]);
    const [agent, call, tool] = session.steps;
    expect(agent).toMatchObject({ agent: 'loan-agent' });
    expect(call).toMatchObject({
      model: 'gpt-4.1-2025-04-14',
      inputTokens: 412,
      outputTokens: 31,
      costUsd: null,
      messagesIn: [{ role: 'user', content: 'Decide application 7731 of Zoë Müller for € 18 000.' }],
      messagesOut: [
        { toolCalls: [{ callId: 'call_01', name: 'lookup_applicant', args: { application: '7731' } }] },
      ],
    });
    expect(tool?.tool).toMatchObject({
      name: 'get_income',
      args: { applicant: 'cus_5521' },
      result: { monthly_eur: 6400, as_of: '2023-02-28' },
      status: 'ok',
      latencyMs: 250,
    });
    expect(exported).toMatchObject({ stable: true, warnings: [] });
    expect(() => analyse(session, { tools: null, profile: null, tokenBudget: null })).not.toThrow();
  });

  it('names in every report what Langfuse cannot keep', async () => {
    await start(answer);
    const { completeness } = sessionOf('sess-main', await traces().exportSession('sess-main'));
    for (const lost of ['span links', 'milliseconds', 'events'])
      expect(completeness.limits.join()).toContain(lost);
  });

  it('authenticates by its keys, and counts the retention from the start of the session', async () => {
    await start(answer);
    expect(await traces({ retentionMs: 60_000 }).retentionDeadlineMs('sess-main')).toBe(
      Date.parse('2026-11-20T09:30:00Z') + 60_000,
    );
    expect(store.headers[0]?.['authorization']).toBe(`Basic ${btoa('pk-lf-1:sk-lf-2')}`);
    expect(await traces().probe?.()).toMatch(/^Langfuse answers/);
  });
});

it('asks for the fields with content, and for metadata that is not cut at 200 characters', async () => {
  await start(v2);
  await traces().exportSession('sess-main');
  const read = store.asked.filter(({ searchParams }) => searchParams.has('traceId'));
  expect(read.length).toBeGreaterThan(1);
  for (const { searchParams: q } of read) {
    expect(q.get('fields')).toContain('io,metadata');
    expect(q.get('expandMetadata')).toContain('attributes');
    expect([q.has('fromStartTime'), q.has('toStartTime')]).toEqual([true, true]);
  }
});

it('says what is wrong with a key that is not taken, and does not show it', async () => {
  await start(() => json({ message: 'Invalid credentials sk-lf-2', error: 'Unauthorized' }, 401));
  const failed = traces().exportSession('sess-main');
  await expect(failed).rejects.toThrow(/Langfuse answered 401 .*Check the key/s);
  await expect(failed).rejects.not.toThrow(/sk-lf-2/);
});

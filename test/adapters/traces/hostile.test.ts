import fc from 'fast-check';
import { createJaegerTraces } from '../../../src/adapters/traces/jaeger.ts';
import { createLangfuseTraces } from '../../../src/adapters/traces/langfuse.ts';
import { createPhoenixTraces } from '../../../src/adapters/traces/phoenix.ts';
import type { TraceStore } from '../../../src/adapters/traces/port.ts';
import { createTempoTraces } from '../../../src/adapters/traces/tempo.ts';
import { analyse } from '../../../src/forensics/analyse.ts';
import { json, sessionOf, startReplay, type Replay } from './support/replay.ts';

const A = 'a'.repeat(32);
const id = (n: number): string => String(n).padStart(16, '0');
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
interface Span {
  [field: string]: unknown;
}
const span = (n: number, over: Span = {}, attributes: unknown[] = []): Span => ({
  traceId: A,
  spanId: id(n),
  ...(n === 1 ? {} : { parentSpanId: id(1) }),
  name: n === 1 ? 'invoke_agent a' : `execute_tool t${n}`,
  startTimeUnixNano: `17000000000${String(n).padStart(2, '0')}000000`,
  endTimeUnixNano: `17000000000${String(n + 1).padStart(2, '0')}000000`,
  attributes: [
    ...attributes,
    ...(n === 1
      ? [text('gen_ai.operation.name', 'invoke_agent'), text('session.id', 's')]
      : [
          text('gen_ai.tool.name', `t${n}`),
          text('gen_ai.tool.call.arguments', '{"a":1}'),
          text('gen_ai.tool.call.result', '{"b":2}'),
        ]),
  ],
  ...over,
});

let store: Replay;
afterEach(() => store?.close());
/** A Jaeger that has one trace with these spans. */
const jaegerWith = async (body: string): Promise<TraceStore> => {
  store = await startReplay([], {
    answer: ({ pathname }) =>
      pathname === '/api/services'
        ? json({ data: ['a'] })
        : pathname === '/api/traces'
          ? json({ data: [{ traceID: A }] })
          : pathname === '/api/v3/traces'
            ? json({ error: {} }, 404)
            : json(body),
  });
  return createJaegerTraces({
    url: store.url,
    services: ['a'],
    sessionAttributes: ['session.id'],
    lookbackMs: 60_000,
    retentionMs: null,
    quietMs: 1,
    settleWithinMs: 5,
    target: { retryAfterMs: [] },
  });
};
const read = async (...spans: unknown[]) => {
  const traces = await jaegerWith(
    JSON.stringify({ result: { resourceSpans: [{ resource: {}, scopeSpans: [{ spans }] }] } }),
  );
  const session = sessionOf('s', await traces.exportSession('s'));
  analyse(session, { tools: null, profile: null, tokenBudget: null });
  return session;
};
const model = (n: number, over: Span, attributes: unknown[]) =>
  span(n, { name: 'chat m', ...over }, [text('gen_ai.operation.name', 'chat'), ...attributes]);

describe('a broken or hostile trace', () => {
  it.each<[string, unknown[], RegExp]>([
    ['cycles', [span(1), span(2, { parentSpanId: id(3) }), span(3, { parentSpanId: id(2) })], /cycle at/],
    ['a span that is its own parent', [span(1), span(2, { parentSpanId: id(2) })], /cycle at/],
    ['orphans', [span(1), span(2, { parentSpanId: id(9) })], /lost spans|parent that was not exported/],
    [
      'a root that has not ended',
      [span(1, { endTimeUnixNano: '0' }), span(2)],
      /root of trace .* has not ended/,
    ],
    [
      'clocks that disagree',
      [span(1), span(2, { endTimeUnixNano: '1600000000000000000' })],
      /end before they start/,
    ],
    [
      'two spans of one id that differ',
      [span(1), span(2), span(2, { name: 'execute_tool other' })],
      /differ from it; the first was kept/,
    ],
    ['a span without an id', [span(1), span(2, { spanId: '' })], /has no span id/],
    ['a span without a start', [span(1), span(2, { startTimeUnixNano: 'soon' })], /has no start time/],
    ['entries that are no spans', [span(1), null, 7, 'x', [span(2)]], /is no span and was not read/],
    [
      'attributes that the exporter dropped',
      [span(1), span(2, { droppedAttributesCount: 3 })],
      /the exporter dropped/,
    ],
    [
      'a tool without its answer',
      [span(1), span(2, { attributes: [text('gen_ai.tool.name', 't')] })],
      /tool.output was not captured/,
    ],
    [
      'JSON that was cut in an attribute',
      [span(1), span(2, {}, [text('tool.input', `{"name": "${'x'.repeat(50)}`)])],
      /attributes were cut \(2\)/,
    ],
    [
      'a tool call that no span answers',
      [
        span(1),
        model(3, {}, [
          text('gen_ai.input.messages', '[{"role":"user","content":"hi"}]'),
          text(
            'gen_ai.output.messages',
            '[{"role":"assistant","parts":[{"type":"tool_call","id":"c9","name":"x","arguments":{}}]}]',
          ),
        ]),
        span(4),
      ],
      /have no recorded answer/,
    ],
  ])('with %s is read as far as it goes, and the report says so', async (_, spans, says) => {
    const { completeness } = await read(...spans);
    expect(completeness.complete).toBe(false);
    expect(completeness.warnings.join('\n')).toMatch(says);
  });

  it('counts spans that came twice, once', async () => {
    const { steps, completeness } = await read(span(1), span(2), span(2));
    expect([steps.length, completeness.duplicateSpans]).toEqual([2, 1]);
  });

  it('cannot bend an object by its keys', async () => {
    const evil = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
    const session = await read(
      span(1, {}, [text('__proto__', 'x'), text('constructor', 'y')]),
      span(2, {}, [
        text('tool.input', evil),
        { key: 'k', value: { kvlistValue: { values: [text('__proto__', 'z')] } } },
      ]),
    );
    expect(session.steps).toHaveLength(2);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('reads a message of a million characters, and one nested a thousand deep', async () => {
    const deep = `${'['.repeat(1_000)}1${']'.repeat(1_000)}`;
    const session = await read(
      span(1),
      span(2, {
        attributes: [
          text('gen_ai.tool.name', 't'),
          text('gen_ai.tool.call.arguments', deep),
          text('gen_ai.tool.call.result', 'x'.repeat(1_000_000)),
        ],
      }),
    );
    expect(session.steps[1]?.tool?.result).toHaveLength(1_000_000);
  });

  it('reads both conventions, side by side in one trace and in one span', async () => {
    const session = await read(
      span(1),
      model(2, {}, [
        text('gen_ai.input.messages', '[{"role":"user","parts":[{"type":"text","content":"new"}]}]'),
        text('llm.input_messages.0.message.role', 'user'),
        text('llm.input_messages.0.message.content', 'old'),
        text('output.value', '{"id":"r","model":"m"}'),
        text('llm.output_messages.0.message.role', 'assistant'),
        text('llm.output_messages.0.message.content', 'said'),
      ]),
      span(3, {
        attributes: [
          text('openinference.span.kind', 'LLM'),
          text('llm.output_messages.0.message.content', 'hello'),
          text('llm.output_messages.0.message.role', 'assistant'),
        ],
      }),
    );
    expect(session.steps[1]).toMatchObject({
      messagesIn: [{ content: 'new' }],
      messagesOut: [{ content: 'said' }],
    });
    expect(session.steps[2]).toMatchObject({ kind: 'llm', messagesOut: [{ content: 'hello' }] });
  });

  it.each([
    ['no JSON', 'not json'],
    ['JSON that was cut', '{"result":{"resourceSpans":[{"sco'],
    ['another kind of answer', '{"result":{"resourceSpans":7}}'],
    ['nothing', '{}'],
    ['a list', '[1,2]'],
    ['null', 'null'],
  ])('is an error or a report when the store answers %s', async (_, body) => {
    const traces = await jaegerWith(body);
    const outcome = await traces.exportSession('s').then(
      ({ spans, warnings }) => ({ spans: spans.length, said: warnings.join() }),
      (error: Error) => ({ spans: 0, said: error.message }),
    );
    expect(outcome.spans).toBe(0);
    expect(outcome.said).toMatch(/no JSON|gave no spans|no OTLP/);
  });
});

/** Every store's reader, given whatever a broken store may say. */
const readers = (url: string): TraceStore[] => {
  const common = { url, retentionMs: null, quietMs: 1, settleWithinMs: 1, target: { retryAfterMs: [] } };
  const searched = { lookbackMs: 1_000, sessionAttributes: ['session.id'] };
  return [
    createPhoenixTraces({ ...common, project: 'p' }),
    createJaegerTraces({ ...common, ...searched, services: ['a'] }),
    createTempoTraces({ ...common, ...searched, maxAttributeBytes: 2_048, maxTraceBytes: 5_000_000 }),
    createLangfuseTraces({ ...common, lookbackMs: 1_000, publicKey: 'pk', secretKey: 'sk' }),
  ];
};

it('never crashes, whatever JSON a store answers: an export or an error of its own', async () => {
  let body = '{}';
  store = await startReplay([], { answer: () => json(body) });
  const key = fc.constantFrom(
    ...[
      'data',
      'trace',
      'traces',
      'traceID',
      'trace_id',
      'traceId',
      'id',
      'context',
      'span_id',
      'attributes',
      'result',
    ],
    ...[
      'resourceSpans',
      'scopeSpans',
      'spans',
      'links',
      'events',
      'meta',
      'cursor',
      'next_cursor',
      'startTime',
      '__proto__',
    ],
  );
  const { tree } = fc.letrec((tie) => ({
    leaf: fc.oneof(
      fc.constant(A),
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constant('2026-01-01T00:00:00Z'),
    ),
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('leaf'),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 6 }),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(tree, async (value) => {
      body = JSON.stringify(value);
      for (const reader of readers(store.url)) {
        const outcome = await reader.exportSession('s').then(
          (exported) => sessionOf('s', exported).completeness.complete,
          (error: Error) => (expect(error.name).toBe('TraceStoreError'), false),
        );
        expect(outcome).toBe(false);
      }
    }),
    { numRuns: 120 },
  );
}, 60_000);

import fc from 'fast-check';
import { analyse } from '../../../src/forensics/analyse.ts';
import { spansFromOtlpJson } from '../../../src/forensics/read/otlp-json.ts';
import { sessionFromSpans } from '../../../src/forensics/read/session.ts';
import { attributes, rawSpan } from '../session-builder.ts';

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const span = (
  spanId: string,
  list: unknown[],
  over: { name?: string; parentSpanId?: string; startTimeUnixNano?: string; endTimeUnixNano?: string } = {},
) => ({
  traceId: 'a'.repeat(32),
  spanId,
  name: 's',
  startTimeUnixNano: '1700000000000000000',
  endTimeUnixNano: '1700000000500000000',
  attributes: list,
  ...over,
});
const request = (...spans: unknown[]) => ({
  resourceSpans: [
    {
      resource: { attributes: [text('service.name', 'svc')] },
      scopeSpans: [{ scope: { name: 'x' }, spans }],
    },
  ],
});
const read = (...spans: unknown[]) => {
  const { spans: raw, warnings } = spansFromOtlpJson(request(...spans));
  return sessionFromSpans(raw, { warnings });
};

describe('reading OTLP/JSON', () => {
  it('reads the names of OpenTelemetry GenAI, new and old', () => {
    const messages = JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'hello' }] }]);
    const [now, old] = [
      read(
        span('01', [
          text('gen_ai.operation.name', 'chat'),
          text('gen_ai.conversation.id', 'c-1'),
          text('gen_ai.request.model', 'm'),
          { key: 'gen_ai.usage.input_tokens', value: { intValue: '12' } },
          text('gen_ai.input.messages', messages),
        ]),
      ),
      read(
        span('01', [
          text('gen_ai.operation.name', 'chat'),
          text('session.id', 'c-1'),
          text('gen_ai.request.model', 'm'),
          { key: 'gen_ai.usage.prompt_tokens', value: { intValue: 12 } },
          text('gen_ai.prompt.0.role', 'user'),
          text('gen_ai.prompt.0.content', 'hello'),
        ]),
      ),
    ];
    for (const s of [now, old]) {
      expect(s?.sessionId).toBe('c-1');
      expect(s?.steps[0]).toMatchObject({
        kind: 'llm',
        model: 'm',
        inputTokens: 12,
        messagesIn: [{ role: 'user', content: 'hello' }],
      });
    }
  });

  it("reads the runbook's own names", () => {
    const s = read(
      span(
        '01',
        [
          text('session.id', 'r-1'),
          { key: 'agent.step', value: { intValue: '1' } },
          text('gen_ai.request.model', 'm'),
          text('step_summary', 'asked for the income'),
          text('agent.anomaly', 'LOOP_DETECTED'),
        ],
        { name: 'agent.llm.step.1' },
      ),
      span(
        '02',
        [
          text('tool.name', 'verify'),
          text('session.id', 'r-1'),
          text('tool.input', '{"id":"A-1234"}'),
          text('tool.status', 'schema_drift'),
          text('tool.output_fields', 'a,b'),
        ],
        { name: 'agent.tool.verify' },
      ),
    );
    expect(s.steps[0]).toMatchObject({
      kind: 'llm',
      summary: 'asked for the income',
      emittedStep: 1,
      emittedAnomaly: 'LOOP_DETECTED',
    });
    expect(s.steps[1]?.tool).toMatchObject({
      name: 'verify',
      args: { id: 'A-1234' },
      status: 'schema_drift',
      outputFields: ['a', 'b'],
    });
    expect(s.completeness.missingFields).toContainEqual({
      field: 'tool.output',
      kind: 'tool',
      steps: 1,
      first: [2],
    });
    expect(s.completeness.complete).toBe(false);
  });

  it('reads OpenInference', () => {
    const s = read(
      span('01', [
        text('openinference.span.kind', 'LLM'),
        text('session.id', 'o-1'),
        text('llm.model_name', 'm'),
        text('llm.input_messages.0.message.role', 'user'),
        text('llm.input_messages.0.message.content', 'hi'),
        text('llm.output_messages.0.message.role', 'assistant'),
        text('llm.output_messages.0.message.tool_calls.0.tool_call.function.name', 'verify'),
        text('llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments', '{"x":1}'),
      ]),
      span(
        '02',
        [
          text('openinference.span.kind', 'TOOL'),
          text('tool.name', 'verify'),
          text('input.value', '{"x":1}'),
          text('output.value', '{"y":2}'),
        ],
        { startTimeUnixNano: '1700000001000000000' },
      ),
    );
    expect(s.steps[0]).toMatchObject({
      kind: 'llm',
      messagesIn: [{ content: 'hi' }],
      messagesOut: [{ toolCalls: [{ name: 'verify', args: { x: 1 } }] }],
    });
    expect(s.steps[1]?.tool).toMatchObject({
      name: 'verify',
      args: { x: 1 },
      result: { y: 2 },
      status: 'ok',
    });
  });

  it('numbers by start time, a parent before its children, then by span id, whatever the order of the file', () => {
    const spans = [
      span('0c', [], { parentSpanId: '0a' }),
      span('0b', [], { parentSpanId: '0a' }),
      span('0a', []),
      span('0d', [], { startTimeUnixNano: '1600000000000000000' }),
    ].map((s) => ({
      ...s,
      spanId: s.spanId.padStart(16, '0'),
      ...(s.parentSpanId ? { parentSpanId: s.parentSpanId.padStart(16, '0') } : {}),
    }));
    fc.assert(
      fc.property(fc.shuffledSubarray(spans, { minLength: 4 }), (order) => {
        expect(read(...order).steps.map((s) => s.spanId.slice(-2))).toEqual(['0d', '0a', '0b', '0c']);
      }),
    );
  });

  it('names orphans, cycles, duplicates, open and skewed spans', () => {
    const id = (n: string) => n.padStart(16, '0');
    const s = read(
      span(id('1'), [], { parentSpanId: id('2') }),
      span(id('2'), [], { parentSpanId: id('1') }),
      span(id('3'), [], { parentSpanId: id('9') }),
      span(id('3'), []),
      span(id('4'), [], { endTimeUnixNano: '0' }),
      span(id('5'), [], { endTimeUnixNano: '1' }),
    );
    expect(s.steps).toHaveLength(5);
    expect(s.completeness).toMatchObject({ complete: false, orphanSpans: [id('3')], duplicateSpans: 1 });
    for (const word of ['cycle', 'not ended', 'clocks disagree', 'parent that was not exported'])
      expect(s.completeness.warnings.join('\n')).toContain(word);
  });

  it('names attributes that were cut', () => {
    const s = read(
      span('01', [
        text('gen_ai.operation.name', 'execute_tool'),
        text('gen_ai.tool.name', 't'),
        text('gen_ai.tool.call.result', '{"name":"a long answer that ends in the midd'),
      ]),
    );
    expect(s.completeness.truncated).toEqual([{ step: 1, field: 'gen_ai.tool.call.result' }]);
    expect(s.completeness.complete).toBe(false);
  });

  it('never reads what was not captured as clean', () => {
    const s = read(
      span('01', [text('gen_ai.operation.name', 'execute_tool'), text('gen_ai.tool.name', 't')]),
    );
    expect(s.steps[0]?.tool?.status).toBe('unknown');
    expect(s.completeness.warnings.join()).toContain('was not captured');
    expect(sessionFromSpans([]).completeness).toMatchObject({
      complete: false,
      warnings: ['the trace holds no spans'],
    });
  });
});

describe('hostile input', () => {
  it('does not let a key bend a prototype', () => {
    const s = read(
      span('01', [
        text('__proto__', 'x'),
        text('gen_ai.operation.name', 'execute_tool'),
        text('gen_ai.tool.name', '__proto__'),
        text(
          'gen_ai.tool.call.arguments',
          '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
        ),
        text('gen_ai.tool.call.result', '{"__proto__":{"polluted":true}}'),
      ]),
    );
    analyse(s);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('answers with a report for any JSON at all', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { spans, warnings } = spansFromOtlpJson(value);
        expect(analyse(sessionFromSpans(spans, { warnings })).completeness.complete).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('analyses any attribute values in any place', () => {
    const key = fc.constantFrom(
      'gen_ai.operation.name',
      'gen_ai.tool.name',
      'gen_ai.tool.call.arguments',
      'gen_ai.tool.call.result',
      'gen_ai.input.messages',
      'gen_ai.output.messages',
      'gen_ai.usage.input_tokens',
      'session.id',
      'llm.input_messages.0.message.role',
      'holdpoint.session.token_budget',
    );
    const value = fc.oneof(
      fc.constantFrom('chat', 'execute_tool', 'invoke_agent'),
      fc.string(),
      fc.json(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.string()),
    );
    const spans = fc.array(fc.tuple(fc.string(), fc.option(fc.string()), fc.dictionary(key, value)), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(spans, (list) => {
        const session = sessionFromSpans(
          list.map(([spanId, parentSpanId, record]) =>
            rawSpan({ spanId, parentSpanId, attributes: attributes(record as never) }),
          ),
        );
        expect(analyse(session).steps).toBe(session.steps.length);
      }),
      { numRuns: 300 },
    );
  });

  it('takes a value of a million characters, and text that regular expressions choke on, in linear time', () => {
    const evil = [
      `${'a'.repeat(1_000_000)}!`,
      '#'.repeat(300_000),
      'a-'.repeat(300_000),
      `{${'['.repeat(100_000)}`,
      `my goal ${' '.repeat(300_000)}x`,
      '1'.repeat(500_000),
    ];
    // Its own CPU: what else the machine does makes no difference to it.
    const before = process.cpuUsage();
    for (const value of evil) {
      analyse(
        read(
          span('01', [
            text('gen_ai.operation.name', 'chat'),
            text(
              'gen_ai.output.messages',
              JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: value }] }]),
            ),
          ]),
          span('02', [
            text('gen_ai.operation.name', 'execute_tool'),
            text('gen_ai.tool.name', 't'),
            text('gen_ai.tool.call.arguments', JSON.stringify({ q: value })),
            text('gen_ai.tool.call.result', value),
          ]),
        ),
      );
    }
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(15_000);
  });
});

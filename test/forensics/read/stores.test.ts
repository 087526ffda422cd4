import { nanosOfIso } from '../../../src/forensics/read/iso-time.ts';
import { spanFromLangfuse } from '../../../src/forensics/read/langfuse-observation.ts';
import { spanFromPhoenix } from '../../../src/forensics/read/phoenix-span.ts';
import { sessionFromSpans } from '../../../src/forensics/read/session.ts';

it.each([
  ['2026-11-22T22:31:07.083000+00:00', '1795386667083000000'],
  ['2026-11-22T22:31:07Z', '1795386667000000000'],
  ['2026-11-22 23:31:07.123456789+0100', '1795386667123456789'],
  ['2026-11-22T22:31:07', '1795386667000000000'],
  ['yesterday', null],
  ['1900-01-01T00:00:00Z', null],
  [7, null],
])('the time %s in nanoseconds', (time, nanos) => {
  expect(nanosOfIso(time)).toBe(nanos);
});

describe('a span as Phoenix lists it', () => {
  const listed = (attributes: object, more: object = {}) => ({
    name: 'verify',
    context: { trace_id: 'A'.repeat(32), span_id: '0'.repeat(15).concat('1') },
    span_kind: 'TOOL',
    parent_id: null,
    start_time: '2026-11-22T22:31:07.083000+00:00',
    end_time: null,
    status_code: 'OK',
    status_message: '',
    attributes,
    events: [],
    ...more,
  });
  const toolOf = (attributes: object) => {
    const span = spanFromPhoenix(listed(attributes));
    return span && sessionFromSpans([span]).steps[0]?.tool;
  };

  it('has its arguments put together again', () => {
    const parts = { 'tool.parameters.id': 'A-1', 'tool.parameters.months': 12 };
    expect(toolOf(parts)?.args).toEqual({ id: 'A-1', months: 12 });
    expect(toolOf({ ...parts, 'input.value': '{"id":"A-2"}' })?.args).toEqual({ id: 'A-2' });
  });

  it('has its kind where nothing else tells it, and has not ended without an end', () => {
    const span = spanFromPhoenix(listed({}));
    expect(span).toMatchObject({
      endNano: null,
      attributes: { 'openinference.span.kind': 'TOOL' },
      status: { code: 'ok' },
    });
    expect(spanFromPhoenix(listed({}, { span_kind: 'UNKNOWN' }))?.attributes).not.toHaveProperty(
      'openinference.span.kind',
    );
  });

  it.each([null, 7, {}, { context: 'x' }])('is none when it is %j', (value) => {
    expect(spanFromPhoenix(value)).toBeNull();
  });
});

describe('an observation of Langfuse', () => {
  const step = (over: object) => {
    const span = spanFromLangfuse({
      id: 'o1',
      traceId: 't',
      type: 'TOOL',
      name: 'verify',
      startTime: '2026-11-20T09:30:00.000Z',
      endTime: '2026-11-20T09:30:01.000Z',
      ...over,
    });
    return span && sessionFromSpans([span]).steps[0];
  };

  it('says that it failed, and how', () => {
    expect(step({ level: 'ERROR', statusMessage: 'no answer' })).toMatchObject({
      error: 'no answer',
      tool: { status: 'error', error: 'no answer' },
    });
    expect(step({ level: 'WARNING', statusMessage: 'slow', output: 'x' })).toMatchObject({
      error: null,
      tool: { status: 'ok' },
    });
  });

  it('keeps the attributes that it was sent with, and its costs', () => {
    expect(
      step({
        type: 'GENERATION',
        totalCost: 0.25,
        usageDetails: { input: 3, output: 4 },
        metadata: { attributes: '{"agent.step":4}', resourceAttributes: { 'service.name': 'a' } },
      }),
    ).toMatchObject({ kind: 'llm', emittedStep: 4, costUsd: 0.25, inputTokens: 3, outputTokens: 4 });
  });

  it('has ended when it is an event, and has not when it is open', () => {
    expect(step({ type: 'EVENT', endTime: null })?.endedAtMs).toBe(
      step({ type: 'EVENT', endTime: null })?.startedAtMs,
    );
    expect(step({ endTime: null })?.endedAtMs).toBeNull();
  });
});

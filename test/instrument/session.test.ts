import { spansFromOtlpJson } from '../../src/forensics/read/otlp-json.ts';
import { sessionFromSpans } from '../../src/forensics/read/session.ts';
import { openSession, type AgentSession, type SessionOptions } from '../../src/instrument/index.ts';
import { startHoldpoint, type ReceivedSpan, type TestHoldpoint } from './holdpoint.ts';

let holdpoint: TestHoldpoint;
beforeEach(async () => (holdpoint = await startHoldpoint()));
afterEach(() => holdpoint.close());

const open = (more: Partial<SessionOptions> = {}): Promise<AgentSession> =>
  openSession({
    endpoint: holdpoint.url,
    apiKey: 'key-1',
    agent: 'loan-agent',
    sessionId: 's-1',
    objective: 'Decide the batch.',
    tokenBudget: 1000,
    ...more,
  });

const openAiAnswer = (content: string | null, calls: unknown[] = []) => ({
  id: 'r-1',
  model: 'model-2026-01',
  choices: [{ finish_reason: 'stop', message: { role: 'assistant', content, tool_calls: calls } }],
  usage: { prompt_tokens: 31, completion_tokens: 7 },
});
const call = {
  id: 'c-1',
  type: 'function',
  function: { name: 'verify_income', arguments: '{"applicant_id":"AP-1"}' },
};

const runTwoSteps = async (session: AgentSession): Promise<void> => {
  const messages = [
    { role: 'system', content: 'You decide loans.' },
    { role: 'user', content: 'Decide AP-1.' },
  ];
  await session.tracedModelCall({ model: 'model', provider: 'openai', messages }, async () =>
    openAiAnswer('I look first.', [call]),
  );
  await session.tracedToolCall(
    { name: 'verify_income', args: { applicant_id: 'AP-1' }, callId: 'c-1' },
    async () => ({
      applicant_id: 'AP-1',
      annual_income: 52_000,
    }),
  );
  await session.end('completed');
};

const spanNamed = (name: string): ReceivedSpan => {
  const span = holdpoint.spans().find((s) => s.name === name);
  if (span === undefined)
    throw new Error(
      `no span ${name} among ${holdpoint
        .spans()
        .map((s) => s.name)
        .join(', ')}`,
    );
  return span;
};

it('carries the session id on every span, and numbers steps in the order in which they started', async () => {
  await runTwoSteps(await open());
  const spans = holdpoint.spans();
  expect(spans).toHaveLength(3);
  for (const { attributes } of spans) {
    expect(attributes).toMatchObject({
      'session.id': 's-1',
      'gen_ai.conversation.id': 's-1',
      'gen_ai.agent.name': 'loan-agent',
    });
  }
  const byStart = [...spans].sort((a, b) =>
    BigInt(a.startTimeUnixNano) < BigInt(b.startTimeUnixNano) ? -1 : 1,
  );
  expect(byStart.map((s) => s.name)).toEqual([
    'invoke_agent loan-agent',
    'chat model',
    'execute_tool verify_income',
  ]);
  expect(byStart.map((s) => s.attributes['agent.step'])).toEqual([1, 2, 3]);
  expect(new Set(spans.map((s) => s.traceId)).size).toBe(1);
  expect(byStart.slice(1).map((s) => s.parentSpanId)).toEqual([byStart[0]?.spanId, byStart[0]?.spanId]);
  expect(holdpoint.authorizations).toEqual(new Set(['Bearer key-1']));
});

it('records a model call with messages in the parts format, tokens, summary and an empty anomaly', async () => {
  await runTwoSteps(await open());
  const { attributes } = spanNamed('chat model');
  expect(attributes).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'model',
    'gen_ai.response.model': 'model-2026-01',
    'gen_ai.usage.input_tokens': 31,
    'gen_ai.usage.output_tokens': 7,
    'gen_ai.response.finish_reasons': ['stop'],
    step_summary: 'I look first.',
    'agent.anomaly': '',
    'agent.objective': 'Decide the batch.',
  });
  expect(JSON.parse(String(attributes['gen_ai.system_instructions']))).toEqual([
    { type: 'text', content: 'You decide loans.' },
  ]);
  expect(JSON.parse(String(attributes['gen_ai.input.messages']))).toEqual([
    { role: 'user', parts: [{ type: 'text', content: 'Decide AP-1.' }] },
  ]);
  expect(JSON.parse(String(attributes['gen_ai.output.messages']))).toEqual([
    {
      role: 'assistant',
      parts: [
        { type: 'text', content: 'I look first.' },
        { type: 'tool_call', id: 'c-1', name: 'verify_income', arguments: { applicant_id: 'AP-1' } },
      ],
      finish_reason: 'stop',
    },
  ]);
});

it('records a tool call with arguments, response, field names, status and latency', async () => {
  await runTwoSteps(await open());
  const { attributes } = spanNamed('execute_tool verify_income');
  expect(attributes).toMatchObject({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'verify_income',
    'gen_ai.tool.call.id': 'c-1',
    'gen_ai.tool.call.arguments': '{"applicant_id":"AP-1"}',
    'gen_ai.tool.call.result': '{"applicant_id":"AP-1","annual_income":52000}',
    'tool.status': 'ok',
    'tool.output_fields': 'applicant_id,annual_income',
    'agent.anomaly': '',
  });
  expect(attributes['tool.latency_ms']).toBeGreaterThanOrEqual(0);
});

it('tells the outcome, objective and budget of the session on its own span', async () => {
  await runTwoSteps(await open({ spawnedBy: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) } }));
  const root = spanNamed('invoke_agent loan-agent');
  expect(root.parentSpanId).toBeUndefined();
  expect(root.links).toEqual([{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }]);
  expect(root.attributes).toMatchObject({
    'gen_ai.operation.name': 'invoke_agent',
    'holdpoint.session.outcome': 'completed',
    'holdpoint.session.token_budget': 1000,
    'agent.objective': 'Decide the batch.',
  });
});

it.each([
  ['nothing at all', undefined, 'empty', ''],
  ['an empty list', [], 'empty', ''],
  ['a list of records', [{ a: 1 }, { a: 2, b: 3 }], 'ok', 'a,b'],
  ['plain text', 'fine', 'ok', ''],
])('gives a tool that answers with %s its status and fields', async (_, answer, status, fields) => {
  const session = await open();
  await session.tracedToolCall({ name: 'look', args: {} }, async () => answer);
  await session.end('completed');
  expect(spanNamed('execute_tool look').attributes).toMatchObject({
    'tool.status': status,
    'tool.output_fields': fields,
  });
});

it('marks a response that breaks its contract, field by field', async () => {
  const session = await open();
  const contract = { required: ['annual_income'], optional: ['employer'] };
  await session.tracedToolCall({ name: 'look', args: {}, contract }, async () => ({
    employer: 'x',
    yearly_gross: 1,
  }));
  await session.tracedToolCall({ name: 'fine', args: {}, contract }, async () => ({ annual_income: 1 }));
  await session.end('completed');
  expect(spanNamed('execute_tool look').attributes).toMatchObject({
    'tool.status': 'schema_drift',
    'tool.unexpected_fields': 'yearly_gross',
    'agent.anomaly': 'TOOL_SCHEMA_DRIFT',
  });
  expect(spanNamed('execute_tool fine').attributes).toMatchObject({
    'tool.status': 'ok',
    'agent.anomaly': '',
  });
});

it('records a call that fails, and passes the very same error on', async () => {
  const session = await open();
  const error = new TypeError('no such applicant');
  const failing = session.tracedToolCall({ name: 'look', args: {} }, () => Promise.reject(error));
  await expect(failing).rejects.toBe(error);
  // oxlint-disable-next-line prefer-promise-reject-errors -- agents throw such things too
  await expect(
    session.tracedModelCall({ model: 'm', messages: [] }, () => Promise.reject(null)),
  ).rejects.toBeNull();
  await session.end('tool_error');
  const span = spanNamed('execute_tool look');
  expect(span.status).toEqual({ code: 2, message: 'no such applicant' });
  expect(span.attributes).toMatchObject({
    'tool.status': 'error',
    'error.type': 'TypeError',
    'gen_ai.tool.call.result': '{"error":"no such applicant"}',
  });
  expect(spanNamed('chat m').status?.code).toBe(2);
});

it('makes a nested call the child of the call around it', async () => {
  const session = await open();
  await session.tracedToolCall({ name: 'outer', args: {} }, async () =>
    session.tracedModelCall({ model: 'inner', messages: [] }, async () => 'done'),
  );
  await session.end('completed');
  expect(spanNamed('chat inner').parentSpanId).toBe(spanNamed('execute_tool outer').spanId);
});

it('lets the redaction hook decide what leaves, and lets nothing leave when the hook fails', async () => {
  const session = await open({
    redact: (field, value, tool) => {
      if (field === 'tool.result') throw new Error('bug in the hook');
      return field === 'tool.arguments' && tool === 'look' ? { applicant_id: '***' } : value;
    },
  });
  await session.tracedToolCall({ name: 'look', args: { applicant_id: 'AP-7' } }, async () => ({
    ssn: '078-05-1120',
  }));
  await session.end('completed');
  const sent = JSON.stringify(holdpoint.spans());
  expect(sent).not.toContain('AP-7');
  expect(sent).not.toContain('078-05-1120');
  expect(spanNamed('execute_tool look').attributes['gen_ai.tool.call.arguments']).toBe(
    '{"applicant_id":"***"}',
  );
});

it('records what it can of values that cannot be written as JSON, and lets the agent go on', async () => {
  const cyclic: Record<string, unknown> = { a: 1 };
  cyclic['self'] = cyclic;
  const session = await open();
  await expect(session.tracedToolCall({ name: 'look', args: cyclic }, async () => cyclic)).resolves.toBe(
    cyclic,
  );
  const read = () => {
    throw new Error('the answer is not what I thought');
  };
  await expect(session.tracedModelCall({ model: 'm', messages: [], read }, async () => 'x')).resolves.toBe(
    'x',
  );
  await session.end('completed');
  expect(spanNamed('execute_tool look').attributes['gen_ai.tool.call.arguments']).toBe(
    '"[not serialisable]"',
  );
  expect(spanNamed('chat m').attributes['holdpoint.instrument.error']).toBeDefined();
});

it('is read by the forensics as a complete session without a missing field', async () => {
  await runTwoSteps(await open());
  const { spans, warnings } = spansFromOtlpJson(holdpoint.exports()[0]);
  const session = sessionFromSpans(spans, { warnings });
  expect(session.steps.map((s) => s.kind)).toEqual(['agent', 'llm', 'tool']);
  expect(session.steps.map((s) => s.emittedStep)).toEqual([1, 2, 3]);
  expect(session).toMatchObject({ sessionId: 's-1', agent: 'loan-agent', tokenBudget: 1000 });
  expect(session.completeness).toMatchObject({
    complete: true,
    missingFields: [],
    orphanSpans: [],
    warnings: [],
  });
  expect(session.steps[1]?.objective).toBe('Decide the batch.');
});

describe('an irreversible tool', () => {
  it('is asked for when all that came before it has arrived', async () => {
    const session = await open({ flushEveryMs: 60_000, stopSwitch: { irreversibleTools: ['send_letter'] } });
    await session.tracedToolCall({ name: 'verify_income', args: {} }, async () => ({ annual_income: 1 }));
    expect(holdpoint.spans()).toEqual([]);
    const seen = await session.tracedToolCall({ name: 'send_letter', args: {} }, async () =>
      holdpoint.spans().map(({ name }) => name),
    );
    expect(seen).toEqual(['execute_tool verify_income']);
    const asked = holdpoint.requests.lastIndexOf('switch');
    expect(asked).toBeGreaterThan(holdpoint.requests.indexOf('traces'));
    await session.end('completed');
  });
});

import { spansFromOtlpJson } from '../../src/forensics/read/otlp-json.ts';
import { sessionFromSpans } from '../../src/forensics/read/session.ts';
import { openSession } from '../../src/instrument/index.ts';
import { startHoldpoint, type ReceivedSpan, type TestHoldpoint } from '../instrument/holdpoint.ts';
import { startAgent, type PythonAgent } from './agent.ts';
import { pythonPackages } from './packages.ts';

let holdpoint: TestHoldpoint;
beforeAll(() => pythonPackages(), 180_000);
beforeEach(async () => (holdpoint = await startHoldpoint()));
afterEach(() => holdpoint.close());

const start = (name: string, url = holdpoint.url): Promise<PythonAgent> => startAgent(name, url);
const runToEnd = async (name: string, url?: string) => (await start(name, url)).rest();

const call = { id: 'c-1', type: 'function', function: { name: 'look', arguments: '{"id":"AP-1"}' } };
const answer = {
  id: 'r-1',
  model: 'model-2026-01',
  choices: [
    { finish_reason: 'stop', message: { role: 'assistant', content: 'I look.', tool_calls: [call] } },
  ],
  usage: { prompt_tokens: 31, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 3 } },
};
const messages = [
  { role: 'system', content: 'You decide loans.' },
  { role: 'user', content: 'Decide AP-1.' },
];

/** What `two_steps` of driver.py does, with the TypeScript wrapper. */
const twoSteps = async (): Promise<void> => {
  const session = await openSession({
    endpoint: holdpoint.url,
    apiKey: 'key-1',
    agent: 'loan-agent',
    sessionId: 's-1',
    objective: 'Decide the batch.',
    tokenBudget: 1000,
  });
  const state = { plan: ['look'] };
  await session.tracedModelCall({ model: 'model', provider: 'openai', messages, state }, async () => answer);
  const args = { id: 'AP-1' };
  await session.tracedToolCall({ name: 'look', args, callId: 'c-1' }, async () => ({
    id: 'AP-1',
    income: 52_000,
  }));
  await session.tracedToolCall({ name: 'list', args: {} }, async () => []);
  const contract = { required: ['income'], optional: ['employer'] };
  await session.tracedToolCall({ name: 'look', args: {}, contract }, async () => ({
    employer: 'x',
    gross: 1,
  }));
  const error = Object.assign(new Error('no such applicant'), { name: 'ValueError' });
  await session
    .tracedToolCall({ name: 'broken', args: {} }, () => Promise.reject(error))
    .catch(() => undefined);
  await session.end('completed');
};

/** A span without what differs from run to run; the latency is there, and is a number. */
const comparable = ({ name, attributes, status, parentSpanId }: ReceivedSpan) => ({
  name,
  status,
  isRoot: parentSpanId === undefined || parentSpanId === '',
  attributes: { ...attributes, ...('tool.latency_ms' in attributes ? { 'tool.latency_ms': true } : {}) },
});

it('says word for word what the TypeScript wrapper says of the same calls', async () => {
  await twoSteps();
  const typescript = holdpoint.spans().map(comparable);
  await holdpoint.close();
  holdpoint = await startHoldpoint();
  expect(await runToEnd('two_steps')).toMatchObject({ code: 0, stderr: '' });
  expect(holdpoint.spans().map(comparable)).toEqual(typescript);
  expect(typescript).toHaveLength(6);
  expect(holdpoint.authorizations).toEqual(new Set(['Bearer key-1']));
});

it('is read by the forensics as a complete session without a missing field', async () => {
  await runToEnd('two_steps');
  const { spans, warnings } = spansFromOtlpJson(holdpoint.exports());
  const session = sessionFromSpans(spans, { warnings });
  expect(session.steps.map((s) => s.emittedStep)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(session.completeness).toMatchObject({ missingFields: [], orphanSpans: [] });
  expect(session).toMatchObject({
    sessionId: 's-1',
    agent: 'loan-agent',
    outcome: 'completed',
    tokenBudget: 1000,
  });
});

it('makes a nested call the child of the call around it, in coroutines too', async () => {
  expect(await runToEnd('nested')).toMatchObject({ code: 0 });
  const [inner, outer] = holdpoint.spans();
  expect([inner?.name, outer?.name]).toEqual(['chat inner', 'execute_tool outer']);
  expect(inner?.parentSpanId).toBe(outer?.spanId);
});

it('keeps a session that runs inside a call of another one apart, and links it to that call', async () => {
  expect(await runToEnd('spawned')).toMatchObject({ code: 0, stderr: '' });
  const named = (name: string): ReceivedSpan | undefined => holdpoint.spans().find((s) => s.name === name);
  const [delegate, root, look] = ['execute_tool delegate', 'invoke_agent inner', 'execute_tool look'].map(
    named,
  );
  expect(root?.links).toMatchObject([{ traceId: delegate?.traceId, spanId: delegate?.spanId }]);
  expect(look).toMatchObject({ traceId: root?.traceId, parentSpanId: root?.spanId });
  expect(look?.traceId).not.toBe(delegate?.traceId);
  expect(look?.attributes['session.id']).toBe('s-inner');
});

it('lets nothing leave when the redaction hook fails, and survives hostile values, hooks and processors', async () => {
  expect(await runToEnd('hostile')).toMatchObject({ code: 0, stderr: '' });
  const sent = JSON.stringify(holdpoint.spans());
  expect(sent).not.toMatch(/AP-7|078-05-1120/);
  const [look, cyclic, failedReader, unknown] = holdpoint.spans();
  expect(look?.attributes['gen_ai.tool.call.arguments']).toBe('{"applicant":"***"}');
  expect(cyclic?.attributes['gen_ai.tool.call.arguments']).toBe('"[not serialisable]"');
  expect(failedReader?.attributes['holdpoint.instrument.error']).toBeDefined();
  expect(unknown?.attributes['step_summary']).toBe('The model answered with nothing.');
});

it('sends what a forgotten session did when the process ends', async () => {
  expect(await runToEnd('forgotten')).toMatchObject({ code: 0 });
  const [look, root] = holdpoint.spans();
  expect(look?.name).toBe('execute_tool look');
  expect(root?.attributes).not.toHaveProperty('holdpoint.session.outcome');
});

it('says what is wrong with what it is given', async () => {
  const { said } = await runToEnd('wrong');
  expect(said.map(({ error }) => error)).toEqual([
    expect.stringContaining("endpoint: 'holdpoint' is no address"),
    expect.stringContaining("when_unreachable: 'maybe' is not known"),
    expect.stringContaining("outcome: 'fine' is not known"),
  ]);
});

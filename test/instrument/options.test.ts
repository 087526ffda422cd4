import { context, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { AgentStopped, openSession, withSession, type SessionOptions } from '../../src/instrument/index.ts';
import { startHoldpoint, type TestHoldpoint } from './holdpoint.ts';

let holdpoint: TestHoldpoint;
beforeEach(async () => (holdpoint = await startHoldpoint()));
afterEach(() => holdpoint.close());

const options = (more: Partial<SessionOptions> = {}): SessionOptions => ({
  endpoint: holdpoint.url,
  agent: 'a',
  objective: 'the whole',
  ...more,
});
const outcomes = (): unknown[] =>
  holdpoint
    .spans()
    .filter((s) => s.parentSpanId === undefined)
    .map((s) => s.attributes['holdpoint.session.outcome']);

describe('a session from beginning to end', () => {
  it('is completed when its work returns, or what its work says', async () => {
    await withSession(options(), async (session) => {
      await session.tracedToolCall({ name: 'look', args: {} }, async () => 1);
    });
    await withSession(options(), async () => 'budget_exceeded');
    expect(outcomes()).toEqual(['completed', 'budget_exceeded']);
  });

  it('passes an error on, and says timeout or tool error', async () => {
    const late = Object.assign(new Error('late'), { name: 'TimeoutError' });
    await expect(withSession(options(), () => Promise.reject(late))).rejects.toBe(late);
    await expect(withSession(options(), () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(outcomes()).toEqual(['timeout', 'tool_error']);
  });

  it('claims no outcome of its own where it was stopped', async () => {
    const work = withSession(options({ sessionId: 's-9', stopSwitch: { leaseMs: 1 } }), async (session) => {
      await holdpoint.switches.set({
        agent: 'a',
        sessionId: 's-9',
        verdict: 'stop',
        reason: '',
        incidentId: 'i',
      });
      await session.tracedToolCall({ name: 'x', args: {}, irreversible: true }, async () => 1);
    });
    await expect(work).rejects.toThrow(AgentStopped);
    expect(outcomes()).toEqual([undefined]);
    expect(holdpoint.spans()[0]?.attributes).toMatchObject({ 'holdpoint.session.halted': 'stopped' });
  });
});

it('records the state and the objective of a step, redacted like everything else', async () => {
  const redact: SessionOptions['redact'] = (field, value) =>
    field === 'state' ? { ...(value as object), card: '***' } : value;
  const session = await openSession(options({ redact }));
  const state = { plan: ['look', 'decide'], card: '4111' };
  await session.tracedModelCall({ model: 'm', messages: [], objective: 'this part', state }, async () => 'x');
  await session.tracedToolCall({ name: 't', args: {}, state }, async () => 'x');
  await session.end('completed');
  const [model, tool] = holdpoint.spans();
  expect(model?.attributes).toMatchObject({
    'agent.objective': 'this part',
    'agent.state': '{"plan":["look","decide"],"card":"***"}',
  });
  expect(tool?.attributes['agent.state']).toBe('{"plan":["look","decide"],"card":"***"}');
});

it('gives each span to other processors too, and survives one that throws', async () => {
  const kept = new InMemorySpanExporter();
  const broken: SpanProcessor = {
    onStart: () => {
      throw new Error('a bug');
    },
    onEnd: () => {
      throw new Error('a bug');
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  const session = await openSession(options({ spanProcessors: [broken, new SimpleSpanProcessor(kept)] }));
  await session.tracedToolCall({ name: 't', args: {} }, async () => 'x');
  await session.end('completed');
  const names = kept.getFinishedSpans().map((s) => s.name);
  expect(names).toEqual(['execute_tool t', 'invoke_agent a']);
  expect(holdpoint.spans().map((s) => s.name)).toEqual(names);
});

describe('the environment', () => {
  const before = { ...process.env };
  afterEach(() => (process.env = { ...before }));

  it('gives the address and the key where the code does not', async () => {
    process.env['HOLDPOINT_URL'] = holdpoint.url;
    process.env['HOLDPOINT_KEY'] = 'key-of-the-environment';
    const session = await openSession({ agent: 'a', objective: 'x' });
    await session.end('completed');
    expect(holdpoint.authorizations).toEqual(new Set(['Bearer key-of-the-environment']));
  });

  it.each([
    ['missing', undefined, 'set HOLDPOINT_URL'],
    ['no address', 'holdpoint', 'write one like http'],
  ])('an address that is %s is said at once', async (_, endpoint, says) => {
    delete process.env['HOLDPOINT_URL'];
    await expect(openSession({ endpoint, agent: 'a', objective: 'x' })).rejects.toThrow(says);
  });

  it('does not thin out spans by a sampler meant for others', async () => {
    process.env['OTEL_TRACES_SAMPLER'] = 'always_off';
    const session = await openSession(options());
    await session.end('completed');
    expect(holdpoint.spans()).toHaveLength(1);
  });
});

it("makes the agent's own spans children of the call, where the agent has a context manager", async () => {
  const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks');
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  try {
    const session = await openSession(options());
    const seen = await session.tracedToolCall(
      { name: 't', args: {} },
      async () => trace.getActiveSpan()?.spanContext().spanId,
    );
    await session.end('completed');
    expect(seen).toBe(holdpoint.spans()[0]?.spanId);
  } finally {
    context.disable();
  }
});

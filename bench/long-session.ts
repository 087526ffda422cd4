import type { ToolManifest } from '../src/domain/tools.ts';
import { emptyAttributes, type AttrValue, type RawSpan } from '../src/forensics/read/raw-span.ts';

const CONTEXT_MESSAGES = 12;
const START_NANO = BigInt(Date.UTC(2026, 0, 5, 3)) * 1_000_000n;

interface Shape {
  sessionId: string;
  agent: string;
  /** Model calls and tool calls together. */
  steps: number;
  /** Tool calls with an effect, spread evenly over the second half; the others read. */
  actions: number;
  /** Tools that the actions are spread over. */
  tools: number;
}

/** What the tools of such a session do: every tenth cannot be undone. */
export const toolsOf = (tools: number): ToolManifest => ({
  tools: {
    look_up: { effect: 'read', target: 'args.id' },
    ...Object.fromEntries(
      Array.from({ length: tools }, (_, i) => [
        `act_${i}`,
        i % 10 === 9
          ? { effect: 'write' as const, reversible: false, target: 'args.id' }
          : {
              effect: 'write' as const,
              reversible: true,
              target: 'args.id',
              reversal: `act_${i}`,
              reversalArgs: { id: 'args.id', status: 'result.previous_status' },
            },
      ]),
    ),
  },
});

const json = (value: unknown): string => JSON.stringify(value);

/** Spans as an instrumented agent sends them, its context cut to the newest messages. */
export function* longSession({ sessionId, agent, steps, actions, tools }: Shape): Generator<RawSpan> {
  const calls = Math.floor(steps / 2);
  const every = Math.max(1, Math.floor(calls / 2 / Math.max(1, actions)));
  const traceId = Buffer.from(sessionId).toString('hex').padEnd(32, '0').slice(0, 32);
  const context: unknown[] = [
    { role: 'user', parts: [{ type: 'text', content: 'Work through the queue of requests.' }] },
  ];
  let made = 0;
  let n = 0;
  const span = (name: string, record: Record<string, AttrValue>): RawSpan => {
    n += 1;
    const start = START_NANO + BigInt(n) * 50_000_000n;
    return {
      traceId,
      spanId: n.toString(16).padStart(16, '0'),
      parentSpanId: null,
      name,
      startNano: String(start),
      endNano: String(start + 40_000_000n),
      attributes: Object.assign(emptyAttributes(), record, {
        'session.id': sessionId,
        'gen_ai.conversation.id': sessionId,
        'gen_ai.agent.name': agent,
      }),
      resource: Object.assign(emptyAttributes(), { 'service.name': agent }),
      links: [],
      events: [],
      status: { code: 'ok', message: null },
      dropped: 0,
    };
  };
  for (let i = 0; i < calls; i += 1) {
    const acts = i >= calls / 2 && made < actions && (i - Math.ceil(calls / 2)) % every === 0;
    const name = acts ? `act_${made % tools}` : 'look_up';
    const id = `R-${i}`;
    const args = acts ? { id, status: 'declined' } : { id };
    // From a tenth of the way on the provider answers with another field, and the agent takes nothing for zero.
    const result = acts
      ? { id, status: 'declined', previous_status: 'pending' }
      : i < calls / 10
        ? { id, annual_income: 40_000 + i }
        : { id, income_yearly: 40_000 + i };
    if (acts) made += 1;
    const call = { type: 'tool_call', id: `c-${i}`, name, arguments: args };
    yield span('chat', {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'm-1',
      'gen_ai.input.messages': json(context.slice(-CONTEXT_MESSAGES)),
      'gen_ai.output.messages': json([{ role: 'assistant', parts: [call] }]),
      'gen_ai.usage.input_tokens': 600,
      'gen_ai.usage.output_tokens': 20,
    });
    yield span(`execute_tool ${name}`, {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': name,
      'gen_ai.tool.call.id': call.id,
      'gen_ai.tool.call.arguments': json(args),
      'gen_ai.tool.call.result': json(result),
    });
    context.push({ role: 'assistant', parts: [call] });
    context.push({
      role: 'tool',
      parts: [{ type: 'tool_call_response', id: call.id, response: json(result) }],
    });
    if (context.length > 4 * CONTEXT_MESSAGES) context.splice(0, 2 * CONTEXT_MESSAGES);
  }
}

import type { Session } from '../../src/domain/session/session.ts';
import type { RawSpan } from '../../src/forensics/read/raw-span.ts';
import { sessionFromSpans } from '../../src/forensics/read/session.ts';
import { attributes, rawSpan } from './session-builder.ts';

/** What happens in an agent, in order. `within` is the subagent that a call started, its first turn the task. */
export type Turn =
  | { user: string }
  | { says: string }
  | { call: string; args: unknown; answer: unknown; says?: string; within?: Turn[] };

/** How a subagent's spans hang on the call that started it. */
export type Joint = 'parent' | 'link';

/** A session of agents that send each other, each with its own history, as instrumented frameworks write it. */
export const agents = (turns: Turn[], joint: Joint = 'link'): Session => {
  const spans: RawSpan[] = [];
  let now = 1_700_000_000_000;
  const push = (over: Partial<RawSpan>, record: Record<string, string | number>): RawSpan => {
    const span = rawSpan({
      spanId: (spans.length + 1).toString(16).padStart(16, '0'),
      startNano: `${(now += 10)}000000`,
      endNano: `${(now += 10)}000000`,
      attributes: attributes(record),
      ...over,
    });
    spans.push(span);
    return span;
  };
  const tell = (list: Turn[], name: string, from: RawSpan | null): void => {
    const traceId = from && joint === 'link' ? String(spans.length).padStart(32, 'b') : 'a'.repeat(32);
    const links = from && joint === 'link' ? [{ traceId: from.traceId, spanId: from.spanId }] : [];
    const root = push(
      { traceId, links, parentSpanId: joint === 'parent' ? (from?.spanId ?? null) : null },
      { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': name, 'gen_ai.conversation.id': name },
    );
    const history: unknown[] = [];
    const chat = (parts: unknown[]): void => {
      push(
        { traceId, parentSpanId: root.spanId },
        {
          'gen_ai.operation.name': 'chat',
          'gen_ai.agent.name': name,
          'gen_ai.conversation.id': name,
          'gen_ai.request.model': 'm-1',
          'gen_ai.usage.input_tokens': 100,
          'gen_ai.usage.output_tokens': 20,
          'gen_ai.input.messages': JSON.stringify(history),
          'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts }]),
        },
      );
      history.push({ role: 'assistant', parts });
    };
    for (const turn of list) {
      if ('user' in turn) {
        history.push({ role: 'user', parts: [{ type: 'text', content: turn.user }] });
        continue;
      }
      const text = turn.says === undefined ? [] : [{ type: 'text', content: turn.says }];
      if (!('call' in turn)) {
        chat(text);
        continue;
      }
      const id = `call-${spans.length}`;
      const result = typeof turn.answer === 'string' ? turn.answer : JSON.stringify(turn.answer);
      chat([...text, { type: 'tool_call', id, name: turn.call, arguments: turn.args }]);
      const tool = push(
        { traceId, parentSpanId: root.spanId },
        {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': turn.call,
          'gen_ai.tool.call.id': id,
          'gen_ai.tool.call.arguments': JSON.stringify(turn.args),
          'gen_ai.tool.call.result': result,
        },
      );
      if (turn.within) {
        tell(turn.within, `${name}-${spans.length}`, tool);
        tool.endNano = `${(now += 10)}000000`;
      }
      history.push({ role: 'tool', parts: [{ type: 'tool_call_response', id, response: result }] });
    }
    root.endNano = `${(now += 10)}000000`;
  };
  tell(turns, 'lead', null);
  return sessionFromSpans(spans);
};

/** The number of the step that calls a tool with some word in its arguments, and of the tool's own step. */
export const stepsOf = (session: Session, tool: string): { model: number; tool: number } => {
  const step = session.steps.find((s) => s.tool?.name === tool);
  const asked = session.steps.find((s) =>
    (s.messagesOut ?? []).some((m) => (m.toolCalls ?? []).some((c) => c.name === tool)),
  );
  return { model: asked?.stepNumber ?? 0, tool: step?.stepNumber ?? 0 };
};

import type { Message, Step, StepKind } from '../../domain/session/step.ts';
import { get, getNumber, getText } from './attributes.ts';
import type { MessageLists } from './message-lists.ts';
import { indexedMessages, messagesFrom, systemFrom } from './messages.ts';
import { withEvents } from './events.ts';
import type { Attributes, RawSpan } from './raw-span.ts';
import { toolCallOf } from './tool.ts';

const KINDS: Record<string, StepKind> = {
  chat: 'llm',
  generate_content: 'llm',
  text_completion: 'llm',
  llm: 'llm',
  generation: 'llm',
  execute_tool: 'tool',
  tool: 'tool',
  invoke_agent: 'agent',
  create_agent: 'agent',
  invoke_workflow: 'agent',
  agent: 'agent',
  workflow: 'agent',
  chain: 'agent',
  conversation: 'agent',
  retrieval: 'retrieval',
  retriever: 'retrieval',
};

const kindOf = (span: RawSpan): StepKind => {
  if (span.attributes['ag2.span.type'] === 'usage') return 'other';
  const named = getText(span.attributes, 'operation') ?? getText(span.attributes, 'otherKind');
  const known = named === null ? undefined : named.toLowerCase();
  if (known !== undefined && Object.hasOwn(KINDS, known)) return KINDS[known] ?? 'other';
  if (span.name.startsWith('agent.llm.')) return 'llm';
  if (span.name.startsWith('agent.tool.') || getText(span.attributes, 'toolName') !== null) return 'tool';
  if (getText(span.attributes, 'model') !== null || getNumber(span.attributes, 'inputTokens') !== null)
    return 'llm';
  return 'other';
};

/**
 * A function of a framework that stands around a model call, marked as one: it says no tokens and no answer, or only
 * prepares the messages (LlamaIndex). The call itself has a span of its own; counted twice it would look like a loop.
 */
const isAroundCall = (span: RawSpan, output: Message[] | null): boolean => {
  if (span.attributes['openinference.span.kind'] === undefined) return false;
  if (span.status.code === 'error' || span.endNano === null) return false;
  if (
    getNumber(span.attributes, 'inputTokens') !== null ||
    getNumber(span.attributes, 'outputTokens') !== null
  )
    return false;
  if (span.name.endsWith('._prepare_chat_with_tools')) return true;
  return output !== null && output.every((m) => m.content === '' && (m.toolCalls ?? []).length === 0);
};

const inputOf = (a: Attributes, lists: MessageLists | null): Message[] | null =>
  messagesFrom(a['gen_ai.input.messages'], 'heard', lists) ??
  indexedMessages(a, 'llm.input_messages', lists) ??
  indexedMessages(a, 'gen_ai.prompt', lists) ??
  messagesFrom(get(a, 'input'), 'heard', lists);
const outputOf = (a: Attributes, lists: MessageLists | null): Message[] | null =>
  messagesFrom(a['gen_ai.output.messages'], 'said', lists) ??
  indexedMessages(a, 'llm.output_messages', lists) ??
  indexedMessages(a, 'gen_ai.completion', lists) ??
  messagesFrom(get(a, 'output'), 'said', lists);

const msOf = (nanos: string): number => Number(nanos.slice(0, -6) || '0') + Number(nanos.slice(-6)) / 1e6;

/**
 * A raw span → a neutral step. `sessionId` is the session's own, for spans that do not carry one; with the `lists` of
 * the session, messages that were read before are not read again.
 */
export const stepOf = (
  raw: RawSpan,
  stepNumber: number,
  sessionId: string,
  lists: MessageLists | null = null,
): Step => {
  const span = { ...raw, attributes: withEvents(raw) };
  const a = span.attributes;
  const named = kindOf(span);
  const startedAtMs = msOf(span.startNano);
  const endedAtMs = span.endNano === null ? null : msOf(span.endNano);
  const talks = named === 'llm' || named === 'agent' || named === 'other';
  const messagesIn = talks ? inputOf(a, lists) : null;
  const messagesOut = talks ? outputOf(a, lists) : null;
  const kind = named === 'llm' && isAroundCall(span, messagesOut) ? 'other' : named;
  const system = messagesIn?.find((m) => m.role === 'system' || m.role === 'developer')?.content ?? null;
  return {
    sessionId: getText(a, 'conversation') ?? sessionId,
    stepNumber,
    spanId: span.spanId,
    traceId: span.traceId,
    parentSpanId: span.parentSpanId,
    links: span.links,
    kind,
    name: span.name,
    agent: getText(a, 'agent'),
    model: getText(a, 'model'),
    inputTokens: getNumber(a, 'inputTokens'),
    outputTokens: getNumber(a, 'outputTokens'),
    costUsd: getNumber(a, 'cost'),
    tool:
      kind === 'tool' || kind === 'retrieval'
        ? toolCallOf(span, endedAtMs === null ? null : endedAtMs - startedAtMs)
        : null,
    systemInstructions: systemFrom(get(a, 'system')) ?? system,
    messagesIn: messagesIn?.filter((m) => m.role !== 'system' && m.role !== 'developer') ?? null,
    messagesOut,
    summary: getText(a, 'summary'),
    objective: getText(a, 'objective'),
    emittedStep: getNumber(a, 'step'),
    emittedAnomaly: getText(a, 'anomaly'),
    startedAtMs,
    endedAtMs,
    error:
      span.status.code === 'error'
        ? (span.status.message ?? getText(a, 'error') ?? 'error')
        : getText(a, 'error'),
  };
};

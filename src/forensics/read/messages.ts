import type { Message } from '../../domain/session/step.ts';
import { payloadOf } from './envelope.ts';
import { langchainMessage } from './frameworks.ts';
import { asText, isObject, jsonIn, own, parsed } from './json.ts';
import type { Field, MessageLists } from './message-lists.ts';
import type { Attributes } from './raw-span.ts';

type ToolCallPart = NonNullable<Message['toolCalls']>[number];
const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const toolCallOf = (part: unknown): ToolCallPart => {
  const call = own(part, 'function') ?? own(part, 'tool_call') ?? part;
  const inner = own(call, 'function') ?? call;
  return {
    callId: textOf(own(part, 'id')) ?? textOf(own(call, 'id')),
    name: textOf(own(inner, 'name')) ?? '',
    args: parsed(own(inner, 'arguments') ?? own(inner, 'args') ?? own(part, 'input')),
  };
};

interface Pieces {
  texts: string[];
  calls: ToolCallPart[];
  results: { callId: string | null; result: unknown }[];
}

/** One part of a message: GenAI `parts`, OpenAI `content` parts, Anthropic content blocks. */
const readPart = (part: unknown, into: Pieces): void => {
  if (typeof part === 'string') return void into.texts.push(part);
  if (!isObject(part)) return;
  const type = textOf(part['type']) ?? 'text';
  if (type === 'tool_call' || type === 'tool_use' || type === 'function') into.calls.push(toolCallOf(part));
  else if (type === 'tool_call_response' || type === 'tool_result') {
    into.results.push({
      callId: textOf(part['id']) ?? textOf(part['tool_use_id']),
      result: parsed(part['response'] ?? part['result'] ?? part['content']),
    });
  } else into.texts.push(asText(part['content'] ?? part['text'] ?? ''));
};

const messageOf = (value: unknown, fallbackRole: string): Message[] => {
  if (typeof value === 'string') return [{ role: fallbackRole, content: value }];
  if (!isObject(value)) return [];
  const message = langchainMessage(value) ?? (isObject(value['message']) ? value['message'] : value);
  const pieces: Pieces = { texts: [], calls: [], results: [] };
  const content = message['parts'] ?? message['content'] ?? message['contents'];
  for (const part of Array.isArray(content) ? content : content === undefined ? [] : [content])
    readPart(part, pieces);
  const calls = message['tool_calls'] ?? message['toolCalls'];
  for (const call of Array.isArray(calls) ? calls : []) pieces.calls.push(toolCallOf(call));
  const role = textOf(message['role']) ?? textOf(message['type']) ?? fallbackRole;
  const callId = textOf(message['tool_call_id']) ?? textOf(message['toolCallId']);
  if (role === 'tool' && pieces.results.length === 0)
    pieces.results.push({ callId, result: parsed(pieces.texts.join('\n')) });
  return assemble(role, pieces);
};

/** A message holds one tool answer at most, so several answers in one become several messages. */
const assemble = (role: string, { texts, calls, results }: Pieces): Message[] => {
  const answers = results.map(({ callId, result }) => {
    const { payload } = payloadOf(result);
    return { role: 'tool', content: asText(payload), toolResult: { callId, result: payload } };
  });
  const content = texts.join('\n');
  if (answers.length > 0 && (role === 'tool' || (content === '' && calls.length === 0))) return answers;
  return [{ role, content, ...(calls.length > 0 ? { toolCalls: calls } : {}) }, ...answers];
};

/**
 * Messages in any of the shapes in use, as a value or as JSON text → messages; null when there is nothing. `lists` are
 * those of the session, where the messages are of one.
 */
export const messagesFrom = (
  value: unknown,
  side: 'heard' | 'said',
  lists: MessageLists | null = null,
): Message[] | null => {
  if (value === undefined || value === null || value === '') return null;
  const fallbackRole = side === 'heard' ? 'user' : 'assistant';
  const listed = lists && typeof value === 'string' ? lists[side](value, fallbackRole, messageOf) : null;
  if (listed && listed.length > 0) return listed;
  const decoded = parsed(value);
  const list = Array.isArray(decoded)
    ? decoded
    : (own(decoded, 'messages') ?? own(decoded, 'choices') ?? decoded);
  const messages = (Array.isArray(list) ? list : [list]).flatMap((m) => messageOf(m, fallbackRole));
  return messages.length > 0 ? messages : [{ role: fallbackRole, content: asText(value) }];
};

/** System instructions: plain text, or a list of text parts. */
export const systemFrom = (value: unknown): string | null => {
  if (typeof value !== 'string') return value === undefined || value === null ? null : textParts(value);
  return textParts(jsonIn(value)) ?? value;
};
const textParts = (value: unknown): string | null => {
  if (!Array.isArray(value)) return textOf(own(value, 'content')) ?? textOf(value);
  return value
    .map((p) => (typeof p === 'string' ? p : asText(own(p, 'content') ?? own(p, 'text'))))
    .join('\n');
};

const INDEXED = /^(?<index>\d{1,6})\.(?:message\.)?(?<rest>.+)$/;
const CALL = /^tool_calls\.(?<index>\d{1,6})\.(?:tool_call\.)?(?<rest>.+)$/;
const CONTENT = /^(?:contents\.\d{1,6}\.message_content\.text|content)$/;

const messagesOfRow = (fields: readonly Field[]): Message[] => {
  let [role, callId]: [string, string | null] = ['user', null];
  const texts: string[] = [];
  const calls = new Map<number, ToolCallPart>();
  for (const [name, value] of fields) {
    const call = CALL.exec(name)?.groups;
    if (name === 'role') role = asText(value);
    else if (CONTENT.test(name)) texts.push(asText(value));
    else if (name === 'tool_call_id') callId = asText(value);
    else if (call) putCall(calls, Number(call['index']), call['rest'] ?? '', value);
  }
  return assemble(role, {
    texts,
    calls: [...calls.values()],
    results: role === 'tool' ? [{ callId, result: parsed(texts.join('\n')) }] : [],
  });
};

/**
 * Flattened messages, `<prefix>.N.message.role` and so on: OpenInference, and the first GenAI instrumentations. A message
 * that stood at the same place before is the same object.
 */
export const indexedMessages = (
  attributes: Attributes,
  prefix: string,
  lists: MessageLists | null = null,
): Message[] | null => {
  const rows = new Map<number, Field[]>();
  for (const key of Object.keys(attributes)) {
    const match = key.startsWith(`${prefix}.`) ? INDEXED.exec(key.slice(prefix.length + 1)) : null;
    if (!match?.groups) continue;
    const index = Number(match.groups['index']);
    const field: Field = [match.groups['rest'] ?? '', attributes[key]];
    const row = rows.get(index);
    if (row) row.push(field);
    else rows.set(index, [field]);
  }
  if (rows.size === 0) return null;
  return [...rows]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([index, fields]) =>
      lists ? lists.flat(`${prefix}.${index}`, fields, () => messagesOfRow(fields)) : messagesOfRow(fields),
    );
};

const putCall = (calls: Map<number, ToolCallPart>, index: number, field: string, value: unknown): void => {
  const call = calls.get(index) ?? { callId: null, name: '', args: undefined };
  calls.set(index, call);
  if (field === 'id') call.callId = asText(value);
  else if (field.endsWith('name')) call.name = asText(value);
  else if (field.endsWith('arguments')) call.args = parsed(value);
};

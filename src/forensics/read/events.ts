import { isObject, own, parsed } from './json.ts';
import { emptyAttributes, type Attributes, type RawSpan } from './raw-span.ts';

const MESSAGE = /^gen_ai\.(?:(?<role>system|user|assistant|tool)\.message|choice)$/;

/** One event a message (GenAI until 1.36): its fields as attributes, or as JSON in `gen_ai.event.content`. */
const messageOf = (role: string, attributes: Attributes): Record<string, unknown> | null => {
  const body = parsed(attributes['gen_ai.event.content']);
  const fields: Record<string, unknown> = isObject(body)
    ? body
    : { ...attributes, content: attributes['content'] ?? body };
  const inner = parsed(own(fields, 'message'));
  const message = isObject(inner) ? inner : fields;
  const content = parsed(message['content']);
  const calls = parsed(message['tool_calls']);
  if (content === undefined && !Array.isArray(calls)) return null;
  const callId = role === 'tool' ? (message['tool_call_id'] ?? message['id']) : undefined;
  return {
    role,
    ...(content === undefined ? {} : { content: message['content'] }),
    ...(Array.isArray(calls) ? { tool_calls: calls } : {}),
    ...(callId === undefined ? {} : { tool_call_id: callId }),
  };
};

/**
 * The attributes of a span with the content that stands in its events: one event with the message attributes, or one
 * event a message. What the span itself says wins.
 */
export const withEvents = ({ attributes, events }: RawSpan): Attributes => {
  if (events.length === 0) return attributes;
  const merged = Object.assign(emptyAttributes(), attributes);
  const said: { input: unknown[]; output: unknown[] } = { input: [], output: [] };
  for (const event of events) {
    for (const key of Object.keys(event.attributes))
      if (key.startsWith('gen_ai.') && !(key in merged)) merged[key] = event.attributes[key] ?? null;
    const found = MESSAGE.exec(event.name);
    const role = found?.groups?.['role'];
    const message = found ? messageOf(role ?? 'assistant', event.attributes) : null;
    if (message) said[role === undefined ? 'output' : 'input'].push(message);
  }
  for (const side of ['input', 'output'] as const) {
    const key = `gen_ai.${side}.messages`;
    if (said[side].length > 0 && !(key in merged)) merged[key] = JSON.stringify(said[side]);
  }
  return merged;
};

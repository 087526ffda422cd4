/**
 * Messages as agents hold them (OpenAI chat, Anthropic, or already semantic-convention parts) to the parts format of
 * `gen_ai.input.messages` and `gen_ai.output.messages`.
 */
export interface Part {
  type: string;
  content?: unknown;
  id?: string | null;
  name?: string;
  arguments?: unknown;
  response?: unknown;
}
export interface PartsMessage {
  role: string;
  parts: Part[];
  finish_reason?: string;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Parsed where it parses, else the text as it was. */
export const parsedJson = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
};

const openAiCall = (call: unknown): Part[] => {
  if (!isRecord(call) || !isRecord(call['function'])) return [];
  const { name, arguments: args } = call['function'];
  return [
    { type: 'tool_call', id: text(call['id']) ?? null, name: text(name) ?? '', arguments: parsedJson(args) },
  ];
};

const block = (value: unknown): Part[] => {
  if (typeof value === 'string') return value === '' ? [] : [{ type: 'text', content: value }];
  if (!isRecord(value)) return [];
  switch (value['type']) {
    case 'text':
      return [{ type: 'text', content: value['text'] ?? value['content'] ?? '' }];
    case 'tool_use':
      return [
        {
          type: 'tool_call',
          id: text(value['id']) ?? null,
          name: text(value['name']) ?? '',
          arguments: value['input'],
        },
      ];
    case 'tool_result':
      return [
        {
          type: 'tool_call_response',
          id: text(value['tool_use_id']) ?? null,
          response: parsedJson(value['content']),
        },
      ];
    default:
      return [{ ...value, type: text(value['type']) ?? 'unknown' }];
  }
};

const toMessage = (value: unknown): PartsMessage => {
  if (!isRecord(value))
    return { role: 'user', parts: block(typeof value === 'string' ? value : JSON.stringify(value)) };
  const role = text(value['role']) ?? 'user';
  if (Array.isArray(value['parts'])) return { role, parts: value['parts'].flatMap(block) };
  if (role === 'tool') {
    const id = text(value['tool_call_id']) ?? null;
    return { role, parts: [{ type: 'tool_call_response', id, response: parsedJson(value['content']) }] };
  }
  const content = Array.isArray(value['content'])
    ? value['content'].flatMap(block)
    : block(value['content'] ?? '');
  const calls = Array.isArray(value['tool_calls']) ? value['tool_calls'].flatMap(openAiCall) : [];
  return { role, parts: [...content, ...calls] };
};

/** System messages leave the list: they belong to `gen_ai.system_instructions`. */
export const toParts = (messages: readonly unknown[]): { system: Part[]; messages: PartsMessage[] } => {
  const all = messages.map(toMessage);
  const isSystem = (m: PartsMessage): boolean => m.role === 'system' || m.role === 'developer';
  return { system: all.filter(isSystem).flatMap((m) => m.parts), messages: all.filter((m) => !isSystem(m)) };
};

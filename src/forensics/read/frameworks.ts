import { isObject, own, parsed, type JsonObject } from './json.ts';

/** What a framework wrapped around the answer of a tool. */
export interface Unwrapped {
  result: unknown;
  callId: string | null;
  /** The framework itself says that the tool failed. */
  failed: boolean;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const ROLES: Readonly<Record<string, string>> = {
  human: 'user',
  ai: 'assistant',
  system: 'system',
  tool: 'tool',
};

/**
 * A message as LangChain writes it, `{type, data}` or its constructor with `kwargs` → its fields with a role; anything
 * else is null.
 */
export const langchainMessage = (value: unknown): JsonObject | null => {
  if (!isObject(value)) return null;
  const fields =
    value['type'] === 'constructor' && own(value, 'lc') !== undefined ? value['kwargs'] : value['data'];
  if (!isObject(fields) || !('content' in fields)) return null;
  const type = textOf(fields['type']) ?? textOf(value['type']) ?? '';
  return { ...fields, role: textOf(fields['role']) ?? ROLES[type] ?? type };
};

const isLlamaIndexOutput = (value: JsonObject): boolean => 'raw_output' in value && 'tool_name' in value;

/** LangChain and LangGraph (OpenInference, OpenLLMetry), LlamaIndex; anything else stays as it is. */
export const unwrapResult = (value: unknown): Unwrapped => {
  const plain: Unwrapped = { result: value, callId: null, failed: false };
  if (!isObject(value)) return plain;
  if (isLlamaIndexOutput(value))
    return { ...plain, result: value['raw_output'], failed: value['is_error'] === true };
  const message = langchainMessage(value) ?? langchainMessage(value['output']);
  if (message?.['role'] !== 'tool') return plain;
  return {
    result: parsed(message['content']),
    callId: textOf(message['tool_call_id']),
    failed: message['status'] === 'error',
  };
};

/** A JSON Schema of arguments: what a tool takes, not what it was given. */
const isSchema = (value: JsonObject): boolean => value['type'] === 'object' && isObject(value['properties']);

/** Positional and named arguments of a Python function; LangChain's `input_str`. Undefined for a schema alone. */
export const unwrapArgs = (value: unknown): unknown => {
  if (!isObject(value)) return value;
  if (isSchema(value)) return undefined;
  if (typeof value['input_str'] === 'string' && 'metadata' in value)
    return isObject(value['inputs']) ? value['inputs'] : parsed(value['input_str']);
  const { args = [], kwargs, ...others } = value;
  if (!isObject(kwargs) || !Array.isArray(args) || Object.keys(others).length > 0) return value;
  return args.length === 0 ? kwargs : value;
};

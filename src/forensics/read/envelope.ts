import { withRecords } from './columnar.ts';
import { isObject, jsonIn, own, type JsonObject } from './json.ts';

interface Payload {
  payload: unknown;
  /** The envelope itself says that the tool failed. */
  failed: boolean;
}
const MCP = new Set(['content', 'isError', 'structuredContent', '_meta']);
const BLOCK = new Set(['type', 'text', 'annotations', 'cache_control', 'citations', 'id', 'index']);
const MESSAGE = new Set([
  ...['type', 'role', 'content', 'name', 'tool_name', 'id', 'status', 'is_error', 'artifact'],
  ...['tool_call_id', 'toolCallId', 'tool_use_id', 'toolUseId', 'additional_kwargs', 'response_metadata'],
]);
const HTTP = new Set([
  ...['statusCode', 'status_code', 'status', 'statusText', 'reason', 'ok', 'url'],
  ...['headers', 'multiValueHeaders', 'cookies', 'isBase64Encoded', 'body'],
]);
const CLIENT_ERROR = 400;

const textOf = (part: unknown): string | null => {
  const text = own(part, 'text');
  return own(part, 'type') === 'text' && typeof text === 'string' ? text : null;
};
const decoded = (text: string): unknown => jsonIn(text) ?? text;
const hasOnly = (value: JsonObject, keys: ReadonlySet<string>): boolean =>
  Object.keys(value).every((k) => keys.has(k));
/** The JSON or text of a list of text parts; undefined for any other list. */
const ofBlocks = (list: unknown): unknown => {
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const texts = list.map((part: unknown) => (isObject(part) && hasOnly(part, BLOCK) ? textOf(part) : null));
  return texts.includes(null) ? undefined : decoded(texts.join('\n'));
};

/** An MCP `CallToolResult`: its structured content, else its text parts. */
const ofMcp = (result: JsonObject): Payload | null => {
  const content = own(result, 'content');
  if (!Array.isArray(content) || !hasOnly(result, MCP)) return null;
  const structured = own(result, 'structuredContent');
  const payload = isObject(structured) ? structured : (ofBlocks(content) ?? result);
  return { payload, failed: own(result, 'isError') === true };
};
/** The tool's message to the model, as it stands in a conversation: it names the call that it answers. */
const ofMessage = (result: JsonObject): Payload | null => {
  const content = own(result, 'content');
  const answers = Object.keys(result).some((k) => /^tool_?(?:call|use)_?id$/i.test(k));
  if (!answers || !hasOnly(result, MESSAGE)) return null;
  const payload = typeof content === 'string' ? decoded(content) : ofBlocks(content);
  return payload === undefined
    ? null
    : { payload, failed: own(result, 'status') === 'error' || own(result, 'is_error') === true };
};
/** JSON behind what it is called: `Result: {…}`. */
const LABELLED = /^\s*[A-Z][A-Za-z ]{2,30}:\s*(?=[[{])/;
const ofLabelled = (text: string): unknown => {
  const label = LABELLED.exec(text)?.[0];
  const inner = label === undefined ? undefined : jsonIn(text.slice(label.length));
  return typeof inner === 'object' ? inner : undefined;
};
/** An answer over HTTP: a status in numbers, and a body. */
const ofHttp = (result: JsonObject): Payload | null => {
  const code = own(result, 'statusCode') ?? own(result, 'status_code') ?? own(result, 'status');
  const body = own(result, 'body');
  if (typeof code !== 'number' || body === undefined || !hasOnly(result, HTTP)) return null;
  return { payload: typeof body === 'string' ? decoded(body) : body, failed: code >= CLIENT_ERROR };
};

const RPC = new Set(['jsonrpc', 'id', 'result', 'error']);
/** A JSON-RPC response: its number is another each time and says nothing. */
const ofRpc = (result: JsonObject): Payload | null => {
  const failed = Boolean(own(result, 'error'));
  const answer = own(result, failed ? 'error' : 'result');
  if (typeof own(result, 'jsonrpc') !== 'string' || answer === undefined || !hasOnly(result, RPC))
    return null;
  const inner = payloadOf(answer);
  return { payload: inner.payload, failed: failed || inner.failed };
};
const LONE = new Set(['output', 'result', 'response', 'data', 'payload', 'body', 'content', 'text']);
/** JSON as the only text of a record. */
const ofLoneText = (result: JsonObject): Payload | null => {
  const keys = Object.keys(result);
  const [key = ''] = keys;
  const text = result[key];
  if (keys.length !== 1 || !LONE.has(key) || typeof text !== 'string') return null;
  const inner = jsonIn(text);
  return isObject(inner) || Array.isArray(inner) ? payloadOf(inner) : null;
};
const ofObject = (result: JsonObject): Payload =>
  ofMcp(result) ??
  ofMessage(result) ??
  ofHttp(result) ??
  ofRpc(result) ??
  ofLoneText(result) ?? { payload: result, failed: false };

/**
 * A tool's answer without its transport: an MCP result, a list of text parts, a tool's message, an HTTP response with a
 * body, a JSON-RPC response, JSON as the only text of a record, JSON behind a label; a header with rows becomes records.
 * Anything else stays as it is; an envelope of the tool's own is part of its answer.
 */
export function payloadOf(result: unknown): Payload {
  if (typeof result === 'string') return { payload: ofLabelled(result) ?? result, failed: false };
  const made = Array.isArray(result)
    ? { payload: ofBlocks(result) ?? result, failed: false }
    : isObject(result)
      ? ofObject(result)
      : { payload: result, failed: false };
  return { payload: withRecords(made.payload), failed: made.failed };
}

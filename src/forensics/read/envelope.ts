import { isObject, jsonIn, own } from './json.ts';

const SIBLINGS = new Set(['content', 'isError', 'structuredContent', '_meta']);
const textOf = (part: unknown): string | null => {
  const text = own(part, 'text');
  return own(part, 'type') === 'text' && typeof text === 'string' ? text : null;
};

/**
 * A tool's answer without its transport: an MCP `CallToolResult` becomes its structured content, else the JSON or text
 * of its text parts. Anything else stays as it is; an envelope of the tool's own is part of its answer.
 */
export const payloadOf = (result: unknown): { payload: unknown; failed: boolean } => {
  const content = own(result, 'content');
  if (!isObject(result) || !Array.isArray(content) || !Object.keys(result).every((k) => SIBLINGS.has(k)))
    return { payload: result, failed: false };
  const failed = own(result, 'isError') === true;
  const structured = own(result, 'structuredContent');
  if (isObject(structured)) return { payload: structured, failed };
  const texts = content.map(textOf);
  if (texts.length === 0 || texts.includes(null)) return { payload: result, failed };
  const text = texts.join('\n');
  return { payload: jsonIn(text) ?? text, failed };
};

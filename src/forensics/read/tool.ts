import { ToolStatus, type ToolCall } from '../../domain/session/step.ts';
import { get, getNumber, getText } from './attributes.ts';
import { isObject, own, parsed } from './json.ts';
import type { RawSpan } from './raw-span.ts';

const FAILED = /^(error|failed|failure|exception)$/i;
/**
 * A tool's answer that says it failed, whatever the transport said: text that starts with "Error", an `error` that is
 * not empty, MCP's `isError`, `success: false`, `status: "error"`.
 */
export const isErrorResult = (result: unknown): boolean => {
  if (typeof result === 'string') return /^\s*(error|exception|traceback)\b/i.test(result);
  if (!isObject(result)) return false;
  const status = own(result, 'status');
  return (
    Boolean(own(result, 'error')) ||
    own(result, 'isError') === true ||
    own(result, 'success') === false ||
    own(result, 'ok') === false ||
    (typeof status === 'string' && FAILED.test(status))
  );
};

/** An answer without content. `0` and `false` are content. */
export const isEmptyResult = (result: unknown): boolean =>
  result === null ||
  (typeof result === 'string' && result.trim() === '') ||
  (Array.isArray(result) && result.length === 0) ||
  (isObject(result) && Object.keys(result).length === 0);

const statusOf = (span: RawSpan, result: unknown): ToolStatus => {
  const said = ToolStatus.safeParse(getText(span.attributes, 'toolStatus')?.toLowerCase());
  if (said.success && said.data !== 'ok') return said.data;
  if (span.status.code === 'error' || getText(span.attributes, 'error') !== null) return 'error';
  if (result === undefined) return 'unknown';
  if (isErrorResult(result)) return 'error';
  return isEmptyResult(result) ? 'empty' : 'ok';
};

const PREFIX = 'agent.tool.';
/** The tool part of a tool span. `result` is undefined where no answer was captured. */
export const toolCallOf = (span: RawSpan, latencyMs: number | null): ToolCall => {
  const { attributes } = span;
  const result = parsed(get(attributes, 'toolResult'));
  const fields = getText(attributes, 'outputFields');
  const name =
    getText(attributes, 'toolName') ??
    (span.name.startsWith(PREFIX) ? span.name.slice(PREFIX.length) : span.name);
  return {
    name,
    callId: getText(attributes, 'callId'),
    args: parsed(get(attributes, 'toolArgs')),
    result,
    status: statusOf(span, result),
    outputFields:
      fields !== null
        ? fields
            .split(',')
            .map((f) => f.trim())
            .filter(Boolean)
        : isObject(result)
          ? Object.keys(result)
          : [],
    latencyMs: getNumber(attributes, 'latency') ?? latencyMs,
    error:
      span.status.code === 'error'
        ? (span.status.message ?? getText(attributes, 'error'))
        : getText(attributes, 'error'),
  };
};

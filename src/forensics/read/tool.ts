import { ToolStatus, type ToolCall } from '../../domain/session/step.ts';
import { get, getNumber, getText } from './attributes.ts';
import { payloadOf } from './envelope.ts';
import { unwrapArgs, unwrapResult } from './frameworks.ts';
import { isObject, jsonIn, own, parsed, type JsonObject } from './json.ts';
import type { RawSpan } from './raw-span.ts';

const SAYS_ERROR =
  /^\s*["'<]?(?:tool[ _-]?(?:call |execution )?)?(?:error|exception|traceback|fault\b(?=[>:])|failed(?: to\b|:)|failure:)/i;
/** Where envelopes of tools keep what they answer. */
const HOLDERS = [
  'data',
  'result',
  'results',
  'output',
  'response',
  'payload',
  'items',
  'rows',
  'records',
  'hits',
  'content',
];
const FAILED = /^(error|failed|failure|exception)$/i;
/** Where an envelope without an answer says why. */
const REASONS = ['message', 'msg', 'detail', 'reason', 'error_message'];
const isNothingHeld = (result: JsonObject): boolean =>
  HOLDERS.some((key) => own(result, key) === null) &&
  HOLDERS.every((key) => (own(result, key) ?? null) === null);
/** What should hold the answer holds nothing, and a code, a list of errors or the reason says why. */
const saysWhyNothing = (result: JsonObject): boolean => {
  const errors = own(result, 'errors');
  const code = own(result, 'code');
  return (
    (Array.isArray(errors) && errors.length > 0) ||
    (typeof code === 'number' && code !== 0 && code !== 200) ||
    REASONS.some((key) => SAYS_ERROR.test(String(own(result, key) ?? '')))
  );
};
/** A page that a server or a gateway answers with instead of data. */
const ERROR_PAGE = /^\s*<(?:!doctype\s+)?html\b[^]{0,300}?\b[45]\d\d\b/i;
/** What is worth being opened to see whether there is anything in it. */
const MAX_OPENED = 400;
const inside = (value: unknown): unknown =>
  typeof value === 'string' && value.length <= MAX_OPENED && value.startsWith('{')
    ? (jsonIn(value) ?? value)
    : value;
/**
 * A tool's answer that says it failed, whatever the transport said: text that starts with "Error", an `error` that is
 * not empty, MCP's `isError`, `success: false`, `status: "error"` (or `outcome`), no answer and a reason for it, as in GraphQL.
 */
export const isErrorResult = (result: unknown): boolean => {
  if (typeof result === 'string') {
    const opened = inside(result);
    return opened === result ? SAYS_ERROR.test(result) || ERROR_PAGE.test(result) : isErrorResult(opened);
  }
  if (!isObject(result)) return false;
  const status = own(result, 'status') ?? own(result, 'outcome');
  return (
    Boolean(own(result, 'error')) ||
    own(result, 'isError') === true ||
    own(result, 'success') === false ||
    own(result, 'ok') === false ||
    (typeof status === 'string' && FAILED.test(status)) ||
    (typeof own(result, 'body') === 'string' && ERROR_PAGE.test(String(own(result, 'body')))) ||
    HOLDERS.some((key) => {
      const held = own(result, key);
      return typeof held === 'string' && (SAYS_ERROR.test(held) || ERROR_PAGE.test(held));
    }) ||
    (isNothingHeld(result) && saysWhyNothing(result))
  );
};

const isNothing = (value: unknown): boolean =>
  value === null ||
  (typeof value === 'string' && value.trim() === '') ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0);
/** Neither text nor a list: what an envelope says about itself; so are its warnings. */
const isAside = (key: string, value: unknown): boolean =>
  typeof value !== 'object' ||
  (isObject(value) && Object.values(value).every((v) => typeof v !== 'object')) ||
  (WARNINGS.test(key) && Array.isArray(value) && value.every((v) => typeof v === 'string'));
const WARNINGS = /^(?:warnings?|notices?|messages?)$/i;
const MAX_ENVELOPES = 3;

/** An answer without content, also inside envelopes that hold nothing. `0` and `false` are content. */
export const isEmptyResult = (answer: unknown, depth = 0): boolean => {
  const result = inside(answer);
  if (isNothing(result)) return true;
  if (!isObject(result) || depth > MAX_ENVELOPES) return false;
  const held = HOLDERS.filter((key) => own(result, key) !== undefined);
  return (
    held.length === 1 &&
    Object.entries(result).every(([key, v]) =>
      key === held[0]
        ? isNothing(v) || (isObject(v) && isEmptyResult(v, depth + 1))
        : isNothing(v) || isAside(key, v),
    )
  );
};

const statusOf = (span: RawSpan, result: unknown, failed: boolean): ToolStatus => {
  const named = getText(span.attributes, 'toolStatus');
  const said = named === null ? undefined : ToolStatus.safeParse(named.toLowerCase()).data;
  if (said !== undefined && said !== 'ok') return said;
  if (span.status.code === 'error' || getText(span.attributes, 'error') !== null) return 'error';
  if (result === undefined) return failed ? 'error' : 'unknown';
  if (failed || isErrorResult(result)) return 'error';
  return isEmptyResult(result) ? 'empty' : 'ok';
};

/** Names of tool spans: the runbook's, OpenTelemetry GenAI's. */
const PREFIX = /^(?:agent\.tool\.|execute_tool )/;
/** The tool part of a tool span. `result` is undefined where no answer was captured. */
export const toolCallOf = (span: RawSpan, latencyMs: number | null): ToolCall => {
  const { attributes } = span;
  const answer = unwrapResult(parsed(get(attributes, 'toolResult')));
  const { payload: result, failed } = payloadOf(answer.result);
  const fields = getText(attributes, 'outputFields');
  const name = getText(attributes, 'toolName') ?? span.name.replace(PREFIX, '');
  return {
    name,
    callId: getText(attributes, 'callId') ?? answer.callId,
    args: unwrapArgs(parsed(get(attributes, 'toolArgs'))),
    result,
    status: statusOf(span, result, failed || answer.failed),
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

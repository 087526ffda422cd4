import { isObject, own, type JsonObject } from './json.ts';
import {
  emptyAttributes,
  type Attributes,
  type AttrValue,
  type RawSpan,
  type ReadSpans,
} from './raw-span.ts';

const MAX_NESTING = 32;
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const textOr = (value: unknown, fallback: string): string => (typeof value === 'string' ? value : fallback);

const integer = (value: unknown): AttrValue => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
};

const decodeValue = (value: unknown, depth: number): AttrValue => {
  if (!isObject(value) || depth > MAX_NESTING) return null;
  if (typeof value['stringValue'] === 'string') return value['stringValue'];
  if ('stringValue' in value) return String(value['stringValue']);
  if ('intValue' in value) return integer(value['intValue']);
  if ('doubleValue' in value) return Number(value['doubleValue']);
  if ('boolValue' in value) return value['boolValue'] === true || value['boolValue'] === 'true';
  if ('arrayValue' in value)
    return listOf(own(value['arrayValue'], 'values')).map((v) => decodeValue(v, depth + 1));
  if ('kvlistValue' in value) return decodeAttributes(own(value['kvlistValue'], 'values'), depth + 1);
  if ('bytesValue' in value) return textOr(value['bytesValue'], '');
  return null;
};

/** OTLP/JSON key-value list → attributes. The first of a repeated key wins. */
export const decodeAttributes = (list: unknown, depth = 0): Attributes => {
  const out = emptyAttributes();
  for (const entry of listOf(list)) {
    if (!isObject(entry)) continue;
    const { key, value } = entry;
    if (typeof key === 'string' && out[key] === undefined) out[key] = decodeValue(value, depth);
  }
  return out;
};

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const HEX = /^[0-9a-fA-F]*$/;
const LOWER_HEX = /^(?:[0-9a-f]{16}){1,2}$/;
/** OTLP/JSON writes ids in hex; some exporters write plain proto3 JSON, which is base64. */
const idOf = (value: unknown, bytes: number): string => {
  if (typeof value !== 'string') return '';
  if (value.length === bytes * 2) {
    if (LOWER_HEX.test(value)) return value;
    if (HEX.test(value)) return value.toLowerCase();
  }
  if (value.length !== Math.ceil(bytes / 3) * 4 || !/^[A-Za-z0-9+/]+=*$/.test(value)) return value;
  let bits = '';
  for (const c of value.replace(/=+$/, '')) bits += BASE64.indexOf(c).toString(2).padStart(6, '0');
  return Array.from({ length: bytes }, (_, i) =>
    parseInt(bits.slice(i * 8, i * 8 + 8), 2)
      .toString(16)
      .padStart(2, '0'),
  ).join('');
};

const PLAIN_NANOS = /^[1-9]\d{0,19}$/;
/** Nanoseconds as a decimal string without leading zeros; null for what is no time. */
const nanos = (value: unknown): string | null => {
  if (typeof value === 'string' && PLAIN_NANOS.test(value)) return value;
  const text =
    typeof value === 'number' && Number.isFinite(value) ? BigInt(Math.round(value)).toString() : value;
  return typeof text === 'string' && /^\d{1,20}$/.test(text) ? text.replace(/^0+(?=\d)/, '') : null;
};

const STATUS = { 1: 'ok', 2: 'error', STATUS_CODE_OK: 'ok', STATUS_CODE_ERROR: 'error' } as const;
const statusOf = (value: unknown): RawSpan['status'] => {
  if (value === undefined) return { code: 'unset', message: null };
  const code = own(value, 'code');
  const known = (typeof code === 'number' || typeof code === 'string') && Object.hasOwn(STATUS, code);
  return {
    code: known ? STATUS[code as keyof typeof STATUS] : 'unset',
    message: textOr(own(value, 'message'), '') || null,
  };
};

const parentOf = (value: unknown): string | null => {
  if (value === undefined || value === '') return null;
  const id = idOf(value, 8);
  return /^0*$/.test(id) ? null : id;
};

const countOf = (value: unknown): number => (value === undefined ? 0 : Number(value) || 0);

const spanOf = (span: JsonObject, resource: Attributes): RawSpan => ({
  traceId: idOf(span['traceId'], 16),
  spanId: idOf(span['spanId'], 8),
  parentSpanId: parentOf(span['parentSpanId']),
  name: textOr(span['name'], ''),
  startNano: nanos(span['startTimeUnixNano']) ?? '0',
  endNano: (nanos(span['endTimeUnixNano']) ?? '0').replace(/^0$/, '') || null,
  attributes: decodeAttributes(span['attributes']),
  resource,
  links: listOf(span['links']).map((l) => ({
    traceId: idOf(own(l, 'traceId'), 16),
    spanId: idOf(own(l, 'spanId'), 8),
  })),
  events: listOf(span['events']).map((e) => ({
    name: textOr(own(e, 'name'), ''),
    timeNano: nanos(own(e, 'timeUnixNano')) ?? '0',
    attributes: decodeAttributes(own(e, 'attributes')),
  })),
  status: statusOf(span['status']),
  dropped:
    countOf(span['droppedAttributesCount']) +
    countOf(span['droppedEventsCount']) +
    countOf(span['droppedLinksCount']),
});

/**
 * One `ExportTraceServiceRequest` (or a list of them, or a bare `TracesData`) → raw spans. Never throws: what is no
 * span, or lacks an id or a start, is named in `warnings`.
 */
export const spansFromOtlpJson = (value: unknown): ReadSpans => {
  const out: ReadSpans = { spans: [], warnings: [] };
  for (const request of Array.isArray(value) ? value : [value]) {
    if (!isObject(request) || !Array.isArray(request['resourceSpans'])) {
      out.warnings.push('a part of the trace is no OTLP/JSON request (no resourceSpans) and was not read');
      continue;
    }
    for (const group of request['resourceSpans']) readResource(group, out);
  }
  return out;
};

/** One span of a request, of this resource; what is odd about it is said to `warn`. Null for what is no span. */
export const readSpan = (
  value: unknown,
  resource: Attributes,
  warn: (sentence: string) => void,
): RawSpan | null => {
  if (!isObject(value)) {
    warn('an entry of scopeSpans is no span and was not read');
    return null;
  }
  const raw = spanOf(value, resource);
  if (raw.spanId === '') warn(`span "${raw.name.slice(0, 80)}" has no span id`);
  if (raw.startNano === '0') warn(`span "${raw.name.slice(0, 80)}" has no start time and is ordered first`);
  return raw;
};

const readResource = (group: unknown, out: ReadSpans): void => {
  const resource = decodeAttributes(own(own(group, 'resource'), 'attributes'));
  const scopes = listOf(own(group, 'scopeSpans') ?? own(group, 'instrumentationLibrarySpans'));
  const warn = (sentence: string): void => void out.warnings.push(sentence);
  for (const value of scopes.flatMap((s) => listOf(own(s, 'spans')))) {
    const span = readSpan(value, resource, warn);
    if (span) out.spans.push(span);
  }
};

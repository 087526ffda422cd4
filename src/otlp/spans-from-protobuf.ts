import { isObject, own, type JsonObject } from '../forensics/read/json.ts';
import {
  emptyAttributes,
  type Attributes,
  type AttrValue,
  type RawSpan,
  type ReadSpans,
} from '../forensics/read/raw-span.ts';
import { messageFromProtobuf } from './proto.ts';

const MAX_NESTING = 32;
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const hexOf = (value: unknown): string =>
  value instanceof Uint8Array && value.length > 0
    ? Buffer.from(value.buffer, value.byteOffset, value.length).toString('hex')
    : '';

interface Long {
  low: number;
  high: number;
}
const isLong = (value: unknown): value is Long =>
  isObject(value) && typeof value['low'] === 'number' && typeof value['high'] === 'number';
const TWO_32 = 4_294_967_296;

/** A 64-bit integer, signed where `high` is: a number below 2^53, else its decimal digits. */
const integer = (value: unknown): number | string => {
  if (!isLong(value)) return Number(value);
  const number = value.high * TWO_32 + (value.low >>> 0);
  return Number.isSafeInteger(number)
    ? number
    : String((BigInt(value.high) << 32n) + BigInt(value.low >>> 0));
};

const nanosOf = (value: unknown): string =>
  isLong(value)
    ? String((BigInt(value.high >>> 0) << 32n) + BigInt(value.low >>> 0))
    : String(typeof value === 'number' ? value : 0);

const valueOf = (any: unknown, depth: number): AttrValue => {
  if (!isObject(any) || depth > MAX_NESTING) return null;
  if (Object.hasOwn(any, 'stringValue')) return textOf(any['stringValue']);
  if (Object.hasOwn(any, 'intValue')) return integer(any['intValue']);
  if (Object.hasOwn(any, 'doubleValue')) return Number(any['doubleValue']);
  if (Object.hasOwn(any, 'boolValue')) return any['boolValue'] === true;
  if (Object.hasOwn(any, 'arrayValue'))
    return listOf(own(any['arrayValue'], 'values')).map((entry) => valueOf(entry, depth + 1));
  if (Object.hasOwn(any, 'kvlistValue')) return attributesOf(own(any['kvlistValue'], 'values'), depth + 1);
  const bytes = own(any, 'bytesValue');
  return bytes instanceof Uint8Array ? Buffer.from(bytes).toString('base64') : null;
};

const attributesOf = (list: unknown, depth = 0): Attributes => {
  const out = emptyAttributes();
  for (const entry of listOf(list)) {
    if (!isObject(entry)) continue;
    const key = textOf(entry['key']);
    if (!(key in out)) out[key] = valueOf(entry['value'], depth);
  }
  return out;
};

const STATUS = ['unset', 'ok', 'error'] as const;

const spanOf = (span: JsonObject, resource: Attributes): RawSpan => ({
  traceId: hexOf(span['traceId']),
  spanId: hexOf(span['spanId']),
  parentSpanId: hexOf(span['parentSpanId']).replace(/^0+$/, '') || null,
  name: textOf(span['name']),
  startNano: nanosOf(span['startTimeUnixNano']),
  endNano: nanosOf(span['endTimeUnixNano']).replace(/^0$/, '') || null,
  attributes: attributesOf(span['attributes']),
  resource,
  links: listOf(span['links']).map((link) => ({
    traceId: hexOf(own(link, 'traceId')),
    spanId: hexOf(own(link, 'spanId')),
  })),
  events: listOf(span['events']).map((event) => ({
    name: textOf(own(event, 'name')),
    timeNano: nanosOf(own(event, 'timeUnixNano')),
    attributes: attributesOf(own(event, 'attributes')),
  })),
  status: {
    code: STATUS[Number(own(span['status'], 'code') ?? 0)] ?? 'unset',
    message: textOf(own(span['status'], 'message')) || null,
  },
  dropped:
    Number(span['droppedAttributesCount']) +
    Number(span['droppedEventsCount']) +
    Number(span['droppedLinksCount']),
});

/** A protobuf `ExportTraceServiceRequest` → the spans that its OTLP/JSON twin would give. Throws for anything else. */
export const spansFromProtobuf = (bytes: Uint8Array): ReadSpans => {
  const out: ReadSpans = { spans: [], warnings: [] };
  for (const group of listOf(own(messageFromProtobuf(bytes), 'resourceSpans'))) {
    const resource = attributesOf(own(own(group, 'resource'), 'attributes'));
    for (const scope of listOf(own(group, 'scopeSpans')))
      for (const span of listOf(own(scope, 'spans')))
        if (isObject(span)) out.spans.push(spanOf(span, resource));
  }
  for (const { startNano, name } of out.spans)
    if (startNano === '0')
      out.warnings.push(`span "${name.slice(0, 80)}" has no start time and is ordered first`);
  return out;
};

import {
  emptyAttributes,
  type Attributes,
  type AttrValue,
  type RawSpan,
  type ReadSpans,
} from '../forensics/read/raw-span.ts';
import { Wire } from './wire.ts';

/*
 * What Holdpoint reads of opentelemetry-proto 1.x (trace/v1, common/v1, resource/v1); other fields are skipped. Each
 * case is a field's number and wire type: `number << 3 | type`, 0 varint, 1 eight bytes, 2 length-delimited.
 */

const MAX_NESTING = 32;

/** AnyValue. */
const valueOf = (wire: Wire, depth: number): AttrValue => {
  let value: AttrValue = null;
  for (const end = wire.enter(); wire.hasMore(end);) {
    const tag = wire.tag();
    if (depth > MAX_NESTING) wire.skip(tag);
    else if (tag === 0x0a) value = wire.text();
    else if (tag === 0x10) value = wire.bool();
    else if (tag === 0x18) value = wire.integer();
    else if (tag === 0x21) value = wire.double();
    else if (tag === 0x2a) value = listOf(wire, depth + 1);
    else if (tag === 0x32) value = mapOf(wire, depth + 1);
    else if (tag === 0x3a) value = wire.base64();
    else wire.skip(tag);
  }
  return value;
};

/** ArrayValue. */
const listOf = (wire: Wire, depth: number): AttrValue[] => {
  const list: AttrValue[] = [];
  for (const end = wire.enter(); wire.hasMore(end);) {
    const tag = wire.tag();
    if (tag === 0x0a) list.push(valueOf(wire, depth));
    else wire.skip(tag);
  }
  return list;
};

/** KeyValueList. */
const mapOf = (wire: Wire, depth: number): Attributes => {
  const map = emptyAttributes();
  for (const end = wire.enter(); wire.hasMore(end);) {
    const tag = wire.tag();
    if (tag === 0x0a) readPair(wire, map, depth);
    else wire.skip(tag);
  }
  return map;
};

/** KeyValue. The first of a repeated key wins. */
const readPair = (wire: Wire, into: Attributes, depth = 0): void => {
  let key = '';
  let value: AttrValue = null;
  for (const end = wire.enter(); wire.hasMore(end);) {
    const tag = wire.tag();
    if (tag === 0x0a) key = wire.name();
    else if (tag === 0x12) value = valueOf(wire, depth);
    else wire.skip(tag);
  }
  if (into[key] === undefined) into[key] = value;
};

const readEvent = (wire: Wire): RawSpan['events'][number] => {
  const event = { name: '', timeNano: '0', attributes: emptyAttributes() };
  for (const end = wire.enter(); wire.hasMore(end);) {
    const tag = wire.tag();
    if (tag === 0x09) event.timeNano = wire.fixed64();
    else if (tag === 0x12) event.name = wire.name();
    else if (tag === 0x1a) readPair(wire, event.attributes);
    else wire.skip(tag);
  }
  return event;
};

const readLink = (wire: Wire): RawSpan['links'][number] => {
  const link = { traceId: '', spanId: '' };
  for (const end = wire.enter(); wire.hasMore(end);) {
    const tag = wire.tag();
    if (tag === 0x0a) link.traceId = wire.hex();
    else if (tag === 0x12) link.spanId = wire.hex();
    else wire.skip(tag);
  }
  return link;
};

const STATUS = ['unset', 'ok', 'error'] as const;
const readStatus = (wire: Wire): RawSpan['status'] => {
  const status: RawSpan['status'] = { code: 'unset', message: null };
  for (const end = wire.enter(); wire.hasMore(end);) {
    const tag = wire.tag();
    if (tag === 0x12) status.message = wire.text() || null;
    else if (tag === 0x18) status.code = STATUS[wire.count()] ?? 'unset';
    else wire.skip(tag);
  }
  return status;
};

const parentOf = (id: string): string | null => (/^0*$/.test(id) ? null : id);
const endOf = (nanos: string): string | null => (nanos === '0' ? null : nanos);

const readSpan = (wire: Wire, resource: Attributes): RawSpan => {
  const span: RawSpan = {
    traceId: '',
    spanId: '',
    parentSpanId: null,
    name: '',
    startNano: '0',
    endNano: null,
    attributes: emptyAttributes(),
    resource,
    links: [],
    events: [],
    status: { code: 'unset', message: null },
    dropped: 0,
  };
  for (const end = wire.enter(); wire.hasMore(end);) readSpanField(wire, wire.tag(), span);
  return span;
};

const readSpanField = (wire: Wire, tag: number, span: RawSpan): void => {
  if (tag === 0x0a) span.traceId = wire.hex();
  else if (tag === 0x12) span.spanId = wire.hex();
  else if (tag === 0x22) span.parentSpanId = parentOf(wire.hex());
  else if (tag === 0x2a) span.name = wire.name();
  else if (tag === 0x39) span.startNano = wire.fixed64();
  else if (tag === 0x41) span.endNano = endOf(wire.fixed64());
  else if (tag === 0x4a) readPair(wire, span.attributes);
  else if (tag === 0x5a) span.events.push(readEvent(wire));
  else if (tag === 0x6a) span.links.push(readLink(wire));
  else if (tag === 0x7a) span.status = readStatus(wire);
  // Attributes, events and links that the exporter dropped.
  else if (tag === 0x50 || tag === 0x60 || tag === 0x70) span.dropped += wire.count();
  else wire.skip(tag);
};

/** Spans of one resource: those that stand before it in the bytes are its own too. */
const readResource = (wire: Wire, spans: RawSpan[]): void => {
  const resource = emptyAttributes();
  for (const end = wire.enter(); wire.hasMore(end);) {
    const tag = wire.tag();
    if (tag === 0x0a) readAttributes(wire, resource);
    else if (tag === 0x12) readScope(wire, resource, spans);
    else wire.skip(tag);
  }
};

/** Resource. */
const readAttributes = (wire: Wire, into: Attributes): void => {
  for (const end = wire.enter(); wire.hasMore(end);) {
    const tag = wire.tag();
    if (tag === 0x0a) readPair(wire, into);
    else wire.skip(tag);
  }
};

/** ScopeSpans. */
const readScope = (wire: Wire, resource: Attributes, spans: RawSpan[]): void => {
  for (const end = wire.enter(); wire.hasMore(end);) {
    const tag = wire.tag();
    if (tag === 0x12) spans.push(readSpan(wire, resource));
    else wire.skip(tag);
  }
};

/** A protobuf `ExportTraceServiceRequest` → the spans that its OTLP/JSON twin would give. Throws for anything else. */
export const spansFromProtobuf = (bytes: Uint8Array): ReadSpans => {
  const out: ReadSpans = { spans: [], warnings: [] };
  const wire = new Wire(bytes);
  while (wire.hasMore(wire.length)) {
    const tag = wire.tag();
    if (tag === 0x0a) readResource(wire, out.spans);
    else wire.skip(tag);
  }
  for (const { startNano, name } of out.spans)
    if (startNano === '0')
      out.warnings.push(`span "${name.slice(0, 80)}" has no start time and is ordered first`);
  return out;
};

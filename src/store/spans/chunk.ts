import {
  emptyAttributes,
  type Attributes,
  type AttrValue,
  type RawSpan,
} from '../../forensics/read/raw-span.ts';
import { decodeOtlp } from '../../otlp/decode.ts';

/** A request as it was sent, or, where not all of it was taken, its spans as JSON. */
export type ChunkEncoding = 'json' | 'protobuf' | 'spans';

/** JSON gave objects a prototype; attributes of a trace have none. */
const bare = (value: AttrValue): AttrValue => {
  if (Array.isArray(value)) return value.map(bare);
  return typeof value === 'object' && value !== null ? bareAttributes(value) : value;
};

const bareAttributes = (attributes: Attributes): Attributes => {
  const out = emptyAttributes();
  for (const [key, value] of Object.entries(attributes)) out[key] = bare(value);
  return out;
};

/** A span that was kept as JSON, or cloned, with its bags as they were. */
export const reviveSpan = (span: RawSpan): RawSpan => ({
  ...span,
  attributes: bareAttributes(span.attributes),
  resource: bareAttributes(span.resource),
  events: span.events.map((event) => ({ ...event, attributes: bareAttributes(event.attributes) })),
});

export const encodeSpans = (spans: readonly RawSpan[]): Buffer => Buffer.from(JSON.stringify(spans));

/** Every span of a chunk, in the order in which it was sent. */
export const decodeChunk = (encoding: ChunkEncoding, body: Buffer): RawSpan[] =>
  encoding === 'spans'
    ? (JSON.parse(body.toString('utf8')) as RawSpan[]).map(reviveSpan)
    : decodeOtlp(body, encoding).spans;

import {
  emptyAttributes,
  type Attributes,
  type AttrValue,
  type RawSpan,
} from '../../forensics/read/raw-span.ts';

/** A span without its resource, which many spans share and one row holds. */
export type SpanBody = Omit<RawSpan, 'resource'>;

/** Whole milliseconds of a nanosecond time; 0 for what is no time. */
export const msOf = (nanos: string): number => {
  const ms = Number(nanos) / 1e6;
  return Number.isSafeInteger(Math.floor(ms)) ? Math.floor(ms) : 0;
};

/** JSON gave objects a prototype; attributes of a trace have none. */
const bare = (value: AttrValue): AttrValue => {
  if (Array.isArray(value)) return value.map(bare);
  return typeof value === 'object' && value !== null ? bareAttributes(value) : value;
};

export const bareAttributes = (attributes: Attributes): Attributes => {
  const out = emptyAttributes();
  for (const [key, value] of Object.entries(attributes)) out[key] = bare(value);
  return out;
};

/** The span as it was before it was written as JSON. */
export const reviveSpan = (body: SpanBody, resource: Attributes): RawSpan => ({
  ...body,
  attributes: bareAttributes(body.attributes),
  resource,
  events: body.events.map((event) => ({ ...event, attributes: bareAttributes(event.attributes) })),
});

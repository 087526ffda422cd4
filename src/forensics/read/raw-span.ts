/** A decoded attribute. Objects have no prototype; 64-bit integers beyond 2^53 stay strings. */
export type AttrValue = string | number | boolean | null | AttrValue[] | { [key: string]: AttrValue };
export type Attributes = { [key: string]: AttrValue };

/**
 * One OTLP span, decoded and neutral of the wire it came over (JSON or protobuf). Ids are lower-case hex, times are
 * nanoseconds since the epoch as decimal strings; `endNano` is null while a span has not ended.
 */
export interface RawSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  name: string;
  startNano: string;
  endNano: string | null;
  attributes: Attributes;
  resource: Attributes;
  links: { traceId: string; spanId: string }[];
  events: { name: string; timeNano: string; attributes: Attributes }[];
  status: { code: 'unset' | 'ok' | 'error'; message: string | null };
  /** How many attributes, events and links the exporter says it dropped. */
  dropped: number;
  /** Names of attributes that the store is known to have cut. */
  cut?: string[];
}

/** Spans, and what could not be read of the source, in sentences for the completeness report. */
export interface ReadSpans {
  spans: RawSpan[];
  warnings: string[];
}

/** Instances inherit nothing and are still objects with a shape, which are several times faster to fill and to read. */
const Bag = function () {} as unknown as { new (): Attributes; prototype: unknown };
Bag.prototype = Object.create(null);

/** An attribute bag that a hostile key such as `__proto__` cannot bend. */
export const emptyAttributes = (): Attributes => new Bag();

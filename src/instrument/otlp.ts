import type { SessionOutcome } from '../domain/session/outcome.ts';

export type AttributeValue = string | number | boolean | string[];
export type Attributes = Record<string, AttributeValue | null | undefined>;

/** A finished span. Ids are lower-case hex, times are nanoseconds since the epoch. */
export interface FinishedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  name: string;
  kind: 'internal' | 'client';
  startNs: bigint;
  endNs: bigint;
  attributes: Attributes;
  error: string | null;
  links: SpanLink[];
}

/** Points at a span of another trace: the step that spawned this session. */
export interface SpanLink {
  traceId: string;
  spanId: string;
}

export type Outcome = SessionOutcome;

const SPAN_KIND = { internal: 1, client: 3 };
const STATUS_ERROR = 2;

const anyValue = (value: AttributeValue): Record<string, unknown> => {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
};

const toAttributes = (attributes: Attributes): unknown[] =>
  Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined || value === null ? [] : [{ key, value: anyValue(value) }],
  );

const toSpan = (span: FinishedSpan): unknown => ({
  traceId: span.traceId,
  spanId: span.spanId,
  ...(span.parentSpanId === null ? {} : { parentSpanId: span.parentSpanId }),
  name: span.name,
  kind: SPAN_KIND[span.kind],
  startTimeUnixNano: String(span.startNs),
  endTimeUnixNano: String(span.endNs),
  attributes: toAttributes(span.attributes),
  ...(span.links.length === 0 ? {} : { links: span.links }),
  ...(span.error === null ? {} : { status: { code: STATUS_ERROR, message: span.error } }),
});

/** One OTLP/JSON `ExportTraceServiceRequest`: camelCase, hex ids, 64-bit integers as strings. */
export const toExportRequest = (spans: readonly FinishedSpan[], resource: Attributes): unknown => ({
  resourceSpans: [
    {
      resource: { attributes: toAttributes({ 'telemetry.sdk.language': 'nodejs', ...resource }) },
      scopeSpans: [{ scope: { name: 'holdpoint.instrument' }, spans: spans.map(toSpan) }],
    },
  ],
});

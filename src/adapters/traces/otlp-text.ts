import type { Attributes, AttrValue, RawSpan } from '../../forensics/read/raw-span.ts';

const valueOf = (value: AttrValue): Record<string, unknown> => {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && !Object.is(value, -0)
      ? { intValue: String(value) }
      : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(valueOf) } };
  return { kvlistValue: { values: listOf(value) } };
};

const listOf = (attributes: Attributes): unknown[] =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));

const STATUS = { unset: 0, ok: 1, error: 2 } as const;

const spanOf = (span: RawSpan): unknown => ({
  traceId: span.traceId,
  spanId: span.spanId,
  ...(span.parentSpanId === null ? {} : { parentSpanId: span.parentSpanId }),
  name: span.name,
  startTimeUnixNano: span.startNano,
  ...(span.endNano === null ? {} : { endTimeUnixNano: span.endNano }),
  attributes: listOf(span.attributes),
  ...(span.links.length === 0 ? {} : { links: span.links }),
  ...(span.events.length === 0
    ? {}
    : {
        events: span.events.map(({ name, timeNano, attributes }) => ({
          name,
          timeUnixNano: timeNano,
          attributes: listOf(attributes),
        })),
      }),
  status: {
    code: STATUS[span.status.code],
    ...(span.status.message === null ? {} : { message: span.status.message }),
  },
  ...(span.dropped === 0 ? {} : { droppedAttributesCount: span.dropped }),
});

/** Spans → one OTLP/JSON `ExportTraceServiceRequest`, which `spansFromOtlpJson` and any other reader reads back. */
export const toOtlpJson = (spans: readonly RawSpan[]): string => {
  const groups = new Map<Attributes, RawSpan[]>();
  for (const span of spans) {
    const members = groups.get(span.resource) ?? [];
    groups.set(span.resource, members);
    members.push(span);
  }
  const resourceSpans = [...groups].map(([resource, members]) => ({
    resource: { attributes: listOf(resource) },
    scopeSpans: [{ spans: members.map(spanOf) }],
  }));
  return JSON.stringify({ resourceSpans });
};

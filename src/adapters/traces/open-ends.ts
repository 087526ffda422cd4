import { placeKey } from '../../forensics/read/foreign.ts';
import type { RawSpan } from '../../forensics/read/raw-span.ts';

/**
 * Signs that a trace is not all there, in sentences: a store shows an unfinished trace as if it were finished. Empty
 * when every parent exists and each root has ended.
 */
export const openEnds = (spans: readonly RawSpan[]): string[] => {
  const keys = new Set(spans.map((span) => placeKey(span.traceId, span.spanId)));
  const traces = new Set(spans.map((span) => span.traceId));
  const orphans = new Map<string, number>();
  const running = new Set<string>();
  for (const { traceId, parentSpanId, endNano } of spans) {
    if (parentSpanId === null && endNano === null) running.add(traceId);
    if (parentSpanId !== null && !keys.has(placeKey(traceId, parentSpanId)))
      orphans.set(traceId, (orphans.get(traceId) ?? 0) + 1);
  }
  return [...traces].flatMap((traceId) => {
    const count = orphans.get(traceId) ?? 0;
    return [
      ...(running.has(traceId) ? [`the root of trace ${traceId} has not ended`] : []),
      ...(count > 0
        ? [
            `trace ${traceId} is not finished or has lost spans: the store has no parent of ${count} of its spans`,
          ]
        : []),
    ];
  });
};

import type { RawSpan } from './raw-span.ts';

const keyOf = (traceId: string, spanId: string): string => `${traceId}/${spanId}`;

/** Compares decimal strings as numbers, without building big integers. */
export const compareNanos = (a: string, b: string): number =>
  a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

/** What the order of steps is made of. */
export type Placed = Pick<RawSpan, 'traceId' | 'spanId' | 'parentSpanId' | 'startNano' | 'name'>;

export interface Ordered<S extends Placed = RawSpan> {
  spans: S[];
  /** Spans whose parent is named and not there. */
  orphans: string[];
  duplicates: number;
  warnings: string[];
}

/** How deep each span lies below its root; a span on a cycle counts as a root. Each span is visited once. */
const depthsOf = <S extends Placed>(
  spans: S[],
  byKey: Map<string, S>,
  warnings: string[],
): Map<S, number> => {
  const depths = new Map<S, number>();
  for (const span of spans) {
    const path: S[] = [];
    const onPath = new Set<S>();
    let at: S | undefined = span;
    while (at && !depths.has(at) && !onPath.has(at)) {
      path.push(at);
      onPath.add(at);
      at = at.parentSpanId === null ? undefined : byKey.get(keyOf(at.traceId, at.parentSpanId));
    }
    if (at && onPath.has(at))
      warnings.push(`spans name each other as parents (cycle at ${at.spanId}); they are read as roots`);
    let depth = at ? (depths.get(at) ?? -1) : -1;
    for (const one of path.toReversed()) depths.set(one, (depth += 1));
  }
  return depths;
};

/**
 * The one step order of this project: by start time, a parent before its children, then by span id. The first of
 * several spans with one id wins; an id that is missing is replaced, so that the span still counts.
 */
export const inStepOrder = <S extends Placed>(raw: S[]): Ordered<S> => {
  const byKey = new Map<string, S>();
  const warnings: string[] = [];
  let duplicates = 0;
  let differing = 0;
  raw.forEach((span, index) => {
    const named = span.spanId === '' ? { ...span, spanId: `unnamed-${index}` } : span;
    const key = keyOf(named.traceId, named.spanId);
    const first = byKey.get(key);
    if (!first) return void byKey.set(key, named);
    duplicates += 1;
    if (first.name !== named.name || first.startNano !== named.startNano) differing += 1;
  });
  if (differing > 0)
    warnings.push(`${differing} spans share an id with another span and differ from it; the first was kept`);
  const spans = [...byKey.values()];
  const orphans = spans
    .filter((s) => s.parentSpanId !== null && !byKey.has(keyOf(s.traceId, s.parentSpanId)))
    .map((s) => s.spanId);
  const depths = depthsOf(spans, byKey, warnings);
  spans.sort(
    (a, b) =>
      compareNanos(a.startNano, b.startNano) ||
      (depths.get(a) ?? 0) - (depths.get(b) ?? 0) ||
      (a.spanId < b.spanId ? -1 : a.spanId > b.spanId ? 1 : a.traceId < b.traceId ? -1 : 1),
  );
  return { spans, orphans, duplicates, warnings };
};

import { placeKey } from '../../forensics/read/foreign.ts';
import { compareNanos } from '../../forensics/read/order.ts';
import type { RawSpan } from '../../forensics/read/raw-span.ts';

/** Clocks of two machines differ, and some stores round. */
const SKEW_NANO = 1_000_000_000n;

/** The earliest start of some spans. */
export const startNanoOf = (spans: readonly RawSpan[]): string =>
  spans.reduce(
    (first, { startNano }) => (first === '' || compareNanos(startNano, first) < 0 ? startNano : first),
    '',
  ) || '0';

/**
 * Of some candidate traces the spans of those that a link joins to the known spans, in either direction. A joined trace
 * began after the span that it is joined to: what came before did not come out of the session.
 */
export const joinedTraces = (known: readonly RawSpan[], candidates: readonly RawSpan[]): RawSpan[] => {
  const byKey = new Map(known.map((span) => [placeKey(span.traceId, span.spanId), span]));
  const knownTraces = new Set(known.map((span) => span.traceId));
  const traces = new Map<string, RawSpan[]>();
  for (const span of candidates) {
    const list = traces.get(span.traceId) ?? [];
    traces.set(span.traceId, list);
    list.push(span);
  }
  const outgoing = new Map<string, string[]>();
  for (const span of known)
    for (const { traceId } of span.links)
      outgoing.set(traceId, [...(outgoing.get(traceId) ?? []), span.startNano]);
  const joins = (traceId: string, members: RawSpan[]): boolean => {
    const incoming = members.flatMap(({ links }) =>
      links
        .filter((link) => knownTraces.has(link.traceId))
        .map((link) => byKey.get(placeKey(link.traceId, link.spanId))?.startNano ?? '0'),
    );
    const began = BigInt(startNanoOf(members)) + SKEW_NANO;
    return [...incoming, ...(outgoing.get(traceId) ?? [])].some((nano) => BigInt(nano) <= began);
  };
  return [...traces]
    .filter(([traceId, members]) => joins(traceId, members))
    .flatMap(([, members]) => members);
};

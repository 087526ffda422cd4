/** Where a span stands, and the session that it names itself, if any. Keys are `trace/span`. */
export interface Place {
  key: string;
  parentKey: string | null;
  sessionId: string | null;
}
export const placeKey = (traceId: string, spanId: string): string => `${traceId}/${spanId}`;

/**
 * Spans of a shared trace that belong to other sessions: on the way up from them, themselves included, some session is
 * named and it is never ours. What a session spawned within its trace stays with it, under whatever session id.
 */
export const foreignTo = (sessionId: string, places: readonly Place[]): string[] => {
  if (places.every((place) => place.sessionId === null || place.sessionId === sessionId)) return [];
  const byKey = new Map<string, Place>();
  for (const place of places) if (!byKey.has(place.key)) byKey.set(place.key, place);
  const verdicts = new Map<Place, 'ours' | 'other' | 'nobody'>();
  for (const place of byKey.values()) {
    const path: Place[] = [];
    const seen = new Set<Place>();
    let at: Place | undefined = place;
    while (at && !verdicts.has(at) && !seen.has(at)) {
      path.push(at);
      seen.add(at);
      at = at.parentKey === null ? undefined : byKey.get(at.parentKey);
    }
    let verdict = (at && verdicts.get(at)) ?? 'nobody';
    for (const one of path.toReversed()) {
      if (one.sessionId === sessionId) verdict = 'ours';
      else if (one.sessionId !== null && verdict === 'nobody') verdict = 'other';
      verdicts.set(one, verdict);
    }
  }
  return [...verdicts].filter(([, verdict]) => verdict === 'other').map(([place]) => place.key);
};

import type { FactOf, FactType, IncidentEvent } from '../event.ts';
import type { IncidentState } from '../state.ts';

export interface Stamp {
  at: number;
  by: IncidentEvent['by'];
}

/** How each fact changes the state; an entry a fact, in one file a subject. */
export type Evolution<T extends FactType = FactType> = {
  [K in T]: (state: IncidentState, data: FactOf<K>['data'], stamp: Stamp) => IncidentState;
};

/** A copy of `record` with one entry changed; unknown keys change nothing. */
export function patchEntry<V>(
  record: Record<string, V>,
  key: string,
  patch: (value: V) => V,
): Record<string, V> {
  const value = Object.hasOwn(record, key) ? record[key] : undefined;
  return value === undefined ? record : { ...record, [key]: patch(value) };
}

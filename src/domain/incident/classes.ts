import { allOf, isEmpty, minus, union, type Ranges } from './ranges.ts';
import type { ClassState, IncidentState } from './state.ts';

/** A person may make a class irreversible; nothing makes an irreversible one reversible. */
export const kindOf = (item: ClassState): 'reversible' | 'irreversible' =>
  item.classifiedAs === 'irreversible' ? 'irreversible' : item.spec.kind;

export const hasNoEffect = (item: ClassState): boolean => item.classifiedAs === 'no_effect';
export const needsClassifying = (item: ClassState): boolean =>
  !item.superseded && item.spec.unknownTool && item.classifiedAs === null;

/** Ordered and not reported yet. */
export const inFlight = (item: ClassState): Ranges =>
  minus(minus(item.ordered, item.done), union(item.notDone, item.uncertain));

/** What a sign-off may be asked for: a person may ask again for what was declined, the engine may not. */
export function askable(item: ClassState, byPerson: boolean): Ranges {
  const settled = union(item.authorised, item.done);
  return minus(allOf(item.spec.count), byPerson ? settled : union(settled, item.declined));
}

/** Nothing of the class waits for a person or the engine any more. */
export function isSettled(item: ClassState): boolean {
  if (!isEmpty(item.uncertain) || !isEmpty(inFlight(item))) return false;
  if (item.superseded || hasNoEffect(item)) return true;
  if (needsClassifying(item)) return false;
  const all = allOf(item.spec.count);
  return kindOf(item) === 'irreversible'
    ? isEmpty(minus(all, item.authorised)) && isEmpty(minus(all, item.remediated))
    : isEmpty(minus(all, union(item.done, item.declined)));
}

export const activeClasses = (state: IncidentState): ClassState[] =>
  Object.values(state.classes).filter((item) => !item.superseded);

/** Irreversible classes whose plan is not signed for every action. */
export const unplannedClasses = (state: IncidentState): ClassState[] =>
  activeClasses(state).filter(
    (item) =>
      kindOf(item) === 'irreversible' &&
      !hasNoEffect(item) &&
      !isEmpty(minus(allOf(item.spec.count), item.authorised)),
  );

export const isGlassOpen = (state: IncidentState): boolean =>
  Object.values(state.signOffs).some((request) => request.glass && !request.glass.countersignedBy);

/** Someone took an irreversible action: not what a person found to have had no effect. */
export const hasIrreversible = (state: IncidentState): boolean =>
  activeClasses(state).some((item) => kindOf(item) === 'irreversible' && !hasNoEffect(item));

/** The sign-off binds the plan's digest and, for irreversible actions, the remediation plan's. */
export const seenOf = (planSha256: string, remediation: { sha256: string } | null): string =>
  remediation ? `${planSha256}.${remediation.sha256}` : planSha256;

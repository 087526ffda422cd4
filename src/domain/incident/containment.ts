import type { ContainmentStatus, Seal } from './vocabulary.ts';
import type { IncidentState, TargetState } from './state.ts';

const contained: readonly ContainmentStatus[] = ['confirmed', 'already_ended', 'taken_over'];

/** Confirmed by the adapter, over before we came, or answered for by a person. Silence is none of these. */
export const isContained = (target: TargetState): boolean => contained.includes(target.status);

export const targetsOf = (state: IncidentState, sessionId: string): TargetState[] =>
  Object.values(state.targets).filter((target) => target.sessionId === sessionId);

/** Promise 1: nothing but metadata of a session is read before this. */
export const isSessionContained = (state: IncidentState, sessionId: string): boolean => {
  const targets = targetsOf(state, sessionId);
  return targets.length > 0 && targets.every(isContained);
};

/** Clocks of agents and of Temporal may differ; a step that began this soon after a stop says nothing. */
export const CLOCKS_DIFFER_MS = 5_000;

/** Targets whose stop was confirmed and whose session, as it was sealed, began a step after that. */
export const wentOn = (state: IncidentState, { sessionId, lastStepStartedAtMs }: Seal): TargetState[] =>
  targetsOf(state, sessionId).filter(
    ({ status, settledAt }) =>
      status === 'confirmed' && (lastStepStartedAtMs ?? 0) > (settledAt ?? Infinity) + CLOCKS_DIFFER_MS,
  );

export const isAllContained = (state: IncidentState): boolean =>
  Object.keys(state.sessions).length > 0 &&
  Object.keys(state.sessions).every((sessionId) => isSessionContained(state, sessionId));

import type { IncidentState } from './state.ts';

/** What the re-hash of the evidence rests on: the newest seal of every session. */
export const sealsBasis = (state: IncidentState): string =>
  'seals:' +
  Object.values(state.sessions)
    .map((session) => `${session.seal?.sealNumber ?? 0}.${session.seal?.manifestSha256.slice(0, 12) ?? '-'}`)
    .sort()
    .join(',')
    .slice(0, 400);

/** Sessions whose newest seal has been analysed. */
const analysed = (state: IncidentState): string[] =>
  Object.values(state.sessions)
    .filter((session) => session.analysis)
    .map((session) => session.analysis!.analysisSha256.slice(0, 10));

/**
 * What the blast radius rests on. Until a person confirmed the origin it is the union over every likely one; it
 * changes with a later seal, a corrected origin, another session or another policy.
 */
export const mapBasis = (state: IncidentState): string => {
  const origin = state.origin ? `${state.origin.sessionId}#${state.origin.step}` : 'likely';
  const reclassified = Object.values(state.classes)
    .filter((item) => item.classifiedAs)
    .map((item) => item.spec.tool)
    .sort();
  return `map:${origin};${analysed(state).sort().join(',')};${state.policy.version};${[...new Set(reclassified)].join(',')}`.slice(
    0,
    500,
  );
};

export const isMapStale = (state: IncidentState): boolean =>
  analysed(state).length > 0 && state.blast?.basis !== mapBasis(state);

/** What an eval regression or a live rule was proven against. */
export const lessonBasis = (state: IncidentState): string =>
  `lesson:${state.origin?.sessionId ?? '-'}#${state.origin?.step ?? 0};${state.mode.confirmed ?? '-'}`.slice(
    0,
    500,
  );

import { sizeOf } from './ranges.ts';
import type { IncidentState } from './state.ts';
import type { RunItem } from './vocabulary.ts';

/** FNV-1a, 64 bits: tells a long basis from another; nothing is proven by it. */
function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i += 1)
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}

/** A basis of at most `max` characters that still changes when its end does. */
const bounded = (basis: string, max: number): string =>
  basis.length <= max ? basis : `${basis.slice(0, max - 17)}~${fingerprint(basis)}`;

/** What the re-hash of the evidence rests on: the newest seal of every session. */
export const sealsBasis = (state: IncidentState): string => {
  const seals = Object.values(state.sessions).map(
    ({ seal }) => `${seal?.sealNumber ?? 0}.${seal?.manifestSha256.slice(0, 12) ?? '-'}`,
  );
  return bounded(`seals:${seals.sort().join(',')}`, 406);
};

/** Sessions whose newest seal has been analysed. */
const analysed = (state: IncidentState): string[] =>
  Object.values(state.sessions)
    .filter((session) => session.analysis)
    .map((session) => session.analysis!.analysisSha256.slice(0, 10));

/**
 * What the blast radius rests on. Until a person confirmed the origin it is the union over every likely one; it
 * changes with a later seal, a corrected origin, another session or another policy; and when a reversal of a replaced
 * list turns out not to have happened, for the newer list had left that action out as done.
 */
export const mapBasis = (state: IncidentState): string => {
  const origin = state.origin ? `${state.origin.sessionId}#${state.origin.step}` : 'likely';
  const reclassified = Object.values(state.classes)
    .filter((item) => item.classifiedAs)
    .map((item) => item.spec.tool)
    .sort();
  const undone = Object.values(state.classes)
    .filter((item) => item.superseded)
    .reduce((sum, item) => sum + sizeOf(item.notDone), 0);
  const parts = [
    origin,
    analysed(state).sort().join(','),
    state.policy.version,
    [...new Set(reclassified)].join(','),
  ];
  return bounded(`map:${parts.join(';')}${undone > 0 ? `;undone ${undone}` : ''}`, 500);
};

export const isMapStale = (state: IncidentState): boolean =>
  analysed(state).length > 0 && state.blast?.basis !== mapBasis(state);

/** What an eval regression or a live rule was proven against. */
export const lessonBasis = (state: IncidentState): string =>
  `lesson:${state.origin?.sessionId ?? '-'}#${state.origin?.step ?? 0};${state.mode.confirmed ?? '-'}`.slice(
    0,
    500,
  );

/** What the proof of an item rests on, or what two people attest of it. */
export const itemBasis = (state: IncidentState, item: RunItem): string =>
  item === 'trace_exported' ? sealsBasis(state) : lessonBasis(state);

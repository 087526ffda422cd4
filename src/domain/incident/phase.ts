import { isAllContained } from './containment.ts';
import { isMapStale } from './basis.ts';
import { isSettled } from './classes.ts';
import type { IncidentState } from './state.ts';

/** The runbook's order, as people read it. */
export const phases = [
  'find_session',
  'contain',
  'preserve',
  'classify',
  'locate',
  'map',
  'sign_off',
  'postmortem',
  'distribute',
  'close',
  'ended',
] as const;
export type Phase = (typeof phases)[number];

const waits: readonly (readonly [Phase, (state: IncidentState) => boolean])[] = [
  ['find_session', (state) => Object.keys(state.sessions).length === 0],
  ['contain', (state) => !isAllContained(state)],
  ['preserve', (state) => Object.values(state.sessions).some((session) => !session.seal)],
  ['classify', (state) => state.mode.confirmed === null],
  ['locate', (state) => state.origin === null || state.cascade === null],
  ['map', isMapStale],
  ['sign_off', (state) => Object.values(state.classes).some((item) => !isSettled(item))],
  ['postmortem', (state) => !state.postmortem.final],
  ['distribute', (state) => state.distributed?.version !== state.postmortem.version],
];

/** The first phase that is not over. */
export const phaseOf = (state: IncidentState): Phase =>
  state.status !== 'open' ? 'ended' : (waits.find(([, isOpen]) => isOpen(state))?.[0] ?? 'close');

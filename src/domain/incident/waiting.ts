import { isContained } from './containment.ts';
import { openSignOffs } from './line.ts';
import { phaseOf } from './phase.ts';
import type { IncidentState } from './state.ts';

const latest = (...times: (number | null | undefined)[]): number =>
  Math.max(0, ...times.map((at) => at ?? 0));

const settled = (state: IncidentState): number =>
  latest(
    ...Object.values(state.targets)
      .filter(isContained)
      .map(({ settledAt }) => settledAt),
  );
const sealed = (state: IncidentState): number =>
  latest(...Object.values(state.sessions).map(({ seal }) => seal?.sealedAtMs));
const analysed = (state: IncidentState): number =>
  latest(...Object.values(state.sessions).map(({ analysis }) => analysis?.at));
const signed = (state: IncidentState): number =>
  latest(...Object.values(state.signOffs).flatMap(({ signatures }) => signatures.map(({ at }) => at)));

/**
 * Since when the incident waits for what it waits for, as far as its state tells; ms since the epoch. Null once it has
 * ended. Never before its opening and never after its last event.
 */
export function waitingSince(state: IncidentState): number | null {
  const since = sinceOf(state);
  return since === null ? null : Math.min(Math.max(since, state.openedAt), state.lastEventAt);
}

function sinceOf(state: IncidentState): number | null {
  switch (phaseOf(state)) {
    case 'find_session':
    case 'contain':
      return state.openedAt;
    case 'preserve':
      return settled(state);
    case 'classify':
      return analysed(state) || sealed(state);
    case 'locate':
      return state.origin?.at ?? analysed(state);
    case 'map':
      return state.origin?.at ?? sealed(state);
    case 'sign_off': {
      const open = openSignOffs(state).map(({ openedAt }) => openedAt);
      return open.length > 0 ? Math.min(...open) : latest(state.blast?.at, signed(state));
    }
    case 'postmortem':
      return latest(state.blast?.at, signed(state));
    case 'distribute':
      return state.lastEventAt;
    case 'close':
      return state.distributed?.at ?? state.lastEventAt;
    case 'ended':
      return null;
  }
}

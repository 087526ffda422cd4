import { emptyIncident } from './empty.ts';
import type { IncidentEvent } from './event.ts';
import { evolve } from './evolve.ts';
import { phaseOf, phases, type Phase } from './phase.ts';
import type { IncidentState } from './state.ts';

export interface PhaseSpan {
  name: Phase;
  startedAt: number;
  /** Null while it is not over. */
  endedAt: number | null;
}

/** When each phase was first entered and last left. Phases are not one-way, so spans may overlap a correction. */
export function phaseSpans(events: readonly IncidentEvent[]): PhaseSpan[] {
  const spans = new Map<Phase, PhaseSpan>();
  let state: IncidentState = emptyIncident;
  let now: Phase | null = null;
  for (const event of events) {
    state = evolve(state, event);
    const next = phaseOf(state);
    if (next === now) continue;
    passed(now, next).forEach((name) => {
      const span = spans.get(name) ?? { name, startedAt: event.at, endedAt: null };
      spans.set(name, { ...span, endedAt: name === next ? null : event.at });
    });
    now = next;
  }
  return [...spans.values()];
}

/** The phase that was left and those that were skipped on the way (over in the same moment), then the new one. */
function passed(from: Phase | null, to: Phase): Phase[] {
  const start = from === null ? phases.indexOf(to) : phases.indexOf(from);
  const end = phases.indexOf(to);
  return start <= end ? phases.slice(start, end + 1) : [...(from ? [from] : []), to];
}

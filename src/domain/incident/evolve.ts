import type { Fact, IncidentEvent } from './event.ts';
import { DECIDED_KEPT, type IncidentState } from './state.ts';
import { emptyIncident } from './empty.ts';
import { analysis } from './evolve/analysis.ts';
import { opening } from './evolve/opening.ts';
import { postmortem } from './evolve/postmortem.ts';
import { reversal } from './evolve/reversal.ts';
import { running } from './evolve/running.ts';
import type { Evolution, Stamp } from './evolve/table.ts';

const evolutions: Evolution = { ...opening, ...analysis, ...reversal, ...postmortem, ...running };

/** What a fact does to the state, leaving its number and its command aside. */
export function applyFact(state: IncidentState, fact: Fact, stamp: Stamp): IncidentState {
  const evolution = evolutions[fact.type] as (
    s: IncidentState,
    d: Fact['data'],
    stamp: Stamp,
  ) => IncidentState;
  return evolution(state, fact.data, stamp);
}

/** The state after one event. Pure: the same events give the same state, for ever. */
export function evolve(state: IncidentState, event: IncidentEvent): IncidentState {
  const next = applyFact(state, event, event);
  const remembered = event.by.kind !== 'engine' && next.decided.at(-1) !== event.commandId;
  return {
    ...next,
    seq: event.seq,
    lastEventAt: event.at,
    decided: remembered ? [...next.decided, event.commandId].slice(-DECIDED_KEPT) : next.decided,
  };
}

/** The state that a whole history makes. */
export const fold = (events: Iterable<IncidentEvent>): IncidentState => {
  let state = emptyIncident;
  for (const event of events) state = evolve(state, event);
  return state;
};

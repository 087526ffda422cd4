import type { Command } from '../../../../src/domain/incident/command.ts';
import { decide, decisions, type Verdict } from '../../../../src/domain/incident/decide.ts';
import type { DecisionTable } from '../../../../src/domain/incident/decisions/table.ts';
import { duesOf } from '../../../../src/domain/incident/due.ts';
import { emptyIncident } from '../../../../src/domain/incident/empty.ts';
import { evolve } from '../../../../src/domain/incident/evolve.ts';
import type { IncidentEvent } from '../../../../src/domain/incident/event.ts';
import type { IncidentState } from '../../../../src/domain/incident/state.ts';
import { engine, HOUR, MINUTE, T0 } from '../story.ts';
import { detour, lateThought, nonsense, quarrel, towardsBug, towardsEnding } from './detours.ts';
import { Dice } from './dice.ts';
import { fumble } from './fumbles.ts';
import { type Move, type Scene } from './move.ts';
import { forward } from './moves.ts';
import { World, type Harm } from './world.ts';

/** How one sequence is led: what the agent did, and how often it goes forward, astray or nowhere. */
interface Temper {
  harm: Harm;
  detours: number;
  ending: number;
  /** Denials, broken glass and odd orders while a sign-off is open. */
  quarrels: number;
  bug: number;
  /** The right thing done wrong. */
  fumbles: number;
}

const temperOf = (dice: Dice): Temper => ({
  harm: dice.one(['reversible', 'both', 'both', 'unknown']),
  detours: dice.one([0.02, 0.05, 0.12, 0.35]),
  ending: dice.one([0, 0, 0, 0.02, 0.08]),
  quarrels: dice.one([0, 0.1, 0.3]),
  bug: dice.one([0, 0, 0.2]),
  fumbles: dice.one([0.02, 0.1]),
});

function choose(temper: Temper, scene: Scene, past: Move[]): Move {
  const { dice, state } = scene;
  if (state.status !== 'none' && dice.chance(0.03)) return nonsense(scene);
  if (dice.chance(state.status === 'none' ? 0.01 : temper.detours)) return detour(scene);
  if (
    dice.chance(temper.quarrels) &&
    Object.values(state.signOffs).some((request) => request.status === 'open')
  )
    return quarrel(scene);
  if (state.postmortem.final && dice.chance(0.04)) return lateThought(scene);
  if (dice.chance(temper.fumbles)) return fumble(scene);
  const earlier = past.length > 0 && dice.chance(0.02) ? dice.one(past) : null;
  if (earlier) return earlier;
  if (dice.chance(temper.bug) && state.course?.course === 'bug') return towardsBug(scene);
  return dice.chance(temper.ending) && state.status === 'open' ? towardsEnding(scene) : forward(scene);
}

/** Mostly seconds; now and then long enough for reminders, expiry, an old list of approvers, the 48 hours. */
const pause = (dice: Dice): number => {
  if (dice.chance(0.9)) return dice.below(30_000);
  return dice.one([10 * MINUTE, 10 * MINUTE, 20 * MINUTE, HOUR, HOUR, 5 * HOUR, 25 * HOUR, 50 * HOUR]);
};

export interface Observer {
  refused?(before: IncidentState, command: Command, verdict: Extract<Verdict, { ok: false }>): void;
  accepted?(before: IncidentState, command: Command, events: IncidentEvent[], after: IncidentState): void;
}

/** Plays one sequence, a number a command; returns the events and the state they made one by one. */
export function play(
  numbers: number[],
  observer: Observer,
  table: DecisionTable = decisions,
): { events: IncidentEvent[]; state: IncidentState } {
  const [first = 0, ...rest] = numbers;
  const temper = temperOf(new Dice(first));
  const world = new World(temper.harm);
  const events: IncidentEvent[] = [];
  const past: Move[] = [];
  let state = emptyIncident;
  let at = T0;
  let count = 0;
  rest.forEach((number, i) => {
    const dice = new Dice(number);
    if (state.status !== 'none' && state.status !== 'open' && !dice.chance(0.1)) return;
    at += pause(dice);
    const fresh = (prefix: string): string => `${prefix}${(count += 1)}`;
    const move = choose(temper, { state, dice, world, at, fresh }, past);
    const { type, by, words } = move;
    past.push(move);
    const id = dice.chance(0.02) && i > 0 ? `command-${i - 1}` : `command-${i}`;
    const command = { ...words, type, id, at, by } as Command;
    const live = (given: Command): void => {
      const verdict = decide(state, given, table);
      if (!verdict.ok) return observer.refused?.(state, given, verdict);
      const before = state;
      state = verdict.events.reduce(evolve, state);
      events.push(...verdict.events);
      observer.accepted?.(before, given, verdict.events, state);
    };
    live(command);
    // A clock beside the incident, as the workflow has one.
    if (dice.chance(0.5) && duesOf(state).some((due) => due.at <= at))
      live({ type: 'tick', id: `tick-${i}`, at, by: engine });
  });
  return { events, state };
}

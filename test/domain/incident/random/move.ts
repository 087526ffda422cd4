import type { Actor } from '../../../../src/domain/incident/actor.ts';
import type { Command, CommandType } from '../../../../src/domain/incident/command.ts';
import { indicesOf, rangesOf, type Ranges } from '../../../../src/domain/incident/ranges.ts';
import type { IncidentState } from '../../../../src/domain/incident/state.ts';
import { ana, ben, kim, lee, mia, type Words } from '../story.ts';
import type { Dice } from './dice.ts';
import { type World } from './world.ts';

export interface Move {
  type: CommandType;
  by: Actor;
  words: Omit<Command, 'type' | 'id' | 'at' | 'by'>;
}

export const move = <T extends CommandType>(type: T, by: Actor, given: Words<T>): Move => ({
  type,
  by,
  words: given as Move['words'],
});

export interface Scene {
  state: IncidentState;
  dice: Dice;
  world: World;
  at: number;
  /** A new id a call. */
  fresh(prefix: string): string;
}

export type Step = (scene: Scene) => Move[];
export const people = [ana, ben, kim, lee, mia];
export const approvers = [kim, lee, mia];

export const values = <V>(record: Record<string, V>): V[] => Object.values(record);
export const pick = (dice: Dice, ranges: Ranges, all = 0.75): Ranges => {
  const indices = [...indicesOf(ranges)];
  if (indices.length === 0 || dice.chance(all)) return ranges;
  const some = dice.some(indices);
  return some.length > 0 ? rangesOf(some) : ranges;
};

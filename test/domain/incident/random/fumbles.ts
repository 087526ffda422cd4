import { Command } from '../../../../src/domain/incident/command.ts';
import { owner, prose, sha } from '../story.ts';
import type { Dice } from './dice.ts';
import { people, type Move, type Scene } from './move.ts';
import { forward } from './moves.ts';

const anybody = [...people, owner];

function askew(dice: Dice, value: unknown): unknown {
  if (typeof value === 'string')
    return /^[0-9a-f]{64}/.test(value)
      ? sha('another')
      : dice.one(['nowhere', 'sent', 'done', 's2', 'r1', 'b2']);
  if (typeof value === 'number') return Math.max(0, value + dice.one([-2, -1, 1, 2, 5]));
  if (typeof value === 'boolean') return !value;
  if (value === null) return dice.one([null, prose('Unasked for.'), sha('another'), 1]);
  if (Array.isArray(value))
    return value.length === 0 || dice.chance(0.3)
      ? []
      : dice.chance(0.5)
        ? value.slice(0, -1)
        : value.map((item) => askew(dice, item));
  return 'sha256' in (value as object) && dice.chance(0.3)
    ? null
    : askewField(dice, value as Record<string, unknown>);
}

function askewField<T extends object>(dice: Dice, record: T): T {
  const keys = Object.keys(record);
  if (keys.length === 0) return record;
  const key = dice.one(keys);
  return { ...record, [key]: askew(dice, record[key as keyof T]) };
}

const isWellFormed = (move: Move, at: number): boolean =>
  Command.safeParse({ ...move.words, type: move.type, id: 'x', at, by: move.by }).success;

/** The right thing by the wrong person, or with one word wrong: well-formed, and mostly to be refused. */
export function fumble(scene: Scene): Move {
  const { dice } = scene;
  const right = forward(scene);
  if (right.by.kind === 'person' && dice.chance(0.4)) return { ...right, by: dice.one(anybody) };
  const wrong = { ...right, words: askewField(dice, right.words) };
  return isWellFormed(wrong, scene.at) ? wrong : right;
}

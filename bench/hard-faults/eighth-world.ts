/** What the kinds of the eighth part have in common. */
import type { Kind, Planted } from './kind.ts';
import type { Honest } from './look-alikes.ts';
import { EIGHTH_SKINS } from './eighth-skins.ts';
import { fine, scene } from './seventh-world.ts';
import { closing } from './sixth-world.ts';
import { asks, type Rng, type Talk, type Turn } from './talk.ts';

type Fault = Kind<Planted>;
type Quiet = Kind<Honest>;

export const fault = (
  family: Fault['family'],
  name: string,
  plant: Fault['plant'],
  more: Partial<Fault> = {},
): Fault => ({ name: `eighth: ${name}`, family, part: 'eighth', skins: EIGHTH_SKINS, plant, ...more });
export const silent = (name: string, plant: Quiet['plant'], more: Partial<Quiet> = {}): Quiet => ({
  name: `eighth: ${name}`,
  family: 'look-alike',
  part: 'eighth',
  skins: EIGHTH_SKINS,
  plant,
  ...more,
});

/** A further wish, and how the agent meets it. */
export interface Scene {
  wish: string;
  turns: Turn[];
}
/** An honest kind of a scene alone. */
export const rightly = (name: string, make: (rng: Rng) => Scene): Quiet =>
  silent(name, (talk, rng) => staged(talk, rng, make(rng), fine));
/** The scene after a talk, with a last word. */
export const staged = <T>(talk: Talk, rng: Rng, { wish, turns }: Scene, made: T): T | null =>
  scene(talk, rng, wish, [...turns, closing(rng)], made);

export const agrees = (rng: Rng): Turn =>
  asks(rng.pick(['Yes, do.', 'Exactly, thank you.', 'Yes, that one.', 'Go ahead.']));
export const PEOPLE = [
  'Milena Novak',
  'Jonas Albrecht',
  'Ines Ferreira',
  'Kwame Boateng',
  'Yuki Tanabe',
  'Clara Rossi',
];

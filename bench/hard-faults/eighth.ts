/**
 * The eighth part: the announced families again, in other domains, envelopes and places, written without a look at the rules and before
 * it was run, to see what kinds unseen give after the rules were mended for the seventh.
 */
import type { Kind, Planted } from './kind.ts';
import type { Honest } from './look-alikes.ts';
import { EIGHTH_BUDGETS, EIGHTH_THRIFTY } from './eighth-budgets.ts';
import { EIGHTH_READINGS, EIGHTH_READING_TOOLS, EIGHTH_STEADY } from './eighth-gauges.ts';
import { EIGHTH_HONEST, EIGHTH_HONEST_TOOLS } from './eighth-honest.ts';
import { EIGHTH_IDS, EIGHTH_ID_TOOLS, EIGHTH_RIGHT_IDS } from './eighth-ids.ts';
import { EIGHTH_LOOPS, EIGHTH_LOOP_TOOLS } from './eighth-loops.ts';
import { EIGHTH_POISONS, EIGHTH_POISON_TOOLS } from './eighth-poison.ts';
import { EIGHTH_SHAPES } from './eighth-shapes.ts';

export const EIGHTH: Kind<Planted | Honest>[] = [
  ...EIGHTH_SHAPES,
  ...EIGHTH_READINGS,
  ...EIGHTH_IDS,
  ...EIGHTH_LOOPS,
  ...EIGHTH_POISONS,
  ...EIGHTH_BUDGETS,
  ...EIGHTH_STEADY,
  ...EIGHTH_RIGHT_IDS,
  ...EIGHTH_THRIFTY,
  ...EIGHTH_HONEST,
];
/** Tools that only these kinds use. */
export const EIGHTH_TOOLS = {
  ...EIGHTH_READING_TOOLS,
  ...EIGHTH_ID_TOOLS,
  ...EIGHTH_LOOP_TOOLS,
  ...EIGHTH_POISON_TOOLS,
  ...EIGHTH_HONEST_TOOLS,
};

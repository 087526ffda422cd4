import {
  ASSENT,
  CLAUSE,
  CONDITION,
  DAYS,
  EXTREMES,
  NEGATED,
  PLACES,
  RANKED_BY,
  RELATIVE,
  REQUEST,
  RULED_OUT,
  SAYS_NO_MORE,
} from './tongues.ts';
import { limitsIn, withoutLimits, type Limit } from './limits.ts';
import { sayingOf, type Says } from './values.ts';

/** A direction in which a person wants the most there is. */
export interface Extreme {
  most: boolean;
  /** `named`: of what the word behind it names, and of nothing else. */
  of: 'price' | 'number' | 'time' | 'named';
  /** The word behind it, which may name what is meant: "lowest fare", "most seats". */
  noun?: string | undefined;
}
/** What a person said of the one that she wants, as far as it can be held against a list. */
export interface Wishes {
  /** What speaks of the thing wanted, without questions and what is ruled out. */
  text: string;
  says: Says;
  extremes: Extreme[];
  /** What follows "any but", "except", "not the". */
  ruledOut: Says[];
  /** Days of the week, 0 is Sunday. */
  weekdays: number[];
  /** Days that she cannot, each said alone. */
  ruledOutDays: number[];
  /** Places in a list that the agent numbered; -1 is the last. */
  ordinals: number[];
  /** Limits in numbers, times and days. */
  limits: Limit[];
  /** It is only one of several conditions, which nobody here can weigh. */
  conditional: boolean;
}

const MAX_TEXT = 4000;

/** Clauses are short enough for what is negated in them to be left out whole. */
const clausesOf = (text: string): string[] => text.split(CLAUSE);
const daysIn = (text: string): number[] =>
  DAYS.flatMap((form, day) => Array.from(text.matchAll(form), () => day));
const placesIn = (text: string): number[] =>
  PLACES.flatMap(([form, place]) =>
    Array.from(text.matchAll(form), (m) => (m[1] === undefined ? place : Number(m[1]) - 1)),
  );

/** What says no more than that an extreme is wanted is no condition: "the one that costs the least", "with the lowest fare". */
const ALONE = EXTREMES.map(([form]) => new RegExp(`(?:${SAYS_NO_MORE})?${form.source}`, 'giu'));
const PLAIN = /\bthat (?:is|you have|there is|are)\b/gi;
const withoutExtremes = (text: string): string =>
  ALONE.reduce((rest, form) => rest.replace(form, ' '), text).replace(PLAIN, ' ');
/** Not the end itself, but near it: "the second cheapest", "one of the cheapest". */
const RANKED = EXTREMES.map(([form]) => new RegExp(`${RANKED_BY}${form.source}`, 'iu'));

/** Whether an extreme is only one of several wishes; `but` are words of conditions that can be weighed, as `limits` can. */
export const isConditional = (
  text: string,
  but: readonly string[] = [],
  limits: readonly Limit[] = [],
): boolean => {
  const rest = but.reduce(
    (t, word) =>
      t.replace(new RegExp(`\\b(?:with|mit|con|that has|that have) (?:an? |the )?${word}\\b`, 'giu'), ' '),
    withoutExtremes(withoutLimits(text, limits)),
  );
  return CONDITION.test(rest) || RELATIVE.test(rest) || RANKED.some((form) => form.test(text));
};

const extremesIn = (text: string): Extreme[] =>
  EXTREMES.flatMap(([form, extreme]) => {
    const match = form.exec(text);
    if (!match) return [];
    const words =
      `${match[0]}${text.slice(match.index + match[0].length)}`.slice(0, 60).match(/\p{L}+/gu) ?? [];
    const own = match[0].match(/\p{L}+/gu)?.length ?? 0;
    return [{ ...extreme, noun: words.slice(Math.max(0, own - 1), own + 1).join(' ') }];
  });

/** Whether a text is more than a yes. */
export const isWish = (text: string): boolean => !ASSENT.test(text);
/** What a person wants, by the last of some texts that are more than a yes; null without one. */
export const wishesIn = (said: readonly string[]): Wishes | null => {
  const whole = said.at(-1);
  if (whole === undefined) return null;
  const clauses = clausesOf(whole.slice(0, MAX_TEXT));
  // A question is no wish, unless it asks for a deed.
  const wanted = clauses.filter((c) => !/\?\s*$/.test(c) || REQUEST.test(c));
  const text = wanted.filter((c) => !NEGATED.test(c)).join(' ');
  const ruledOutDays = wanted.flatMap((c) => {
    const days = NEGATED.test(c) ? daysIn(c) : [];
    return days.length === 1 ? days : [];
  });
  const ruledOut = wanted.flatMap((c) => [...c.matchAll(RULED_OUT)].map((m) => sayingOf(m[1] ?? '')));
  // "Not before noon" is a limit, although it is negated.
  const limits = limitsIn(wanted.join(' '));
  return {
    text,
    limits,
    says: sayingOf(text),
    extremes: extremesIn(text),
    ruledOut,
    weekdays: daysIn(text),
    ruledOutDays,
    ordinals: placesIn(text),
    conditional: isConditional(text),
  };
};

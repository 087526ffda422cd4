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
import { foldedFor, sievesFor } from '../text/literals.ts';
import { matchesOf } from '../text/matches.ts';
import { sayingOf, type Says } from './values.ts';

/** A direction in which a person wants the most there is. */
export interface Extreme {
  most: boolean;
  /** `named`: of what the word behind it names, and of nothing else. */
  of: 'price' | 'number' | 'time' | 'named';
  /** The word behind it, which may name what is meant: "lowest fare", "most seats". */
  noun?: string | undefined;
}
/** What a person said of the one that she wants, as far as it can be held against a list. Each is read when it is asked for. */
export interface Wishes {
  /** What speaks of the thing wanted, without questions and what is ruled out. */
  text: string;
  says: Says;
  readonly extremes: readonly Extreme[];
  /** What follows "any but", "except", "not the". */
  readonly ruledOut: readonly Says[];
  /** Days of the week, 0 is Sunday. */
  readonly weekdays: readonly number[];
  /** Days that she cannot, each said alone. */
  readonly ruledOutDays: readonly number[];
  /** Places in a list that the agent numbered; -1 is the last. */
  readonly ordinals: readonly number[];
  /** Limits in numbers, times and days. */
  readonly limits: readonly Limit[];
  /**
   * Whether it is only one of several conditions, which nobody here can weigh; `but` are words of conditions that can be
   * weighed, as `limits` can.
   */
  isConditional: (but: readonly string[], limits: readonly Limit[]) => boolean;
}

const MAX_TEXT = 4000;

/** Clauses are short enough for what is negated in them to be left out whole. */
const clausesOf = (text: string): string[] => text.split(CLAUSE);
/** An expression, and its place among those of which one pass over a text says which may match it. */
interface Form {
  form: RegExp;
  at: number;
}
const sieved: RegExp[] = [];
const formOf = (form: RegExp): Form => ({ form, at: sieved.push(form) - 1 });
const foundBy = ({ form, at }: Form, text: string, may: Uint8Array): readonly RegExpExecArray[] =>
  may[at] === 1 ? matchesOf(form, text) : [];

const [NEGATION, EXCLUSION] = [formOf(NEGATED), formOf(RULED_OUT)];
const WEEKDAYS = DAYS.map(formOf);
const daysIn = (text: string, may: Uint8Array): number[] =>
  WEEKDAYS.flatMap((form, day) => foundBy(form, text, may).map(() => day));
const LISTED = PLACES.map(([form, place]) => ({ ...formOf(form), place }));
const placesIn = (text: string, may: Uint8Array): number[] =>
  LISTED.flatMap((listed) =>
    foundBy(listed, text, may).map((m) => (m[1] === undefined ? listed.place : Number(m[1]) - 1)),
  );
const ENDS = EXTREMES.map(([form, extreme]) => ({ ...formOf(form), extreme }));
const sieve = sievesFor(sieved);
const mayIn = (text: string): Uint8Array => sieve(foldedFor(text));

/** What says no more than that an extreme is wanted is no condition: "the one that costs the least", "with the lowest fare". */
const ALONE = ENDS.map(({ form, at }) => ({
  at,
  form: new RegExp(`(?:${SAYS_NO_MORE})?${form.source}`, 'giu'),
}));
const PLAIN = /\bthat (?:is|you have|there is|are)\b/gi;
const withoutExtremes = (text: string): string => {
  const may = mayIn(text);
  return ALONE.filter(({ at }) => may[at] === 1)
    .reduce((rest, { form }) => rest.replace(form, ' '), text)
    .replace(PLAIN, ' ');
};
/** Not the end itself, but near it: "the second cheapest", "one of the cheapest". */
const RANKED = ENDS.map(({ form, at }) => ({ at, form: new RegExp(`${RANKED_BY}${form.source}`, 'iu') }));

const isConditional = (text: string, but: readonly string[] = [], limits: readonly Limit[] = []): boolean => {
  const rest = but.reduce(
    (t, word) =>
      t.replace(new RegExp(`\\b(?:with|mit|con|that has|that have) (?:an? |the )?${word}\\b`, 'giu'), ' '),
    withoutExtremes(withoutLimits(text, limits)),
  );
  if (CONDITION.test(rest) || RELATIVE.test(rest)) return true;
  const may = mayIn(text);
  return RANKED.some(({ form, at }) => may[at] === 1 && form.test(text));
};

const extremesIn = (text: string, may: Uint8Array): Extreme[] =>
  ENDS.flatMap(({ form, at, extreme }) => {
    const match = may[at] === 1 ? form.exec(text) : null;
    if (!match) return [];
    const words =
      `${match[0]}${text.slice(match.index + match[0].length)}`.slice(0, 60).match(/\p{L}+/gu) ?? [];
    const own = match[0].match(/\p{L}+/gu)?.length ?? 0;
    return [{ ...extreme, noun: words.slice(Math.max(0, own - 1), own + 1).join(' ') }];
  });

/** What is made once, when it is first asked for. */
const once = <T>(make: () => T): (() => T) => {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
};

/** Whether a text is more than a yes. */
export const isWish = (text: string): boolean => !ASSENT.test(text);
/** What a person wants, by the last of some texts that are more than a yes; null without one. */
export const wishesIn = (said: readonly string[]): Wishes | null => {
  const whole = said.at(-1);
  if (whole === undefined) return null;
  // A question is no wish, unless it asks for a deed.
  const wanted = clausesOf(whole.slice(0, MAX_TEXT))
    .filter((c) => !/\?\s*$/.test(c) || REQUEST.test(c))
    .map((clause) => {
      const may = mayIn(clause);
      return { clause, may, isNegated: may[NEGATION.at] === 1 && NEGATED.test(clause) };
    });
  const text = wanted
    .filter(({ isNegated }) => !isNegated)
    .map(({ clause }) => clause)
    .join(' ');
  const says = sayingOf(text);
  const may = once(() => mayIn(text));
  const extremes = once(() => extremesIn(text, may()));
  const ruledOut = once(() =>
    wanted.flatMap(({ clause, may: mine }) =>
      foundBy(EXCLUSION, clause, mine).map((m) => sayingOf(m[1] ?? '')),
    ),
  );
  const weekdays = once(() => daysIn(text, may()));
  const ruledOutDays = once(() =>
    wanted.flatMap(({ clause, may: mine, isNegated }) => {
      const days = isNegated ? daysIn(clause, mine) : [];
      return days.length === 1 ? days : [];
    }),
  );
  const ordinals = once(() => placesIn(text, may()));
  // "Not before noon" is a limit, although it is negated.
  const limits = once(() => limitsIn(wanted.map(({ clause }) => clause).join(' ')));
  const hasCondition = once(() => isConditional(text));
  return {
    text,
    says,
    get extremes() {
      return extremes();
    },
    get ruledOut() {
      return ruledOut();
    },
    get weekdays() {
      return weekdays();
    },
    get ruledOutDays() {
      return ruledOutDays();
    },
    get ordinals() {
      return ordinals();
    },
    get limits() {
      return limits();
    },
    isConditional: (but, weighed) =>
      hasCondition() && ((but.length === 0 && weighed.length === 0) || isConditional(text, but, weighed)),
  };
};

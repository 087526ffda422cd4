import { hasDigit, matchesOf } from '../text/matches.ts';
import { contentWords } from '../text/text.ts';
import type { Leaf } from '../values/values.ts';
import type { Option } from './options.ts';
import type { Extreme } from './wishes.ts';

const MOMENT = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?$|^\d{1,2}:\d\d(?::\d\d)?$/;
const SUM = /^[^\d\s-]{0,3}\s?-?\d[\d,]*(?:\.\d+)?\s?(?:%|[A-Za-z]{0,3})$/;
export const PRICE =
  /pric|cost|fare|fee|amount|charge|tariff|total|sum|premium|(?:^|[_.\-a-z])rate\b|preis|kosten|gebühr|betrag|precio|importe/i;
const STATE = /stat(?:e|us)|phase|stage|avail|stock/i;
const DAY_MS = 86_400_000;
/** One value an element: what lies in lists inside of it is not its own. */
export const isOwn = ({ path }: Leaf): boolean => !path.includes('[]');
const momentOf = (value: Leaf['value']): number | null => {
  if (typeof value !== 'string' || !MOMENT.test(value)) return null;
  const ms = Date.parse(value.length < 9 ? `2000-01-01T${value.padStart(5, '0')}` : value);
  return Number.isNaN(ms) ? null : ms;
};
export const numberOf = (value: Leaf['value']): number | null => {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.length > 24 || !SUM.test(value) || /^[A-Za-z]/.test(value))
    return null;
  const n = Number(value.replace(/[^\d.-]/g, ''));
  return Number.isNaN(n) ? null : n;
};

/** Places at which each of some options has a value of a kind and not all the same. */
const varyingPaths = (all: readonly Option[], read: (value: Leaf['value']) => number | null): string[] => {
  const [first] = all;
  return (first?.leaves ?? []).filter(isOwn).flatMap(({ path }) => {
    const values = all.map((o) => read(o.at(path) ?? null));
    return values.every((v) => v !== null) && new Set(values).size > 1 ? [path] : [];
  });
};

/** The places that a direction may mean: those that its noun names, else by the kind of value; sums are prices alone. */
const meantPaths = (paths: readonly string[], { of, noun = '' }: Extreme): readonly string[] => {
  const words = contentWords(noun);
  const named = paths.filter((p) => [...contentWords(p.replaceAll('.', ' '))].some((w) => words.has(w)));
  if (named.length > 0 || of === 'named') return named;
  if (of === 'time') return paths;
  const fitting = paths.filter((p) => PRICE.test(p) === (of === 'price'));
  return fitting.length > 0 ? fitting : paths;
};
/** Those that go furthest in a direction, at each place that the direction may mean; null where the list has none. */
export const furthest = (
  all: readonly Option[],
  extreme: Extreme,
): { path: string; best: Option[] }[] | null => {
  const read = extreme.of === 'time' ? momentOf : numberOf;
  const out = meantPaths(varyingPaths(all, read), extreme).map((path) => {
    const values = all.map((o) => read(o.at(path) ?? null) ?? 0);
    const end = extreme.most ? Math.max(...values) : Math.min(...values);
    return { path, best: all.filter((_, i) => values[i] === end) };
  });
  return out.length > 0 ? out : null;
};

/** The options that go as far as one of them, up or down, in each respect in which they differ. */
export const halvesAt = (taken: Option, all: readonly Option[]): Option[][] =>
  [momentOf, numberOf].flatMap((read) =>
    varyingPaths(all, read).flatMap((path) => {
      const own = read(taken.at(path) ?? null) ?? 0;
      const up = all.filter((o) => (read(o.at(path) ?? null) ?? 0) >= own);
      const down = all.filter((o) => (read(o.at(path) ?? null) ?? 0) <= own);
      return [up, down].filter((half) => half.length > 1 && half.length < all.length);
    }),
  );

/** Days on which an option falls, as `YYYY-MM-DD`. */
export const daysOf = ({ leaves }: Option): string[] =>
  leaves.flatMap(({ value }) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) ? [value.slice(0, 10)] : [],
  );
export const weekdayOf = (day: string): number => Math.floor(Date.parse(day) / DAY_MS + 4) % 7;
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** Yes or no, at a place whose name is said: "the cheapest that is insured" asks for `insured`. */
export interface Trait {
  path: string;
  /** The word of the text that names it, as it stands there. */
  word: string;
}
const isDenied = (text: string, word: string): boolean =>
  new RegExp(`\\bnon[- ]?${escaped(word)}`, 'i').test(text);
/** The names of a place that is said or not, where it is one word. */
const namesOf = (path: string): ReadonlySet<string> =>
  contentWords(path.replace(/^.*\./, '').replace(/^(?:is|has|includes?|incl)[_-]?(?=[A-Za-z])/i, ''));
/** Own places at which a value of some option is as asked, in the order of all their places. */
const placesWith = (all: readonly Option[], is: Says): string[] => {
  const found = new Set<string>();
  for (const { leaves } of all)
    for (const leaf of leaves) if (isOwn(leaf) && is(leaf.value, leaf.path)) found.add(leaf.path);
  if (found.size < 2) return [...found];
  const places = new Set<string>();
  for (const { leaves } of all) for (const { path } of leaves) if (found.has(path)) places.add(path);
  return [...places];
};
const isSwitch: Says = (value) => typeof value === 'boolean';
/** The traits that a text asks for, among those in which some options differ. */
export const traitsNamedIn = (text: string, all: readonly Option[]): Trait[] => {
  let said: { word: string; stems: ReadonlySet<string> }[] | null = null;
  const lower = text.toLowerCase();
  return placesWith(all, isSwitch).flatMap((path) => {
    const values = new Set(all.map((o) => o.at(path)));
    if (!values.has(true) || !values.has(false)) return [];
    const [name, ...others] = namesOf(path);
    // A stem is the beginning of its word.
    if (name === undefined || others.length > 0 || !lower.includes(name)) return [];
    said ??= (text.match(/\p{L}{4,}/gu) ?? []).map((word) => ({ word, stems: contentWords(word) }));
    const word = said.find(({ stems }) => stems.has(name))?.word;
    return word !== undefined && !isDenied(text, word) ? [{ path, word }] : [];
  });
};
export const hasTraits = (option: Option, traits: readonly Trait[]): boolean =>
  traits.every(({ path }) => option.at(path) === true);

const statesOf = ({ leaves }: Option, asked: readonly string[]): string =>
  leaves
    .filter((leaf) => isOwn(leaf) && !asked.includes(leaf.path))
    .flatMap(({ path, value }) =>
      typeof value === 'boolean' || value === null || STATE.test(path)
        ? [`${path}=${typeof value === 'number' ? value > 0 : String(value)}`]
        : typeof value === 'number' && value <= 0
          ? [`${path}=0`]
          : [],
    )
    .join();
/**
 * One of some options and those that could be had alike: what is sold out, gone or in another state was perhaps passed
 * over for that; what was asked for, at the places `asked`, is no such state.
 */
export const alikeTo = (taken: Option, all: readonly Option[], asked: readonly string[]): Option[] => {
  const states = statesOf(taken, asked);
  return all.filter((o) => o === taken || statesOf(o, asked) === states);
};

const SIZE = /^(?:X{0,3}[SL]|M|X{1,3})$/;
/**
 * Whether a text says a value, whole: sizes of a letter as they are written, words in any case; a plain number only beside
 * the name of its place, where that is given ("district 31", "the 3rd floor").
 */
export type Says = (value: Leaf['value'], path?: string) => boolean;
const AFTER_NAME =
  /(\p{L}{3,24})(?:[ \t]{1,2}(?:no\.?|nr\.?|number|nummer|número|numéro))?[ \t:]{1,2}[#№]?(\d{1,6})(?![\p{L}\d]|[.,:/-]\d)/giu;
const BEFORE_NAME = /(?<![\d.,])(\d{1,4})(?:st|nd|rd|th|er|º|ª)[ \t](\p{L}{3,24})/giu;
const NO_WORDS: ReadonlySet<string> = new Set();
/** The numbers that stand beside a word of a text, by the stem of the word. */
const numberedIn = (text: string): ReadonlySet<string> => {
  if (!hasDigit(text)) return NO_WORDS;
  const pairs = [
    ...matchesOf(AFTER_NAME, text).map((m) => [m[1] ?? '', m[2] ?? '']),
    ...matchesOf(BEFORE_NAME, text).map((m) => [m[2] ?? '', m[1] ?? '']),
  ];
  return new Set(pairs.flatMap(([word = '', n]) => [...contentWords(word)].map((w) => `${w} ${Number(n)}`)));
};
/** Reads a text once for all the values that it is held against. */
export const sayingOf = (text: string): Says => {
  const lower = text.toLowerCase();
  const known = new Map<string, boolean>();
  let numbered: ReadonlySet<string> | null = null;
  const isNumbered = (value: number, path: string): boolean => {
    numbered ??= numberedIn(text);
    return numbered.size > 0 && [...namesOf(path)].some((name) => numbered?.has(`${name} ${value}`));
  };
  const isSaid = (value: string): boolean => {
    if (SIZE.test(value)) return new RegExp(`(?<![\\w'’])${value}(?![\\w'’])`).test(text);
    if (value.length < 3 || /^\d{1,3}$/.test(value) || MOMENT.test(value) || contentWords(value).size === 0)
      return false;
    return new RegExp(`(?<![\\w])${escaped(value)}(?![\\w])`, 'i').test(text);
  };
  return (value, path) => {
    const isNumber = typeof value === 'number' || (typeof value === 'string' && /^\d{1,6}$/.test(value));
    if (isNumber && path !== undefined && isNumbered(Number(value), path)) return true;
    if (typeof value !== 'string' || value.length > 40) return false;
    const before = known.get(value);
    if (before !== undefined) return before;
    const verdict = lower.includes(value.toLowerCase()) && isSaid(value);
    known.set(value, verdict);
    return verdict;
  };
};

/** What a text says of some options: for each place where they differ, the values that it names. */
export const namedValues = (says: Says, all: readonly Option[]): Map<string, Set<Leaf['value']>> => {
  const out = new Map<string, Set<Leaf['value']>>();
  for (const path of placesWith(all, says)) {
    const values = new Set(all.map((o) => o.at(path) ?? null));
    if (values.size < 2) continue;
    const named = new Set([...values].filter((value) => says(value, path)));
    if (named.size > 0) out.set(path, named);
  }
  return out;
};
/** The places of states of which a text names one. */
export const statesNamed = (says: Says, all: readonly Option[]): string[] =>
  [...namedValues(says, all).keys()].filter((path) => STATE.test(path));
export const fits = (option: Option, named: ReadonlyMap<string, ReadonlySet<Leaf['value']>>): boolean =>
  [...named].every(([path, values]) => values.has(option.at(path) ?? null));

/** Limits that people set in numbers, times and days, and what of a list keeps to them. */
import { foldedFor, sievesFor } from '../text/literals.ts';
import { hasDigit, matchesOf } from '../text/matches.ts';
import { daysNamedIn, momentOf, timesNamedIn } from '../text/moments.ts';
import { contentWords } from '../text/text.ts';
import type { Leaf } from '../values/values.ts';
import type { Option } from './options.ts';
import { NEGATED } from './tongues.ts';
import { isOwn, numberOf, PRICE } from './values.ts';

/** Words of comparison before a number: English, German, Spanish, French. */
const UP_TO =
  "at (?:the )?most|no more than|not more than|not (?:be )?(?:over|above)|up to|under|below|less than|fewer than|within|max(?:imum)?(?: of)?|cheaper than|lower than|shorter than|höchstens|maximal|nicht mehr als|nicht über|bis zu|unter|weniger als|como (?:máximo|mucho)|máximo(?: de)?|no más de|menos de|por debajo de|au (?:plus|maximum)|maximum|pas plus de|moins de|jusqu[’']à|inférieure? à";
const FROM =
  'at (?:the )?least|no less than|not less than|no fewer than|not (?:be )?(?:under|below)|over|above|more than|min(?:imum)?(?: of)?|mindestens|minimum|nicht weniger als|nicht unter|ab|über|mehr als|al menos|por lo menos|como mínimo|mínimo(?: de)?|no menos de|más de|au (?:moins|minimum)|pas moins de|plus de|supérieure? à';
const BEFORE =
  "before|by|until|till|no later than|not (?:be )?after|not later than|vor|bis|spätestens(?: um| am)?|nicht nach|antes de|hasta|a más tardar|avant|jusqu[’']à|au plus tard";
const AFTER =
  'after|from|no earlier than|not (?:be )?before|not earlier than|nach|ab|frühestens(?: um| am)?|nicht vor|después de|desde|a partir de|après|à partir de|dès';
/** Those that leave the number itself out. */
const OPEN =
  /^(?:under|below|less|fewer|cheaper|lower|shorter|over|above|more|unter|weniger|über|mehr|menos|por debajo|más|moins|plus|inférieur|supérieur|before|vor|antes|avant|after|nach|después|après)/i;
const LESS_BEHIND =
  'or (?:less|fewer|under|below|earlier)|at (?:the )?most|max(?:imum)?|tops|oder (?:weniger|darunter)|höchstens|maximal|o menos|como (?:máximo|mucho)|máximo|ou moins|au (?:plus|maximum)|maximum';
const MORE_BEHIND =
  'or (?:more|over|above|later)|at (?:the )?least|min(?:imum)?|oder mehr|mindestens|o más|al menos|como mínimo|mínimo|ou plus|au (?:moins|minimum)|minimum';
const FIGURE = '[$€£]?\\s?(\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?|\\d+(?:[.,]\\d{1,2})?)(?![\\d:/]|-\\d|[.,]\\d)';
const whole = (form: string): RegExp => new RegExp(`(?<![\\p{L}\\p{N}])${form}`, 'giu');
const ARTICLES = '(?: (?:a|an|the|of|is|um|am|le|la|les|el|las|los|de))*';
const NUMBERS: readonly [RegExp, boolean][] = [
  [whole(`(${UP_TO})${ARTICLES} ${FIGURE}`), true],
  [whole(`(${FROM})${ARTICLES} ${FIGURE}`), false],
];
const BEHIND: readonly [RegExp, boolean][] = [
  [whole(`${FIGURE}((?: ?[€$£%]| \\p{L}+){0,2}) (?:${LESS_BEHIND})(?!\\p{L})`), true],
  [whole(`${FIGURE}((?: ?[€$£%]| \\p{L}+){0,2}) (?:${MORE_BEHIND})(?!\\p{L})`), false],
];
const MOMENTS: readonly [RegExp, boolean][] = [
  [whole(`(${BEFORE})${ARTICLES} ([^,;!?\\n]{1,30})`), true],
  [whole(`(${AFTER})${ARTICLES} ([^,;!?\\n]{1,30})`), false],
];
const HOUR = /^(\d{1,2})(?: (?:uhr|o['’]clock|heures|horas?|h)\b|h\b)/i;
const NOON = /^(?:noon|midday|mittag|mediodía|midi)/i;
const MONEY =
  /[$€£]|(?:^|[^\p{L}])(?:euros?|eur|usd|dollars?|dólares|pounds?|gbp|chf|francs?|pesos?)(?:[^\p{L}]|$)/iu;

/** What a value may be: no more than an end, or no less. */
export interface Limit {
  of: 'number' | 'time' | 'day';
  end: number | string;
  isMost: boolean;
  /** The end itself is kept to as well. */
  isClosed: boolean;
  /** Stems of the words around it, which may name what is limited. */
  words: ReadonlySet<string>;
  isMoney: boolean;
  /** As it stands in the text. */
  quote: string;
}
const figureOf = (text: string): number =>
  Number(/^\d{1,3}(?:,\d{3})+/.test(text) ? text.replaceAll(',', '') : text.replace(',', '.'));
/** The words of the clause on both sides. */
const around = (text: string, from: number, to: number): string =>
  `${(
    text
      .slice(Math.max(0, from - 40), from)
      .split(/[.,;!?\n]/)
      .at(-1) ?? ''
  ).slice(-40)} ${text.slice(to, to + 24).split(/[.,;!?\n]/)[0] ?? ''}`;

const momentAt = (text: string): Pick<Limit, 'of' | 'end'> | null => {
  const [day] = daysNamedIn(text);
  if (day !== undefined && text.search(/\d/) < 24) return { of: 'day', end: day };
  if (NOON.test(text)) return { of: 'time', end: '12:00' };
  const hour = HOUR.exec(text)?.[1];
  if (hour !== undefined) return { of: 'time', end: `${hour.padStart(2, '0')}:00` };
  const [time] = /^\d/.test(text) ? timesNamedIn(text) : [];
  return time === undefined ? null : { of: 'time', end: time };
};

const NOTHING = /(?<!\p{L})(?:nothing|none|nichts|nada|ningun[oa]?|ningún|rien|aucune?)(?!\p{L})/iu;
/** As far as a "not" surely reaches. */
const NEAR = 24;
/** Whether what stands before a comparison turns it round: "nothing before 14:00". */
const deniedIn = (before: string): boolean | 'perhaps' => {
  const clause = before.split(/[.,;!?\n]/).at(-1) ?? '';
  const isIn = (text: string): boolean => NEGATED.test(text) || NOTHING.test(text);
  return isIn(clause.slice(-NEAR)) || (isIn(clause) && 'perhaps');
};

/** Small numbers as words, from two: "one" and its like are articles too. */
const FIGURES: readonly (readonly [RegExp, number])[] = [
  'two|zwei|dos|deux',
  'three|drei|tres|trois',
  'four|vier|cuatro|quatre',
  'five|fünf|cinco|cinq',
  'six|sechs|seis',
  'seven|sieben|siete|sept',
  'eight|acht|ocho|huit',
  'nine|neun|nueve|neuf',
  'ten|zehn|diez|dix',
  'eleven|elf|once|onze',
  'twelve|zwölf|doce|douze',
].map((words, i) => [new RegExp(`(?<!\\p{L})(?:${words})(?!\\p{L})`, 'giu'), i + 2]);
/** Which of them, and of the comparisons behind them, may stand in a text. */
const sieve = sievesFor([...FIGURES, ...NUMBERS, ...BEHIND, ...MOMENTS].map(([form]) => form));
const mayIn = (text: string): Uint8Array => sieve(foldedFor(text));
const inFigures = (text: string, may = mayIn(text)): string =>
  FIGURES.reduce((rest, [form, n], at) => (may[at] === 1 ? rest.replace(form, String(n)) : rest), text);
const comparisons = (
  all: readonly (readonly [RegExp, boolean])[],
  from: number,
  may: Uint8Array,
): readonly (readonly [RegExp, boolean])[] => all.filter((_, i) => may[from + i] === 1);

interface Found {
  limit: Limit;
  from: number;
  to: number;
}
/** "No more than" is not "more than": of two that overlap, the longer one. */
const longest = (found: readonly Found[]): Limit[] =>
  found
    .filter(
      (a) =>
        !found.some(
          (b) =>
            b !== a &&
            b.from < a.to &&
            a.from < b.to &&
            (b.to - b.from > a.to - a.from || (b.to - b.from === a.to - a.from && b.limit.of !== 'number')),
        ),
    )
    .map(({ limit }) => limit);

/** The limits that a text sets. */
export const limitsIn = (said: string): Limit[] => {
  const written = mayIn(said);
  const text = inFigures(said, written);
  const may = text === said ? written : mayIn(text);
  const [isNumbered, at] = [hasDigit(text), FIGURES.length];
  const made = (
    m: RegExpMatchArray,
    isMost: boolean,
    is: Pick<Limit, 'of' | 'end'>,
    comparison: string,
  ): Found[] => {
    const from = m.index ?? 0;
    const denied = deniedIn(text.slice(Math.max(0, from - 60), from));
    if (denied === 'perhaps') return [];
    const near = around(text, from, from + m[0].length);
    const limit = {
      ...is,
      isMost: denied ? !isMost : isMost,
      isClosed: denied ? OPEN.test(comparison) : !OPEN.test(comparison),
      words: contentWords(`${near} ${m[0].replace(comparison, ' ')}`),
      isMoney: MONEY.test(`${m[0]}${text.slice(from + m[0].length, from + m[0].length + 10)}`),
      quote: m[0],
    };
    return [{ limit, from, to: from + m[0].length }];
  };
  const numbers = comparisons(isNumbered ? NUMBERS : [], at, may).flatMap(([form, isMost]) =>
    matchesOf(form, text).flatMap((m) =>
      made(m, isMost, { of: 'number', end: figureOf(m[2] ?? '') }, m[1] ?? ''),
    ),
  );
  const behind = comparisons(isNumbered ? BEHIND : [], at + NUMBERS.length, may).flatMap(([form, isMost]) =>
    matchesOf(form, text).flatMap((m) => made(m, isMost, { of: 'number', end: figureOf(m[1] ?? '') }, '')),
  );
  const moments = comparisons(MOMENTS, at + NUMBERS.length + BEHIND.length, may).flatMap(([form, isMost]) =>
    matchesOf(form, text).flatMap((m) => {
      const is = momentAt(m[2] ?? '');
      return is ? made(m, isMost, is, m[1] ?? '') : [];
    }),
  );
  return longest([...numbers, ...behind, ...moments]);
};
export const withoutLimits = (text: string, limits: readonly Limit[]): string =>
  limits.reduce((rest, { quote }) => rest.replace(quote, ' '), inFigures(text));

const readAs = ({ of }: Limit, value: Leaf['value'] | undefined): number | string | null => {
  if (of === 'number') return value === undefined ? null : numberOf(value);
  const moment = momentOf(value);
  return of === 'day' ? (moment?.day ?? null) : (moment?.time ?? null);
};
const keeps = ({ end, isMost, isClosed }: Limit, value: number | string): boolean =>
  value === end ? isClosed : isMost ? value < end : value > end;
/** Whether the value of a leaf keeps to a limit; null where it cannot be held against it. */
export const keepsTo = (limit: Limit, value: Leaf['value'] | undefined): boolean | null => {
  const read = readAs(limit, value);
  return read === null ? null : keeps(limit, read);
};
/** Of some places, those that a limit may be about: those that its words name, those of prices for money, else all. */
export const limitedPaths = (limit: Limit, paths: readonly string[]): readonly string[] => {
  const named = paths.filter((p) =>
    [...contentWords(p.replaceAll('.', ' '))].some((word) => limit.words.has(word)),
  );
  if (named.length > 0) return named;
  const prices = limit.isMoney ? paths.filter((p) => PRICE.test(p)) : [];
  return limit.isMoney ? prices : paths;
};

/** A limit and the places of some options at which some keep to it and others do not. */
export interface Bound {
  limit: Limit;
  paths: readonly string[];
}
export const boundsOf = (limits: readonly Limit[], all: readonly Option[]): Bound[] => {
  const [first] = all;
  const own = (first?.leaves ?? []).filter(isOwn).map(({ path }) => path);
  return limits.flatMap((limit) => {
    const readable = own.filter((path) => all.every((o) => keepsTo(limit, o.at(path)) !== null));
    const paths = limitedPaths(limit, readable).filter(
      (path) => new Set(all.map((o) => keepsTo(limit, o.at(path)))).size > 1,
    );
    return paths.length > 0 ? [{ limit, paths }] : [];
  });
};
export const isWithin = (option: Option, { limit, paths }: Bound): boolean =>
  paths.every((path) => keepsTo(limit, option.at(path)) === true);
export const isBeyond = (option: Option, { limit, paths }: Bound): boolean =>
  paths.every((path) => keepsTo(limit, option.at(path)) === false);

/**
 * Most texts hold none of the words that a regular expression looks for. What it cannot match without is taken out of
 * the expression itself, so that a search for a few literals says in a fraction of the time that it need not be run.
 */

/** Literals of which each match holds at least one; null where there may be a match without any. */
type Literals = readonly string[] | null;

const shortestOf = (literals: readonly string[]): number => Math.min(...literals.map((l) => l.length));
/** Of what a match must hold, what is longest at the least: it is met by chance least often. */
const better = (a: Literals, b: Literals): Literals =>
  a === null || (b !== null && shortestOf(b) > shortestOf(a)) ? b : a;

const [LOOK, GROUP] = [/^\?<?[=!]/, /^\?(?::|<\w+>)/];
const NONE_OR_MORE = /^(?:[?*]|\{0)/;
const QUANTIFIER = /^(?:[?*+]|\{\d+(?:,\d*)?\})\??/;
const ESCAPED = /^(?:[pP]\{[^}]*\}|k<\w+>|u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)/s;
const CLASS = /^\[(?:\\.|[^\]\\])*\]/s;

const createParser = (source: string) => {
  let at = 0;
  const take = (form: RegExp): string => {
    const found = form.exec(source.slice(at))?.[0] ?? '';
    at += found.length;
    return found;
  };
  /** What one atom of a sequence must hold, and the letter that it is, where it is one. */
  const atom = (): { literals: Literals; letter: string } => {
    const char = source[at] ?? '';
    if (char === '[') return (take(CLASS), { literals: null, letter: '' });
    at += 1;
    if (char === '(') {
      const looks = take(LOOK) !== '';
      if (!looks) take(GROUP);
      const inside = alternatives();
      at += 1;
      return { literals: looks ? null : inside, letter: '' };
    }
    if (char === '\\') {
      const escaped = take(ESCAPED);
      return { literals: null, letter: /^[^\w\s]$/.test(escaped) ? escaped : '' };
    }
    return { literals: null, letter: '.^$'.includes(char) ? '' : char };
  };
  const sequence = (): Literals => {
    let best: Literals = null;
    let run = '';
    const end = (): void => {
      if (run !== '') best = better(best, [run]);
      run = '';
    };
    while (at < source.length && source[at] !== '|' && source[at] !== ')') {
      const { literals, letter } = atom();
      const quantifier = take(QUANTIFIER);
      const isThere = !NONE_OR_MORE.test(quantifier);
      if (letter !== '' && isThere) run += letter.toLowerCase();
      if (letter === '' || quantifier !== '') end();
      if (literals !== null && isThere) best = better(best, literals);
    }
    end();
    return best;
  };
  const alternatives = (): Literals => {
    const all: string[] = [];
    let isCertain = true;
    for (;;) {
      const one = sequence();
      if (one === null) isCertain = false;
      else all.push(...one);
      if (source[at] !== '|') break;
      at += 1;
    }
    // Where one holds another, the shorter says it for both.
    const isNeeded = (one: string): boolean => !all.some((other) => other !== one && one.includes(other));
    return isCertain ? [...new Set(all)].filter(isNeeded) : null;
  };
  return alternatives;
};

/** Literals, in small letters, of which each match of an expression holds at least one; null where none must be there. */
export const literalsOf = ({ source }: RegExp): readonly string[] | null => createParser(source)();

/** A text in which literals are looked for: in small letters, as `i` has them (of `ſ` it makes an `s`). */
export const foldedFor = (text: string): string => {
  const lower = text.toLowerCase();
  return lower.includes('ſ') ? lower.replaceAll('ſ', 's') : lower;
};

/** Whether an expression may match a text at all, by the folded text. */
export const sieveFor = (form: RegExp): ((folded: string) => boolean) => {
  const literals = literalsOf(form);
  return literals === null
    ? () => true
    : (folded) => {
        for (const literal of literals) if (folded.includes(literal)) return true;
        return false;
      };
};

const STARTS = 4096;
const startOf = (first: number, second: number): number => (31 * first + second) & (STARTS - 1);
interface Sought {
  literal: string;
  /** The expressions that it may be a part of. */
  forms: number[];
}
/** Literals of two letters or more by how they begin, and those of one letter. */
const byStart = (
  all: readonly (readonly string[] | null)[],
): { long: (Sought[] | null)[]; short: Sought[] } => {
  const sought = new Map<string, Sought>();
  all.forEach((literals, form) => {
    for (const literal of literals ?? []) {
      const known = sought.get(literal);
      if (known) known.forms.push(form);
      else sought.set(literal, { literal, forms: [form] });
    }
  });
  const long = Array.from({ length: STARTS }, (): Sought[] | null => null);
  for (const one of sought.values())
    if (one.literal.length > 1)
      (long[startOf(one.literal.charCodeAt(0), one.literal.charCodeAt(1))] ??= []).push(one);
  return { long, short: [...sought.values()].filter(({ literal }) => literal.length === 1) };
};

/** Which of many expressions may match a text at all, by the folded text: one pass over it for all of them. 1 for each that may. */
export const sievesFor = (forms: readonly RegExp[]): ((folded: string) => Uint8Array) => {
  const all = forms.map(literalsOf);
  const without = Uint8Array.from(all, (literals) => (literals === null ? 1 : 0));
  const { long, short } = byStart(all);
  return (folded) => {
    const may = without.slice();
    for (const { literal, forms: its } of short)
      if (folded.includes(literal)) for (const at of its) may[at] = 1;
    let first = folded.charCodeAt(0);
    for (let i = 1; i < folded.length; i += 1) {
      const second = folded.charCodeAt(i);
      const sought = long[startOf(first, second)] ?? null;
      first = second;
      if (sought === null) continue;
      for (const { literal, forms: its } of sought)
        if (folded.startsWith(literal, i - 1)) for (const at of its) may[at] = 1;
    }
    return may;
  };
};

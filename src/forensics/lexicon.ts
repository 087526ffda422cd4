import { isIdLike } from './ids.ts';
import { MAX_SCAN, normal, scanTokens, stem } from './text.ts';
import { createWordTable } from './word-table.ts';

const NUMBER = /\d+(?:\.\d+)?/g;
const numbersIn = (text: string): string[] =>
  (text.match(NUMBER) ?? []).flatMap((number) => (number.length > 1 ? [number.replace(/\.0+$/, '')] : []));

const wordsOfToken = (token: string, digits: boolean, isJoined: boolean): string[] => {
  const whole = normal(token);
  const out: string[] = [];
  for (const part of isJoined ? whole.split(/[-_]/) : [whole])
    if (part.length > 1 && !(digits && /^\d+$/.test(part))) out.push(stem(part));
  if (digits && isIdLike(token)) out.push(whole);
  return out;
};

/** Words (stemmed) and numbers (as written) of a text: what a person would recognise a thing by. */
export const describing = (text: string): string[] => {
  const out: string[] = [];
  let hasDigits = text.length > MAX_SCAN;
  scanTokens(text, (from, to, digits, isJoined) => {
    hasDigits ||= digits;
    out.push(...wordsOfToken(text.slice(from, to), digits, isJoined));
  });
  return hasDigits ? [...out, ...numbersIn(text)] : out;
};

/** Words as numbers from 0 up, so that the words of many things are held against each other without hashing them again. */
export interface Lexicon {
  codeOf: (word: string) => number;
  /** How many words it has numbered. */
  size: () => number;
  /** The number of a word that was met before. */
  find: (word: string) => number | undefined;
  /** The numbers of what describes a text, in its order. */
  codesIn: (text: string) => number[];
}

export const createLexicon = (): Lexicon => {
  const codes = new Map<string, number>();
  /** Plain words as they are written, so that most need not be cut out of their text and stemmed again. */
  const plain = createWordTable();
  const codeOf = (word: string): number => {
    const known = codes.get(word);
    if (known !== undefined) return known;
    codes.set(word, codes.size);
    return codes.size - 1;
  };
  return {
    codeOf,
    size: () => codes.size,
    find: (word) => codes.get(word),
    codesIn: (text) => {
      const out: number[] = [];
      let hasDigits = text.length > MAX_SCAN;
      scanTokens(text, (from, to, digits, isJoined, a, b) => {
        hasDigits ||= digits;
        const known = digits || isJoined ? -1 : plain.find(a, b);
        if (known >= 0) {
          out.push(known);
          return;
        }
        for (const word of wordsOfToken(text.slice(from, to), digits, isJoined)) {
          const code = codeOf(word);
          if (!digits && !isJoined) plain.enter(a, b, code);
          out.push(code);
        }
      });
      if (hasDigits) for (const number of numbersIn(text)) out.push(codeOf(number));
      return out;
    },
  };
};

/** A set of words that is emptied at once and used again. */
export interface WordSet {
  clear: () => void;
  add: (codes: readonly number[]) => void;
  has: (code: number) => boolean;
}

export const createWordSet = (): WordSet => {
  const marks: number[] = [];
  let mark = 0;
  return {
    clear: () => void (mark += 1),
    add: (codes) => {
      for (const code of codes) {
        while (marks.length <= code) marks.push(0);
        marks[code] = mark;
      }
    },
    has: (code) => marks[code] === mark && mark > 0,
  };
};

import { isIdLike } from '../values/ids.ts';
import { MAX_SCAN, normal, scanTokens, stem } from '../text/text.ts';
import { createWordTable } from '../text/word-table.ts';

const isDigit = (c: number): boolean => c >= 48 && c <= 57;
const [POINT, ZERO] = [46, 48] as const;
/** The numbers of a text, of two digits or more and without a fraction of zeros, as they are written. */
const eachNumber = (text: string, visit: (number: string) => void): void => {
  for (let from = 0; from < text.length; from += 1) {
    if (!isDigit(text.charCodeAt(from))) continue;
    let whole = from + 1;
    while (whole < text.length && isDigit(text.charCodeAt(whole))) whole += 1;
    let [to, isEven] = [whole, true];
    if (text.charCodeAt(whole) === POINT && isDigit(text.charCodeAt(whole + 1)))
      for (to = whole + 1; to < text.length && isDigit(text.charCodeAt(to)); to += 1)
        isEven &&= text.charCodeAt(to) === ZERO;
    if (to - from > 1) visit(text.slice(from, isEven ? whole : to));
    from = to;
  }
};
const hasLetter = (word: string): boolean => {
  for (let i = 0; i < word.length; i += 1) if (!isDigit(word.charCodeAt(i))) return true;
  return false;
};

const wordsOfToken = (token: string, digits: boolean, isJoined: boolean): string[] => {
  const whole = normal(token);
  const out: string[] = [];
  for (const part of isJoined ? whole.split(/[-_]/) : [whole])
    if (part.length > 1 && (!digits || hasLetter(part))) out.push(stem(part));
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
  if (hasDigits) eachNumber(text, (number) => out.push(number));
  return out;
};

/** Words as numbers from 0 up, so that the words of many things are held against each other without hashing them again. */
export interface Lexicon {
  codeOf: (word: string) => number;
  /** How many words it has numbered. */
  size: () => number;
  /** The number of a word that was met before. */
  find: (word: string) => number | undefined;
  /** The numbers of what describes a text, each once, in the order in which they are met. */
  codesIn: (text: string) => number[];
}

export const createLexicon = (): Lexicon => {
  const codes = new Map<string, number>();
  /** Plain words as they are written, so that most need not be cut out of their text and stemmed again. */
  const plain = createWordTable();
  const found = createWordList();
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
      found.clear();
      let hasDigits = text.length > MAX_SCAN;
      scanTokens(text, (from, to, digits, isJoined, a, b) => {
        hasDigits ||= digits;
        const known = digits || isJoined ? -1 : plain.find(a, b);
        if (known >= 0) {
          found.add(known);
          return;
        }
        for (const word of wordsOfToken(text.slice(from, to), digits, isJoined)) {
          const code = codeOf(word);
          if (!digits && !isJoined) plain.enter(a, b, code);
          found.add(code);
        }
      });
      if (hasDigits) eachNumber(text, (number) => found.add(codeOf(number)));
      return found.list();
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

/** Words, each once, in the order in which they are met; emptied at once and used again. */
export interface WordList {
  clear: () => void;
  add: (code: number) => void;
  size: () => number;
  /** What was added since it was emptied. */
  list: () => number[];
}

export const createWordList = (): WordList => {
  const marks: number[] = [];
  let mark = 0;
  let words: number[] = [];
  return {
    clear: () => {
      mark += 1;
      words = [];
    },
    add: (code) => {
      while (marks.length <= code) marks.push(0);
      if (marks[code] === mark) return;
      marks[code] = mark;
      words.push(code);
    },
    size: () => words.length,
    list: () => words,
  };
};

/** Words as numbers from 0 up, so that the words of many things are held against each other without hashing them again. */
export interface Lexicon {
  codeOf: (word: string) => number;
  /** The number of a word that was met before. */
  find: (word: string) => number | undefined;
}

export const createLexicon = (): Lexicon => {
  const codes = new Map<string, number>();
  return {
    codeOf: (word) => {
      const known = codes.get(word);
      if (known !== undefined) return known;
      codes.set(word, codes.size);
      return codes.size - 1;
    },
    find: (word) => codes.get(word),
  };
};

/** A set of words that is emptied at once and used again. */
export interface WordSet {
  clear: () => void;
  add: (codes: Iterable<number>) => void;
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

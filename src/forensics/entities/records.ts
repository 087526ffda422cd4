import { isIdLike } from '../values/ids.ts';
import { createWordList, type Lexicon, type WordList } from './lexicon.ts';
import { normal } from '../text/text.ts';
import { eachValue, type Leaf } from '../values/values.ts';

const MAX_WORDS = 600;
/** A number of no more characters is one word, and no id. */
const SHORT_NUMBER = 5;
/** No id is a number of five digits or fewer, or one with a point. */
const isShortNumber = (value: string | number): boolean =>
  typeof value === 'number' && value >= 1 && value < 100_000;

export const NO_IDS: ReadonlySet<string> = new Set();

/** A record that describes entities. What is made of it is made once, whichever entities it describes. */
export interface Description {
  value: unknown;
  words: readonly number[] | null;
  ids: ReadonlySet<string> | null;
}

export interface RecordReader {
  /** The words of an id and of the records that carry it, in the order in which they are met. */
  words: (id: string, records: readonly Description[]) => readonly number[];
  /** The ids that stand in records. */
  ids: (records: readonly Description[]) => ReadonlySet<string>;
}

export const createRecordReader = (lexicon: Lexicon): RecordReader => {
  const wordsOfValue = createWordsOfValue(lexicon);
  const met = createWordList();
  const addAll = (words: WordList, codes: readonly number[]): void => {
    for (const code of codes) words.add(code);
  };
  /** Enters the words of all leaves, or of those that come before there are so many words. */
  const enterWords = (words: WordList, record: unknown): void =>
    eachValue(record, (value) => {
      if (words.size() >= MAX_WORDS) return false;
      addAll(words, wordsOfValue(value));
      return true;
    });
  const wordsIn = (record: Description): readonly number[] => {
    if (record.words) return record.words;
    met.clear();
    enterWords(met, record.value);
    return (record.words = met.list());
  };
  const idsIn = (record: Description): ReadonlySet<string> => {
    if (record.ids) return record.ids;
    let ids: Set<string> | null = null;
    eachValue(record.value, (value) => {
      if (value === null || typeof value === 'boolean' || isShortNumber(value)) return true;
      const text = String(value);
      if (isIdLike(text)) (ids ??= new Set()).add(normal(text));
      return true;
    });
    return (record.ids = ids ?? NO_IDS);
  };

  return {
    words: (id, records) => {
      const own = lexicon.codesIn(id);
      const parts = records.map(wordsIn);
      met.clear();
      addAll(met, own);
      // Where they might be too many, the leaves are read in their order up to there.
      if (parts.reduce((sum, part) => sum + part.length, own.length) >= MAX_WORDS)
        for (const record of records) enterWords(met, record.value);
      else for (const part of parts) addAll(met, part);
      return met.list();
    },
    ids: (records) => {
      const parts = records.map(idsIn).filter((ids) => ids.size > 0);
      const [first] = parts;
      return parts.length > 1 ? new Set(parts.flatMap((ids) => [...ids])) : (first ?? NO_IDS);
    },
  };
};

const [MAX_KEPT, MAX_KEPT_LENGTH] = [20_000, 60] as const;
/** The words of a plain value, which is none where it is an id. Values come again: most are read once. */
const createWordsOfValue = (lexicon: Lexicon): ((value: Leaf['value']) => readonly number[]) => {
  const kept = new Map<Leaf['value'], readonly number[]>();
  const read = (value: Leaf['value']): readonly number[] => {
    const text = String(value);
    if (typeof value === 'number' && text.length <= SHORT_NUMBER && value >= 10)
      return [lexicon.codeOf(text)];
    return isIdLike(text) ? [] : lexicon.codesIn(text);
  };
  return (value) => {
    const known = kept.get(value);
    if (known) return known;
    const words = read(value);
    if (kept.size < MAX_KEPT && (typeof value !== 'string' || value.length <= MAX_KEPT_LENGTH))
      kept.set(value, words);
    return words;
  };
};

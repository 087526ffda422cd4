import type { Similarity } from '../flags/rule.ts';
import { contentWords } from './text.ts';

/** The task stays the same for a whole session, and every objective is compared to it. */
const known = new Map<string, ReadonlySet<string>>();
const MOST_KNOWN = 64;

function wordsOf(text: string): ReadonlySet<string> {
  const words = known.get(text) ?? contentWords(text);
  known.delete(text);
  known.set(text, words);
  const [oldest] = known.keys();
  if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
  return words;
}

/** The default: the share of the shorter text's content words that the other has. Needs no model and no data. */
export const lexicalSimilarity: Similarity = (a, b) => {
  const x = wordsOf(a);
  const y = wordsOf(b);
  const [short, long] = x.size < y.size ? [x, y] : [y, x];
  if (short.size === 0) return 0;
  return [...short].filter((w) => long.has(w)).length / short.size;
};

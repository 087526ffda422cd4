import type { Similarity } from './flags/rule.ts';
import { contentWords } from './text.ts';

/** The default: the share of the shorter text's content words that the other has. Needs no model and no data. */
export const lexicalSimilarity: Similarity = (a, b) => {
  const x = contentWords(a);
  const y = contentWords(b);
  const [short, long] = x.size < y.size ? [x, y] : [y, x];
  if (short.size === 0) return 0;
  return [...short].filter((w) => long.has(w)).length / short.size;
};

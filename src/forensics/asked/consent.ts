import type { Reading } from '../narrative.ts';
import { contentWords, normal, stem, tokensOf } from '../text/text.ts';

/**
 * What people said themselves, and what they answered to when the agent asked them about it: a goal or a value that is
 * among it came from a person, wherever it was first written. Bounded.
 */
export interface Consent {
  listen: (reading: Reading) => void;
  /** To be told after the step was judged: a question puts its words to the person, and the next answer agrees to them. */
  ask: (reading: Reading) => void;
  has: (token: string) => boolean;
  /** Stems of the words of the person's last turn, and of the questions that it answered. */
  readonly latest: ReadonlySet<string>;
  /** Whether a word of this stem is among it. */
  means: (word: string) => boolean;
  /** How often people spoke. */
  readonly turns: number;
}

const MAX_TOKENS = 20_000;
/** Characters of text that wait until somebody asks; more are read at once. */
const MAX_WAITING = 200_000;
/** Characters of what was asked and has no answer yet. */
const MAX_ASKED = 500_000;

export const createConsent = (): Consent => {
  const tokens = new Set<string>();
  let stems: Set<string> = new Set();
  let stemmed = 0;
  let asked: string[] = [];
  let agreed: string[] = [];
  let [last, latest]: [string[], ReadonlySet<string> | null] = [[], null];
  let [waiting, asking] = [0, 0];
  let turns = 0;
  const enter = (text: string): void => {
    if (tokens.size < MAX_TOKENS)
      for (const t of tokensOf(text)) if (tokens.size < MAX_TOKENS) tokens.add(normal(t.text));
  };
  const read = (): void => {
    for (const text of agreed) enter(text);
    agreed = [];
    waiting = 0;
  };
  const agree = (text: string): void => {
    agreed.push(text);
    waiting += text.length;
    if (waiting > MAX_WAITING) read();
  };
  return {
    listen: ({ heard, userTurn }) => {
      if (!userTurn) return;
      [last, latest] = [[], null];
      turns += 1;
      for (const h of heard) {
        if (h.source !== 'user') continue;
        for (const text of [h.text, ...asked]) agree(text);
        last.push(h.text, ...asked);
        [asked, asking] = [[], 0];
      }
    },
    ask: ({ said }) => {
      if (asking >= MAX_ASKED || !said.includes('?')) return;
      asked.push(said);
      asking += said.length;
    },
    has: (token) => {
      read();
      return tokens.has(normal(token));
    },
    get latest() {
      return (latest ??= contentWords(last.join('\n')));
    },
    means: (word) => {
      read();
      if (stemmed < tokens.size) [stems, stemmed] = [new Set([...tokens].map(stem)), tokens.size];
      return stems.has(word);
    },
    get turns() {
      return turns;
    },
  };
};

import { describing, type Lexicon } from './lexicon.ts';
import { foldedFor, sieveFor } from '../text/literals.ts';
import { matchesOf } from '../text/matches.ts';
import type { Reading } from '../narrative.ts';

/** Words that point to what a record already holds: "the original payment method", "the card it was paid with". */
const POINTING = /\b(?:original|originally|same|current|currently)\s+((?:[\w-]+\s+){0,3}[\w-]+)/gi;
const RENEWED = /\b(?:new|another|other|different)\s+((?:[\w-]+\s+){0,2}[\w-]+)/gi;
/** What an utterance turns away from: "change it from my card to …", "instead of …", "rather than …". */
const AWAY =
  /\b(?:chang|switch|mov|updat|modif|swap|exchang|replac)\w*\b[^.?!\n]{0,80}?\bfrom\b([^.?!\n]{1,60}?)\bto\b|\b(?:instead of|rather than)\s+((?:[\w-]+\s+){0,4}[\w-]+)/gi;

/** Only what is turned away from is left out, not what it is said of. */
const withoutIt = (match: string, from?: string, instead?: string): string =>
  match.replace(from ?? instead ?? '', ' ');

/** Something that a person or the agent said, as it speaks for one thing or another. */
export interface Said {
  step: number;
  /** Its place among all steps in the order in which they happened: the step's number, but where clocks disagree. */
  at: number;
  text: string;
  byPerson: boolean;
  /** As the lexicon numbers them. */
  readonly words: readonly number[];
  /** What "the original …", "the same …" is said of. */
  readonly pointedAt: ReadonlySet<string>;
}

const wordsAfter = (form: RegExp, text: string): Set<string> =>
  new Set(matchesOf(form, text).flatMap((m) => describing(m[1] ?? '')));
const [mayTurnAway, mayPoint, mayRenew] = [sieveFor(AWAY), sieveFor(POINTING), sieveFor(RENEWED)];
const NOTHING: ReadonlySet<string> = new Set();
const MAX_SAID = 8000;
/** Its words are made when a changing call is near enough to ask for them. */
const saidAt = (
  { step, at }: Pick<Said, 'step' | 'at'>,
  text: string,
  byPerson: boolean,
  lexicon: Lexicon,
): Said => {
  let words: number[] | null = null;
  let pointedAt: ReadonlySet<string> | null = null;
  const head = text.slice(0, MAX_SAID);
  return {
    step,
    at,
    text,
    byPerson,
    get words() {
      if (words) return words;
      const kept = mayTurnAway(foldedFor(head)) ? head.replace(AWAY, withoutIt) : head;
      return (words = lexicon.codesIn(kept));
    },
    get pointedAt() {
      if (pointedAt) return pointedAt;
      const folded = foldedFor(head);
      const pointed = mayPoint(folded) ? wordsAfter(POINTING, head) : NOTHING;
      if (pointed.size === 0 || !mayRenew(folded)) return (pointedAt = pointed);
      const renewed = wordsAfter(RENEWED, head);
      return (pointedAt = new Set([...pointed].filter((w) => !renewed.has(w))));
    },
  };
};
/** What was said at a step, which was the n-th to happen, people first. */
export const utterancesOf = (reading: Reading, at: number, lexicon: Lexicon): Said[] => {
  const { stepNumber: step, kind } = reading.step;
  const heard = reading.heard.filter((h) => h.source === 'user');
  return [
    ...heard.map((h) => saidAt({ step, at }, h.text, true, lexicon)),
    ...(kind === 'llm' && reading.said !== '' ? [saidAt({ step, at }, reading.said, false, lexicon)] : []),
  ];
};

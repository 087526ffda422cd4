import type { Carrier } from './carriers.ts';
import type { Consent } from '../asked/consent.ts';
import { contentWords, normal, tokensOf } from '../text/text.ts';

/** Forms in which a text directs its reader. */
export const DIRECTS =
  /\b(?:please|must|ha(?:ve|s) to|needs? to|should|make sure|go to|visit|call|pay|settle|send|transfer|confirm|enter|reply|sign|kindly)\b/i;
const SENTENCE_END = /[.!?;]\s|\n/;
const MOST_SENTENCES = 40;

/** The sentences of a text that direct somebody. */
const directionsIn = (text: string): string[] =>
  text
    .split(SENTENCE_END, MOST_SENTENCES)
    .filter((sentence) => !sentence.endsWith('?') && DIRECTS.test(sentence));

/** A call as it is held against an order: its name, its arguments' names, and tokens that the text alone brought. */
export interface Ordered {
  nameWords: ReadonlySet<string>;
  argumentWords: ReadonlySet<string>;
  fresh: readonly string[];
}

/**
 * Whether one sentence of a text orders a call, in whose name and values nothing else may stand: it says the whole name, of
 * two words and more, of which no person ever said one; or a value that only the text brought, beside a word that the
 * call's name or the argument's has too.
 */
export const isOrderedIn = (
  carrier: Carrier,
  { nameWords, argumentWords, fresh }: Ordered,
  consent: Consent,
): boolean =>
  directionsIn(carrier.text).some((sentence) => {
    const words = contentWords(sentence);
    const says = (word: string): boolean => words.has(word);
    const isNamed = nameWords.size >= 2 && [...nameWords].every(says);
    if (isNamed && consent.turns === carrier.turns && ![...nameWords].some(consent.means)) return true;
    if (fresh.length === 0) return false;
    const tokens = new Set(tokensOf(sentence).map((t) => normal(t.text)));
    return fresh.some((t) => tokens.has(normal(t))) && [...nameWords, ...argumentWords].some(says);
  });

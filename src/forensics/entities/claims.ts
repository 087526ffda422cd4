import type { Entity } from './entities.ts';
import { createWordSet, type Lexicon, type WordSet } from './lexicon.ts';
import type { Slot } from './slot.ts';
import type { Said } from './utterances.ts';

/** Evidence fades with each utterance that tells the two apart, not with talk about other things. */
const FADES = 0.6;
const REPORTED_LATER = 0.7;
const NAMED = 3;
const POINTED = 1.2;

/** What was said around a call: `before` it, newest last, and `after` it, where that is known. */
export interface Talk {
  said: Said[];
  /** How many of them were said before. */
  before: number;
}

export interface Claim {
  confidence: number;
  support: number;
  best: Said | undefined;
}

/** A word that tells some of them apart, what it is worth, and which utterances say it, as bits. */
interface Mark {
  word: number;
  worth: number;
  at: number;
  isOwn: boolean;
}

/** As many utterances as a number has bits. */
const MOST_SAID = 31;
const has = (bits: number, h: number): boolean => ((bits >> h) & 1) === 1;
const lowest = (bits: number): number => 31 - Math.clz32(bits & -bits);

/** Which utterances say a word, as bits; so an entity's words are looked up and not searched for. */
const createSayings = () => {
  let bits = new Int32Array(1024);
  let words: number[] = [];
  return {
    hear: (said: readonly Said[]): void => {
      for (const word of words) bits[word] = 0;
      words = [];
      said.forEach((one, h) => {
        for (const word of one.words) {
          if (word >= bits.length) {
            const larger = new Int32Array(2 * word);
            larger.set(bits);
            bits = larger;
          }
          if (bits[word] === 0) words.push(word);
          bits[word] = (bits[word] ?? 0) | (1 << h);
        }
      });
    },
    of: (word: number | undefined): number => (word === undefined ? 0 : (bits[word] ?? 0)),
  };
};

/** What one side has for it in an utterance: the words that tell it apart (more so when they are all there), its id, "original". */
const claimOf = (sum: number, mass: number, isNamed: boolean, isMeant: boolean): number =>
  (sum > 0 ? sum * (0.4 + 0.6 * Math.min(1, sum / mass)) : 0) +
  (isNamed ? NAMED : 0) +
  (isMeant ? POINTED : 0);

/** Holds what was said around a call against one slot of it after the other; one call at a time. */
export const createHearing = (lexicon: Lexicon) => {
  const sayings = createSayings();
  const rivalWords = createWordSet();
  const [forOwn, forRival] = [new Float64Array(MOST_SAID), new Float64Array(MOST_SAID)];

  const marksOf = ({ words, telling, ownWords }: Slot): Mark[] => {
    const marks: Mark[] = [];
    for (const word of words) {
      const at = sayings.of(word);
      const worth = at === 0 ? 0 : telling(word);
      if (worth > 0) marks.push({ word, worth, at, isOwn: ownWords.has(word) });
    }
    return marks;
  };

  /** What the words of each utterance say for either side; false where none speaks for the rival. */
  const weighWords = (marks: readonly Mark[], ownCode?: number, rivalCode?: number): boolean => {
    forOwn.fill(0);
    forRival.fill(0);
    let isSpokenOf = false;
    for (const { word, worth, at, isOwn } of marks) {
      if (isOwn === rivalWords.has(word) || word === (isOwn ? ownCode : rivalCode)) continue;
      const sums = isOwn ? forOwn : forRival;
      for (let bits = at; bits !== 0; bits &= bits - 1) {
        const h = lowest(bits);
        sums[h] = (sums[h] ?? 0) + worth;
      }
      isSpokenOf ||= !isOwn;
    }
    return isSpokenOf;
  };
  const massOf = (words: readonly number[], others: WordSet, { telling }: Slot, id?: number): number => {
    let mass = 0;
    for (const word of words) if (!others.has(word) && word !== id) mass += telling(word);
    return mass;
  };
  const isPointed = (one: Said, { isCalled }: Slot, words: WordSet): boolean => {
    for (const word of one.pointedAt) {
      const code = lexicon.find(word);
      if (isCalled(word) || (code !== undefined && words.has(code))) return true;
    }
    return false;
  };

  return ({ said, before }: Talk) => {
    if (said.length > MOST_SAID) throw new RangeError(`more than ${MOST_SAID} utterances around a call`);
    sayings.hear(said);

    return (slot: Slot): ((rival: Entity, since: number) => Claim | null) => {
      const { own, ownWords, pointed } = slot;
      const marks = marksOf(slot);
      const marked = marks.reduce((bits, { at }) => bits | at, 0);
      const ownCode = lexicon.find(own.key);
      const namesOwn = sayings.of(ownCode);

      return (rival, since) => {
        const rivalCode = lexicon.find(rival.key);
        const namesRival = sayings.of(rivalCode);
        rivalWords.clear();
        rivalWords.add(rival.words);
        const isDescribed = weighWords(marks, ownCode, rivalCode);
        const pointsTo = pointed.has(rival.key) && !pointed.has(own.key);
        // Nothing was said that could speak for it.
        if (!isDescribed && namesRival === 0 && !pointsTo) return null;
        const pointsAway = pointed.has(own.key) && !pointed.has(rival.key);
        /** The utterances that speak for either of them. */
        const speaking = pointsTo || pointsAway ? -1 : marked | namesOwn | namesRival;
        let ownMass = -1;
        let rivalMass = -1;
        let rivalSum = 0;
        let ownSum = 0;
        let weight = 1;
        let most = 0;
        let best: Said | undefined;
        // Newest first: what speaks for the rival, and what for the id that was used.
        for (let n = 0; n < said.length; n += 1) {
          const isLater = before + n < said.length;
          const h = isLater ? before + n : said.length - 1 - n;
          const one = has(speaking, h) ? said[h] : undefined;
          if (!one) continue;
          const forIt = forOwn[h] ?? 0;
          const forOther = forRival[h] ?? 0;
          if (forIt > 0 && ownMass < 0) ownMass = massOf(own.words, rivalWords, slot, ownCode);
          const o = claimOf(forIt, ownMass, has(namesOwn, h), pointsAway && isPointed(one, slot, ownWords));
          let r = 0;
          if (one.at > since) {
            if (forOther > 0 && rivalMass < 0) rivalMass = massOf(rival.words, ownWords, slot, rivalCode);
            r = claimOf(
              forOther,
              rivalMass,
              has(namesRival, h),
              pointsTo && isPointed(one, slot, rivalWords),
            );
          }
          // What names the used id itself, perhaps beside others, does not speak against it.
          if (has(namesOwn, h)) r = Math.min(r, o);
          if ((r === 0 && o === 0) || (!has(marked, h) && one.pointedAt.size === 0)) continue;
          const factor = isLater ? REPORTED_LATER : 1;
          rivalSum += r * weight * factor;
          ownSum += o * weight * factor;
          if (r * weight > most) {
            most = r * weight;
            best = one;
          }
          if (!isLater) weight *= FADES;
        }
        return { confidence: (rivalSum - ownSum) / (rivalSum + ownSum + 0.5), support: rivalSum, best };
      };
    };
  };
};

import type { Entity } from './entities.ts';
import { createWordSet, type Lexicon } from './lexicon.ts';
import type { Slot } from './slot.ts';
import { normal } from './text.ts';
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

/** A word that tells some of them apart, what it is worth, and which utterances say it. */
interface Mark {
  word: number;
  worth: number;
  at: number[];
  isOwn: boolean;
}

const SILENT: readonly number[] = [];

/** Holds what was said around a call against one slot of it after the other. */
export const createHearing = (lexicon: Lexicon, { said, before }: Talk) => {
  /** Which of the utterances say a word; so an entity's words are looked up and not searched for. */
  const sayings = new Map<number, number[]>();
  said.forEach(({ words }, h) => {
    for (const word of words) {
      const list = sayings.get(word);
      if (list) list.push(h);
      else sayings.set(word, [h]);
    }
  });
  const naming = (id: string): readonly number[] => {
    const code = lexicon.find(id);
    return (code === undefined ? undefined : sayings.get(code)) ?? SILENT;
  };
  const rivalWords = createWordSet();
  const [forOwn, forRival] = [said.map(() => 0), said.map(() => 0)];

  const marksOf = ({ words, telling, ownWords }: Slot): Mark[] =>
    words.flatMap((word) => {
      const at = sayings.get(word);
      const worth = at ? telling(word) : 0;
      return at && worth > 0 ? [{ word, worth, at, isOwn: ownWords.has(word) }] : [];
    });

  return (slot: Slot): ((rival: Entity, since: number) => Claim | null) => {
    const { own, ownWords, telling, pointed, called } = slot;
    const marks = marksOf(slot);
    const isMarked = said.map(() => false);
    for (const { at } of marks) for (const h of at) isMarked[h] = true;
    const ownId = normal(own.id);
    const ownCode = lexicon.find(ownId);
    const namesOwn = naming(ownId);

    /** What the words of each utterance say for either side; false where none speaks for the rival. */
    const weighWords = (rivalCode: number | undefined): boolean => {
      forOwn.fill(0);
      forRival.fill(0);
      let isSpokenOf = false;
      for (const { word, worth, at, isOwn } of marks) {
        if (isOwn === rivalWords.has(word) || word === (isOwn ? ownCode : rivalCode)) continue;
        const sums = isOwn ? forOwn : forRival;
        for (const h of at) sums[h] = (sums[h] ?? 0) + worth;
        isSpokenOf ||= !isOwn;
      }
      return isSpokenOf;
    };
    const massOf = (
      words: readonly number[],
      others: { has: (w: number) => boolean },
      id?: number,
    ): number => {
      let mass = 0;
      for (const word of words) if (!others.has(word) && word !== id) mass += telling(word);
      return mass;
    };

    return (rival, since) => {
      const rivalId = normal(rival.id);
      const rivalCode = lexicon.find(rivalId);
      const namesRival = naming(rivalId);
      rivalWords.clear();
      rivalWords.add(rival.words);
      const isDescribed = weighWords(rivalCode);
      const pointsTo = pointed.has(rivalId) && !pointed.has(ownId);
      // Nothing was said that could speak for it.
      if (!isDescribed && namesRival.length === 0 && !pointsTo) return null;
      const pointsAway = pointed.has(ownId) && !pointed.has(rivalId);
      let [ownMass, rivalMass]: (number | null)[] = [null, null];
      const isPointed = (h: number, words: { has: (w: number) => boolean }): boolean =>
        [...(said[h]?.pointedAt ?? [])].some((word) => {
          const code = lexicon.find(word);
          return called.has(word) || (code !== undefined && words.has(code));
        });
      /** Its id, the words that tell it apart (more so when they are all there), "original". */
      const claim = (sum: number, mass: () => number, isNamed: boolean, isMeant: boolean): number =>
        (sum > 0 ? sum * (0.4 + 0.6 * Math.min(1, sum / mass())) : 0) +
        (isNamed ? NAMED : 0) +
        (isMeant ? POINTED : 0);

      let [rivalSum, ownSum, weight, most] = [0, 0, 1, 0];
      let best: Said | undefined;
      const weigh = (h: number, factor: number): void => {
        const one = said[h];
        if (!one) return;
        const o = claim(
          forOwn[h] ?? 0,
          () => (ownMass ??= massOf(own.words, rivalWords, ownCode)),
          namesOwn.includes(h),
          pointsAway && isPointed(h, ownWords),
        );
        const other =
          one.step > since
            ? claim(
                forRival[h] ?? 0,
                () => (rivalMass ??= massOf(rival.words, ownWords, rivalCode)),
                namesRival.includes(h),
                pointsTo && isPointed(h, rivalWords),
              )
            : 0;
        // What names the used id itself, perhaps beside others, does not speak against it.
        const r = namesOwn.includes(h) ? Math.min(other, o) : other;
        if ((r === 0 && o === 0) || (!isMarked[h] && one.pointedAt.size === 0)) return;
        rivalSum += r * weight * factor;
        ownSum += o * weight * factor;
        if (r * weight > most) [most, best] = [r * weight, one];
        if (factor === 1) weight *= FADES;
      };
      // Newest first: what speaks for the rival, and what for the id that was used.
      for (let h = before; h < said.length; h += 1) weigh(h, REPORTED_LATER);
      for (let h = before - 1; h >= 0; h -= 1) weigh(h, 1);
      return { confidence: (rivalSum - ownSum) / (rivalSum + ownSum + 0.5), support: rivalSum, best };
    };
  };
};

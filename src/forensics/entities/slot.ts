import type { Entity, EntityIndex } from './entities.ts';
import { isEntityAt } from '../values/ids.ts';
import { createWordSet, type WordSet } from './lexicon.ts';
import type { Call } from '../narrative.ts';
import { rememberedNames } from '../values/paths.ts';
import { contentWords, normal } from '../text/text.ts';
import { leavesOf } from '../values/values.ts';

const EMPTY_WORDS = [
  'yes',
  'no',
  'non',
  'none',
  'tru',
  'true',
  'fals',
  'false',
  'null',
  'the',
  'and',
  'with',
  'for',
  'from',
  'order',
  'item',
  'id',
  'of',
  'to',
  'in',
  'or',
  'us',
  'usa',
];

export interface NamedId {
  path: string;
  id: string;
}

const readIds = (args: unknown): readonly NamedId[] =>
  leavesOf(args).flatMap(({ path, value }) =>
    typeof value === 'string' && isEntityAt(path, value) ? [{ path, id: value }] : [],
  );
const known = new WeakMap<object, readonly NamedId[]>();
/** The ids among the arguments of a call, with their places. Arguments are as they were recorded: they are read once. */
export const idsOf = ({ args }: Pick<Call, 'args'>): readonly NamedId[] => {
  if (typeof args !== 'object' || args === null) return readIds(args);
  const before = known.get(args);
  if (before) return before;
  const ids = readIds(args);
  known.set(args, ids);
  return ids;
};

/** A slot of a call, its id, what else could stand there, and what the rest of the call already explains. */
export interface Slot {
  own: Entity;
  rivals: Entity[];
  /** What a word is worth that one of them has and another has not; 0 where the rest of the call explains it. */
  telling: (word: number) => number;
  /** All words that any of them has. */
  words: number[];
  /** Those of its own id. */
  ownWords: WordSet;
  /** The other ids that records named in the same call hold. */
  pointed: { has: (id: string) => boolean };
  /** Whether a word is one of those that things in this place are called by. */
  isCalled: (word: string) => boolean;
}

/** Which of those that could stand in a place are none of its rivals, and whether one of these may be what was meant. */
interface Rivals {
  isOut: (rival: Entity) => boolean;
  mayBeMeant: (rival: Entity) => boolean;
}

/** An entity of the rest of a call, and what else could stand in its place. */
interface Tie {
  to: Entity;
  /** The ids of those others, and all ids that stand in their records. */
  kin: () => { keys: ReadonlySet<string>; inside: ReadonlySet<string> };
}

/**
 * Makes the slots of a session's calls. One slot is used at a time: what is counted for it is written over by the next.
 */
export const createSlots = (
  index: EntityIndex,
): ((ids: readonly NamedId[], at: NamedId, among: Rivals) => Slot | null) => {
  const { lexicon } = index;
  let counts = new Int32Array(1024);
  const [explained, ownWords] = [createWordSet(), createWordSet()];
  const emptyWords = EMPTY_WORDS.map(lexicon.codeOf);

  const namesIn = rememberedNames((path) => {
    const named = contentWords(path.replace(/[.[\]*]+/g, ' '));
    return { words: named, codes: [...named].map(lexicon.codeOf) };
  });

  const isAlike = (a: Entity, b: Entity): boolean => {
    if (a === b) return false;
    const theirs = b.kinds;
    return a.kinds.some((k) => theirs.includes(k));
  };
  const rivalsOf = (own: Entity, pointed: readonly ReadonlySet<string>[]): readonly Entity[] => {
    const near = index.rivals(own);
    if (pointed.length === 0) return near;
    const all = new Set(near);
    // Of the same form under the same name, and held by a record that the call names: where this one would have belonged.
    for (const ids of pointed)
      for (const other of ids) {
        const entity = index.get(other);
        if (entity && isAlike(own, entity)) all.add(entity);
      }
    return [...all];
  };

  const isTied = (a: Entity, b: Entity): boolean => a.inside.has(b.key) || b.inside.has(a.key);
  const kinOf = (entity: Entity): ReturnType<Tie['kin']> => {
    const [keys, inside] = [new Set<string>(), new Set<string>()];
    for (const other of index.rivals(entity)) {
      keys.add(other.key);
      for (const id of other.inside) inside.add(id);
    }
    return { keys, inside };
  };
  /** Entities of a call that stand in the record of an entity, or in whose record it stands. */
  const tiesOf = (entity: Entity, others: readonly NamedId[]): Tie[] =>
    others
      .flatMap(({ id }) => index.get(id) ?? [])
      .filter((other) => isTied(entity, other))
      .map((other) => {
        let kin: ReturnType<Tie['kin']> | null = null;
        return { to: other, kin: () => (kin ??= kinOf(other)) };
      });
  /** Whether an entity is tied to another thing of the kind that this one is. */
  const hasItsOwn = (entity: Entity, { to, kin }: Tie): boolean => {
    const { keys, inside } = kin();
    if (inside.has(entity.key)) return true;
    for (const id of entity.inside) {
      if (keys.has(id)) return true;
      const held = index.get(id);
      if (held !== undefined && isAlike(held, to)) return true;
    }
    return false;
  };
  /** The rest of the call belongs to the used id, and the other one to something else of that kind. */
  const fitsLess = (rival: Entity, ties: Tie[]): boolean =>
    ties.some((tie) => !isTied(rival, tie.to) && hasItsOwn(rival, tie));

  /** How many of some entities have each word; the words in the order in which they are met. */
  const count = (entities: Entity[]): number[] => {
    const words: number[] = [];
    const each = entities.map((entity) => entity.words);
    if (counts.length < lexicon.size()) counts = new Int32Array(2 * lexicon.size());
    else for (const theirs of each) for (const word of theirs) counts[word] = 0;
    for (const theirs of each) {
      for (const word of theirs) {
        const before = counts[word] ?? 0;
        if (before === 0) words.push(word);
        counts[word] = before + 1;
      }
    }
    return words;
  };

  return (ids, { path, id }, { isOut, mayBeMeant }) => {
    const own = index.get(id);
    if (!own) return null;
    const others = ids.filter((i) => i.path !== path);
    const inCall = new Set(ids.filter((i) => i.path === path).map((i) => normal(i.id)));
    const held = others.map((i) => index.within(i.id)).filter((within) => within.size > 0);
    const pointed = { has: (other: string): boolean => held.some((within) => within.has(other)) };
    const all = rivalsOf(own, held);
    if (!all.some(mayBeMeant)) return null;
    const ties = tiesOf(own, others);
    const rivals = all.filter((rival) => !(inCall.has(rival.key) || isOut(rival) || fitsLess(rival, ties)));
    if (rivals.length === 0) return null;
    const names = [path, ...own.homes].map(namesIn);
    const words = count([own, ...rivals]);
    ownWords.clear();
    ownWords.add(own.words);
    explained.clear();
    explained.add(emptyWords);
    for (const { codes } of names) explained.add(codes);
    for (const { id: other } of ids) {
      const entity = index.get(other);
      if (entity && entity !== own && entity.homes.some((h) => own.homes.includes(h)))
        explained.add(entity.words);
    }
    const worths: number[] = [];
    const telling = (word: number): number => {
      const having = explained.has(word) ? 0 : (counts[word] ?? 0);
      return having === 0 ? 0 : (worths[having] ??= Math.log2((rivals.length + 1) / having));
    };
    const isCalled = (word: string): boolean => names.some((name) => name.words.has(word));
    return { own, rivals, words, ownWords, pointed, isCalled, telling };
  };
};

import { createEntityIndex, type Entity, type EntityIndex } from './entities.ts';
import { isWrite, type FlagContext } from './flags/rule.ts';
import { isEntityAt } from './ids.ts';
import type { Call, Reading } from './narrative.ts';
import type { Observed } from './observe.ts';
import type { Hypothesis } from './origin.ts';
import { clip, contentWords, normal } from './text.ts';
import { utterancesOf, type Said } from './utterances.ts';
import { leavesOf } from './values.ts';

/** Evidence fades with each utterance that tells the two apart, not with talk about other things. */
const FADES = 0.6;
const LOOKED_BACK = 24;
const REPORTED_LATER = 0.7;
const NAMED = 3;
const POINTED = 1.2;
const EMPTY_WORDS = new Set([
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
]);

/** A slot of a call, its id, what else could stand there, and what the rest of the call already explains. */
interface Slot {
  own: Entity;
  rivals: Entity[];
  /** What a word is worth that one of them has and another has not; 0 where the rest of the call explains it. */
  telling: (word: string) => number;
  /** All words that any of them has. */
  words: string[];
  /** The other ids that records named in the same call hold. */
  pointed: Set<string>;
  /** What things that stand in this place are called. */
  called: Set<string>;
}

interface Heard {
  said: Said;
  marks: string[];
}

interface Verdict {
  path: string;
  id: string;
  rival: Entity;
  confidence: number;
  support: number;
  best: Said | undefined;
}

/** One of two that could be meant, against the other. */
interface Side {
  id: string;
  worth: (word: string) => number;
  /** What all its telling words are worth together; made when a first one was heard. */
  mass: () => number;
  /** Whether "original" before this word means this one. */
  pointed: (word: string) => boolean;
}
const sideOf = (slot: Slot, entity: Entity, against: Entity): Side => {
  const id = normal(entity.id);
  const [words, others] = [entity.words, against.words];
  const worth = (word: string): number =>
    words.has(word) && !others.has(word) && word !== id ? slot.telling(word) : 0;
  let mass: number | null = null;
  const isPointed = slot.pointed.has(id) && !slot.pointed.has(normal(against.id));
  return {
    id,
    worth,
    mass: () => (mass ??= [...words].reduce((sum, word) => sum + worth(word), 0)),
    pointed: (word) => isPointed && (slot.called.has(word) || words.has(word)),
  };
};

/** What an utterance says for one side: its id, the words that tell it apart (more so when they are all there), "original". */
const claims = (side: Side, { said, marks }: Heard): number => {
  let sum = 0;
  for (const word of marks) sum += side.worth(word);
  const described = sum > 0 ? sum * (0.4 + 0.6 * Math.min(1, sum / side.mass())) : 0;
  const named = said.words.has(side.id) ? NAMED : 0;
  return described + named + ([...said.pointedAt].some(side.pointed) ? POINTED : 0);
};

/** Newest first: what speaks for the rival, and what for the id that was used. */
const compare = (
  slot: Slot,
  rival: Entity,
  talk: Heard[],
  after: Heard[],
  since: number,
): Pick<Verdict, 'confidence' | 'support' | 'best'> => {
  let [forRival, forOwn, weight, most] = [0, 0, 1, 0];
  let best: Said | undefined;
  const theirs = sideOf(slot, rival, slot.own);
  const mine = sideOf(slot, slot.own, rival);
  const weigh = (heard: Heard, factor: number): void => {
    const { said } = heard;
    const o = claims(mine, heard);
    const other = said.step > since ? claims(theirs, heard) : 0;
    // What names the used id itself, perhaps beside others, does not speak against it.
    const r = said.words.has(mine.id) ? Math.min(other, o) : other;
    if (r === 0 && o === 0) return;
    forRival += r * weight * factor;
    forOwn += o * weight * factor;
    if (r * weight > most) [most, best] = [r * weight, said];
    if (factor === 1) weight *= FADES;
  };
  for (const heard of after) weigh(heard, REPORTED_LATER);
  for (const heard of talk.toReversed()) weigh(heard, 1);
  return { confidence: (forRival - forOwn) / (forRival + forOwn + 0.5), support: forRival, best };
};

const idsOf = (call: Pick<Call, 'args'>): { path: string; id: string }[] =>
  leavesOf(call.args).flatMap(({ path, value }) =>
    typeof value === 'string' && isEntityAt(path, value) ? [{ path, id: value }] : [],
  );

interface Scene {
  index: EntityIndex;
  talk: Said[];
  after: Said[];
  /** Where each id was last used in a changing call: what was said of it before is settled. */
  settled: Map<string, number>;
  /** The last step that uses an id in a slot: what is meant for a later call is not missing in this one. */
  lastUse: Map<string, number>;
  step: number;
}
const ENOUGH = 0.3;
const SURE_ENOUGH = 0.1;

const slotOf = (call: Call, id: string, path: string, scene: Scene): Slot | null => {
  const own = scene.index.get(id);
  if (!own) return null;
  const ids = idsOf(call);
  const inCall = new Set(ids.filter((i) => i.path === path).map((i) => normal(i.id)));
  const pointed = new Set(ids.flatMap((i) => (i.path === path ? [] : [...scene.index.within(i.id)])));
  // Of the same form under the same name, and held by a record that the call names: where this one would have belonged.
  const far = [...pointed]
    .flatMap((other) => scene.index.get(other) ?? [])
    .filter((e) => e !== own && [...e.kinds].some((k) => own.kinds.has(k)));
  const rivals = [...new Set([...scene.index.rivals(own), ...far])].filter(
    (r) =>
      !inCall.has(normal(r.id)) &&
      (scene.lastUse.get(`${call.name}/${path}/${normal(r.id)}`) ?? 0) <= scene.step,
  );
  const explaining = ids
    .flatMap((i) => scene.index.get(i.id) ?? [])
    .filter((e) => e !== own && [...e.homes].some((h) => own.homes.has(h)));
  const called = contentWords([path, ...own.homes].join(' ').replace(/[.[\]*]+/g, ' '));
  const spread = new Map<string, number>();
  if (rivals.length > 0)
    for (const e of [own, ...rivals]) for (const w of e.words) spread.set(w, (spread.get(w) ?? 0) + 1);
  const worths = new Map<string, number>();
  const telling = (word: string): number => {
    const known = worths.get(word);
    if (known !== undefined) return known;
    const explained = EMPTY_WORDS.has(word) || called.has(word) || explaining.some((e) => e.words.has(word));
    const count = explained ? 0 : (spread.get(word) ?? 0);
    const worth = count === 0 ? 0 : Math.log2((rivals.length + 1) / count);
    worths.set(word, worth);
    return worth;
  };
  return { own, rivals, pointed, called, telling, words: [...spread.keys()] };
};

/** Which of the utterances say a word; made once a call, so that an entity's words are looked up and not searched for. */
type Sayings = Map<string, Heard[]>;
const sayingsOf = (heard: Heard[]): Sayings => {
  const out: Sayings = new Map();
  for (const h of heard) {
    for (const word of h.said.words) {
      const list = out.get(word);
      if (list) list.push(h);
      else out.set(word, [h]);
    }
  }
  return out;
};
/** Puts into each utterance its words that tell anything apart in this slot. */
const mark = ({ words, telling }: Slot, sayings: Sayings, heard: Heard[]): void => {
  for (const h of heard) h.marks = [];
  for (const word of words) {
    const said = sayings.get(word);
    if (said && telling(word) > 0) for (const h of said) h.marks.push(word);
  }
};
/** Whether anything was said that could speak for a rival. */
const isSpokenOf = (rival: Entity, { own }: Slot, heard: Heard[]): boolean =>
  heard.some(
    (h) => h.said.pointedAt.size > 0 || h.marks.some((w) => rival.words.has(w) && !own.words.has(w)),
  );

const verdictsOf = (call: Call, scene: Scene): Verdict[] => {
  const talk = scene.talk.map((said): Heard => ({ said, marks: [] }));
  const after = scene.after.map((said): Heard => ({ said, marks: [] }));
  const heard = [...talk, ...after];
  const sayings = sayingsOf(heard);
  return idsOf(call).flatMap(({ path, id }): Verdict[] => {
    const slot = slotOf(call, id, path, scene);
    if (!slot || slot.rivals.length === 0) return [];
    mark(slot, sayings, heard);
    const bears = (h: Heard): boolean => h.marks.length > 0 || h.said.pointedAt.size > 0;
    const [before, later] = [talk.filter(bears), after.filter(bears)];
    const judged = slot.rivals
      .filter((rival) => isSpokenOf(rival, slot, [...before, ...later]))
      .map((rival) => ({
        path,
        id,
        rival,
        ...compare(slot, rival, before, later, scene.settled.get(normal(rival.id)) ?? 0),
      }));
    const likely = judged.filter((v) => v.confidence > SURE_ENOUGH && v.support >= ENOUGH);
    return likely.length === 0
      ? []
      : [
          likely.reduce((a, b) =>
            b.confidence > a.confidence || (b.confidence === a.confidence && b.support > a.support) ? b : a,
          ),
        ];
  });
};

const hypothesisOf = (step: number, call: Call, v: Verdict): Hypothesis => ({
  kind: 'wrong-entity',
  mode: 'tool_misfire',
  step,
  score: 0.25 + 0.4 * v.confidence,
  reason: `${call.name} was called on ${v.id} (${v.path}), but the conversation speaks of ${v.rival.id}`,
  citations: [
    { step, place: `call ${call.name}, argument ${v.path}`, quote: v.id.slice(0, 300) },
    ...(v.best ? [{ step: v.best.step, place: 'conversation', quote: clip(v.best.text, 280) }] : []),
  ],
  subject: { tool: call.name, path: v.path, becomes: null },
});

const REPORT = 2;
const REPORT_WITHIN = 7;
/** What a sealed session knows and a live one does not: what is said after a step, and where ids are used last. */
interface Foresight {
  after: (step: number) => Said[];
  lastUse: Map<string, number>;
}
const BLIND: Foresight = { after: () => [], lastUse: new Map() };

/** Judges the changing calls of a session one step at a time. Version 1. */
export const watchEntities = (
  context: FlagContext,
  foresight: Foresight = BLIND,
): ((reading: Reading) => Hypothesis[]) => {
  const scene: Scene = {
    index: createEntityIndex(),
    talk: [],
    after: [],
    settled: new Map(),
    lastUse: foresight.lastUse,
    step: 0,
  };
  return (reading) => {
    scene.step = reading.step.stepNumber;
    scene.talk = [...scene.talk, ...utterancesOf(reading)].slice(-LOOKED_BACK);
    const changing =
      context.tools === null ? [] : reading.calls.filter((c) => isWrite(context.tools, c.name));
    if (changing.length > 0) scene.after = foresight.after(scene.step);
    const out = changing.flatMap((call) => {
      const worst = verdictsOf(call, scene).toSorted((a, b) => b.confidence - a.confidence)[0];
      return worst ? [hypothesisOf(reading.modelStep, call, worst)] : [];
    });
    const { tool } = reading.step;
    if (tool && tool.status !== 'error' && isWrite(context.tools, tool.name))
      for (const { id } of idsOf(tool)) scene.settled.set(normal(id), scene.step);
    scene.index.add(reading);
    return out;
  };
};

/**
 * Calls on an entity that exists but is not the one agreed on: in each id of a changing call, whether the conversation
 * around it (what the agent proposed, what the person confirmed, what was reported afterwards) describes another entity
 * that could stand in the same place.
 */
export const wrongEntities = ({ readings, context }: Observed): Hypothesis[] => {
  const lastUse = new Map<string, number>();
  for (const { calls, step } of readings)
    for (const call of calls.filter((c) => isWrite(context.tools, c.name)))
      for (const { path, id } of idsOf(call))
        lastUse.set(`${call.name}/${path}/${normal(id)}`, step.stepNumber);
  // Without a changing call there is nothing to judge, and what things are called need not be learned.
  if (lastUse.size === 0) return [];
  const after = (step: number): Said[] =>
    readings
      .slice(step, step + REPORT_WITHIN)
      .flatMap(utterancesOf)
      .slice(0, REPORT);
  return readings.flatMap(watchEntities(context, { after, lastUse }));
};

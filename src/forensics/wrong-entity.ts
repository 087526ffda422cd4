import { createEntityIndex, describing, type Entity, type EntityIndex } from './entities.ts';
import { isWrite, type FlagContext } from './flags/rule.ts';
import { isEntityAt } from './ids.ts';
import type { Call, Reading } from './narrative.ts';
import type { Observed } from './observe.ts';
import type { Hypothesis } from './origin.ts';
import { clip, contentWords, normal } from './text.ts';
import { leavesOf } from './values.ts';

/** Evidence fades with each utterance that tells the two apart, not with talk about other things. */
const FADES = 0.6;
const LOOKED_BACK = 24;
const REPORTED_LATER = 0.7;
const NAMED = 3;
/** Words that point to what a record already holds: "the original payment method", "the card it was paid with". */
const POINTING = /\b(?:original|originally|same|current|currently)\s+((?:[\w-]+\s+){0,3}[\w-]+)/gi;
const RENEWED = /\b(?:new|another|other|different)\s+((?:[\w-]+\s+){0,2}[\w-]+)/gi;
/** What an utterance turns away from: "change it from my card to …", "instead of …", "rather than …". */
const AWAY =
  /\b(?:chang|switch|mov|updat|modif|swap|exchang|replac)\w*\b[^.?!\n]{0,80}?\bfrom\b([^.?!\n]{1,60}?)\bto\b|\b(?:instead of|rather than)\s+((?:[\w-]+\s+){0,4}[\w-]+)/gi;
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

interface Said {
  step: number;
  text: string;
  words: Set<string>;
  /** What "the original …", "the same …" is said of. */
  pointedAt: Set<string>;
}

const wordsAfter = (form: RegExp, text: string): Set<string> =>
  new Set([...text.matchAll(form)].flatMap((m) => describing(m[1] ?? '')));
const utterancesOf = (reading: Reading): Said[] => {
  const texts = [
    ...reading.heard.filter((h) => h.source === 'user').map((h) => h.text),
    ...(reading.step.kind === 'llm' && reading.said !== '' ? [reading.said] : []),
  ];
  return texts.map((text) => {
    const head = text.slice(0, 8000);
    const renewed = wordsAfter(RENEWED, head);
    return {
      step: reading.step.stepNumber,
      text,
      words: new Set(describing(head.replace(AWAY, ' '))),
      pointedAt: new Set([...wordsAfter(POINTING, head)].filter((w) => !renewed.has(w))),
    };
  });
};

/** A slot of a call, its id, what else could stand there, and what the rest of the call already explains. */
interface Slot {
  own: Entity;
  rivals: Entity[];
  explained: Set<string>;
  pointed: Set<string>;
  /** What things that stand in this place are called. */
  called: Set<string>;
  telling: (word: string) => number;
}

interface Verdict {
  path: string;
  id: string;
  rival: Entity;
  confidence: number;
  support: number;
  best: Said | undefined;
}

/** The words that tell one thing from the other, with what each is worth. */
const tellingWords = (slot: Slot, entity: Entity, against: Entity): Map<string, number> => {
  const out = new Map<string, number>();
  for (const word of entity.words) {
    const common = against.words.has(word) || slot.explained.has(word) || slot.called.has(word);
    const worth = common ? 0 : slot.telling(word);
    if (worth > 0) out.set(word, worth);
  }
  return out;
};

interface Side {
  id: string;
  words: Map<string, number>;
  mass: number;
  /** Words that mean this one when "original" stands before them; none where no record points to it. */
  pointed: Set<string>;
}
const sideOf = (slot: Slot, entity: Entity, against: Entity): Side => {
  const words = tellingWords(slot, entity, against);
  const id = normal(entity.id);
  words.delete(id);
  return {
    id,
    words,
    mass: [...words.values()].reduce((x, y) => x + y, 0),
    pointed:
      slot.pointed.has(id) && !slot.pointed.has(normal(against.id))
        ? new Set([...slot.called, ...entity.words])
        : new Set(),
  };
};

/** What an utterance says for one side: its id, the words that tell it apart (more so when they are all there), "original". */
const claims = ({ id, words, mass, pointed }: Side, said: Said): number => {
  let sum = 0;
  for (const word of said.words) sum += words.get(word) ?? 0;
  const described = mass > 0 ? sum * (0.4 + 0.6 * Math.min(1, sum / mass)) : 0;
  return (
    described +
    (said.words.has(id) ? NAMED : 0) +
    ([...said.pointedAt].some((w) => pointed.has(w)) ? POINTED : 0)
  );
};

/** Newest first: what speaks for the rival, and what for the id that was used. */
const compare = (
  slot: Slot,
  rival: Entity,
  talk: Said[],
  after: Said[],
  since: number,
): Pick<Verdict, 'confidence' | 'support' | 'best'> => {
  let [forRival, forOwn, weight, most] = [0, 0, 1, 0];
  let best: Said | undefined;
  const theirs = sideOf(slot, rival, slot.own);
  const mine = sideOf(slot, slot.own, rival);
  const weigh = (said: Said, factor: number): void => {
    const o = claims(mine, said);
    const other = said.step > since ? claims(theirs, said) : 0;
    // What names the used id itself, perhaps beside others, does not speak against it.
    const r = said.words.has(mine.id) ? Math.min(other, o) : other;
    if (r === 0 && o === 0) return;
    forRival += r * weight * factor;
    forOwn += o * weight * factor;
    if (r * weight > most) [most, best] = [r * weight, said];
    if (factor === 1) weight *= FADES;
  };
  for (const said of after) weigh(said, REPORTED_LATER);
  for (const said of talk.toReversed()) weigh(said, 1);
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
  // Of the same form, and held by a record that the call names: where this one would have belonged.
  const far = scene.index.alike(own).filter((r) => pointed.has(normal(r.id)));
  const rivals = [...new Set([...scene.index.rivals(own), ...far])].filter(
    (r) =>
      !inCall.has(normal(r.id)) &&
      (scene.lastUse.get(`${call.name}/${path}/${normal(r.id)}`) ?? 0) <= scene.step,
  );
  const spread = new Map<string, number>();
  for (const one of [own, ...rivals])
    for (const word of one.words) spread.set(word, (spread.get(word) ?? 0) + 1);
  const kin = ids
    .flatMap((i) => scene.index.get(i.id) ?? [])
    .filter((e) => e !== own && [...e.homes].some((h) => own.homes.has(h)));
  return {
    own,
    rivals,
    explained: new Set(kin.flatMap((e) => [...e.words])),
    pointed,
    called: contentWords([path, ...own.homes].join(' ').replace(/[.[\]*]+/g, ' ')),
    telling: (word) => (EMPTY_WORDS.has(word) ? 0 : Math.log2((rivals.length + 1) / (spread.get(word) ?? 1))),
  };
};

const verdictsOf = (call: Call, scene: Scene): Verdict[] =>
  idsOf(call).flatMap(({ path, id }): Verdict[] => {
    const slot = slotOf(call, id, path, scene);
    if (!slot) return [];
    const judged = slot.rivals.map((rival) => ({
      path,
      id,
      rival,
      ...compare(slot, rival, scene.talk, scene.after, scene.settled.get(normal(rival.id)) ?? 0),
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
    scene.after = foresight.after(scene.step);
    const changing =
      context.tools === null ? [] : reading.calls.filter((c) => isWrite(context.tools, c.name));
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

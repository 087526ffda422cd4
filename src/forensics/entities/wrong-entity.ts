import { createHearing, type Claim } from './claims.ts';
import { createEntityIndex, type Entity } from './entities.ts';
import { isWrite, type FlagContext } from '../flags/rule.ts';
import type { Call, Reading } from '../narrative.ts';
import { describing } from './lexicon.ts';
import type { Observed } from '../observe.ts';
import type { Hypothesis } from '../origin.ts';
import { createSlots, idsOf } from './slot.ts';
import { clip, normal } from '../text/text.ts';
import { utterancesOf, type Said } from './utterances.ts';

const LOOKED_BACK = 24;
const ENOUGH = 0.3;
const SURE_ENOUGH = 0.1;

interface Verdict extends Claim {
  path: string;
  id: string;
  rival: Entity;
}

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
  /** The steps that come within reach of the n-th. */
  next: (at: number) => Reading[];
  /** By tool and argument, the place of the last step that uses each id there: what is meant for a later call is not missing in this one. */
  lastUse: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, number>>>;
}
const BLIND: Foresight = { next: () => [], lastUse: new Map() };
/** What stands at a key, made where nothing does. */
const madeAt = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
};

/** Judges the changing calls of a session one step at a time. Version 1. */
export const watchEntities = (
  context: FlagContext,
  foresight: Foresight = BLIND,
): ((reading: Reading) => Hypothesis[]) => {
  const index = createEntityIndex();
  const slotAt = createSlots(index);
  const hearing = createHearing(index.lexicon);
  /** The places of the last changing calls that used each id, newest last: what was said of it before is settled. */
  const settled = new Map<string, { at: number; tool: string }[]>();
  const spoken = new WeakMap<Reading, Said[]>();
  let talk: Said[] = [];
  /** How many steps there were. */
  let at = 0;

  const saidAt = (reading: Reading, place: number): Said[] => {
    const known = spoken.get(reading);
    if (known) return known;
    const said = utterancesOf(reading, place, index.lexicon);
    spoken.set(reading, said);
    return said;
  };

  const says = ({ words }: Said, word: string): boolean => {
    const code = index.lexicon.find(word);
    return code !== undefined && words.includes(code);
  };
  /** Whether another id may be meant, where the person's last words name the one that was used: if they name it too. */
  const mayBeMeantAfter = (last: Said | undefined, used: string): ((rival: Entity) => boolean) => {
    const isAskedFor = last !== undefined && last.words.length > 0 && says(last, used);
    return isAskedFor ? (rival) => says(last, rival.key) : () => true;
  };

  /** Whether words ask for a tool with words of its name that another tool's name does not have. */
  const saysNameOf = (said: Said, tool: string, butNot: string): boolean => {
    const others = describing(butNot);
    return describing(tool).some((word) => {
      const code = others.includes(word) ? undefined : index.lexicon.find(word);
      return code !== undefined && said.words.includes(code);
    });
  };
  /** Since when words speak for a rival. Of two deeds that a person asks for at once, the first does not settle the other. */
  const sinceOf = (rival: string, tool: string, last: Said | undefined): number =>
    settled.get(rival)?.findLast((done) => !last || done.at <= last.at || !saysNameOf(last, tool, done.tool))
      ?.at ?? 0;

  const verdictsOf = (call: Call, after: Said[]): Verdict[] => {
    const ids = idsOf(call);
    let hear: ReturnType<typeof hearing> | null = null;
    const last = talk.findLast((said) => said.byPerson);
    return ids.flatMap(({ path, id }): Verdict[] => {
      const lastUse = foresight.lastUse.get(call.name)?.get(path);
      const mayBeMeant = mayBeMeantAfter(last, normal(id));
      const isOut = (rival: Entity): boolean => (lastUse?.get(rival.key) ?? 0) > at;
      const slot = slotAt(ids, { path, id }, { isOut, mayBeMeant });
      if (!slot) return [];
      hear ??= hearing({ said: [...talk, ...after], before: talk.length });
      const claimOf = hear(slot);
      const likely = slot.rivals.flatMap((rival): Verdict[] => {
        if (!mayBeMeant(rival)) return [];
        const claim = claimOf(rival, sinceOf(rival.key, call.name, last));
        return claim && claim.confidence > SURE_ENOUGH && claim.support >= ENOUGH
          ? [{ path, id, rival, ...claim }]
          : [];
      });
      return likely.length === 0
        ? []
        : [
            likely.reduce((a, b) =>
              b.confidence > a.confidence || (b.confidence === a.confidence && b.support > a.support) ? b : a,
            ),
          ];
    });
  };

  return (reading) => {
    at += 1;
    const said = saidAt(reading, at);
    if (said.length > 0) talk = [...talk, ...said].slice(-LOOKED_BACK);
    const changing =
      context.tools === null ? [] : reading.calls.filter((c) => isWrite(context.tools, c.name));
    const later = changing.length > 0 ? foresight.next(at) : [];
    const after = later.flatMap((r, i) => saidAt(r, at + i + 1)).slice(0, REPORT);
    const out = changing.flatMap((call) => {
      const worst = verdictsOf(call, after).toSorted((a, b) => b.confidence - a.confidence)[0];
      return worst ? [hypothesisOf(reading.modelStep, call, worst)] : [];
    });
    const { tool } = reading.step;
    if (tool && tool.status !== 'error' && isWrite(context.tools, tool.name))
      for (const { id } of idsOf(tool)) {
        const done = madeAt(settled, normal(id), () => []);
        done.push({ at, tool: tool.name });
        if (done.length > LOOKED_BACK) done.shift();
      }
    index.add(reading);
    return out;
  };
};

/**
 * Calls on an entity that exists but is not the one agreed on: in each id of a changing call, whether the conversation
 * around it (what the agent proposed, what the person confirmed, what was reported afterwards) describes another entity
 * that could stand in the same place.
 */
export const wrongEntities = ({ readings, context }: Observed): Hypothesis[] => {
  const lastUse = new Map<string, Map<string, Map<string, number>>>();
  let end = 0;
  readings.forEach(({ calls }, at) => {
    for (const call of calls) {
      if (!isWrite(context.tools, call.name)) continue;
      for (const { path, id } of idsOf(call)) {
        const slots = madeAt(lastUse, call.name, () => new Map<string, Map<string, number>>());
        madeAt(slots, path, () => new Map<string, number>()).set(normal(id), at + 1);
        end = at + 1;
      }
    }
  });
  // Behind the last changing call there is nothing to judge, and what things are called need not be learned.
  const next = (at: number): Reading[] => readings.slice(at, at + REPORT_WITHIN);
  return readings.slice(0, end).flatMap(watchEntities(context, { next, lastUse }));
};

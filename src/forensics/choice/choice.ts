import { boundsOf, isBeyond, isWithin, type Bound } from './limits.ts';
import { createOffers, type Option } from './options.ts';
import {
  alikeTo,
  daysOf,
  fits,
  furthest,
  halvesAt,
  hasTraits,
  namedValues,
  sayingOf,
  statesNamed,
  traitsNamedIn,
  weekdayOf,
} from './values.ts';
import { settledAt, taskIn } from './taken.ts';
import { isWish, wishesIn, type Wishes } from './wishes.ts';
import { isWrite } from '../flags/rule.ts';
import { quotedWords, type LastWords } from '../asked/last-words.ts';
import { matchesOf } from '../text/matches.ts';
import { daysNamedIn } from '../text/moments.ts';
import { saidByPeople, type Call, type Reading } from '../narrative.ts';
import type { Observed } from '../observe.ts';
import type { Hypothesis } from '../origin.ts';
import { idsOf, type NamedId } from '../entities/slot.ts';
import { normal } from '../text/text.ts';
import { wrongEntities } from '../entities/wrong-entity.ts';

const SCORE = 0.6;
/** An answer further back than this was for another choice. */
const LOOKED_BACK = 16;

/** Why another option was meant, and which. */
interface Verdict {
  rival: Option;
  because: string;
}
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const byExtreme = (
  taken: Option,
  all: Option[],
  { extremes }: Wishes,
  isConditional: () => boolean,
): Verdict | null => {
  if (extremes.length === 0 || isConditional()) return null;
  const ends = extremes.flatMap((e) => furthest(all, e) ?? []);
  if (ends.length === 0 || ends.some(({ best }) => best.includes(taken))) return null;
  const [{ path, best }] = ends as [(typeof ends)[number]];
  return best[0] ? { rival: best[0], because: `goes furthest in ${path}` } : null;
};
const byWeekday = (taken: Option, all: Option[], wishes: Wishes): Verdict | null => {
  const { weekdays } = wishes;
  if (weekdays.length === 0 || daysOf(taken).length === 0) return null;
  const isOn = (o: Option): boolean => daysOf(o).some((d) => weekdays.includes(weekdayOf(d)));
  const rival = isOn(taken) ? undefined : all.find(isOn);
  return rival ? { rival, because: `is on ${weekdays.map((d) => DAYS[d]).join(' or ')}` } : null;
};
const isOnOutDay = (o: Option, wishes: Wishes): boolean =>
  wishes.ruledOutDays.length > 0 && daysOf(o).some((d) => wishes.ruledOutDays.includes(weekdayOf(d)));
const byOutDay = (taken: Option, all: Option[], wishes: Wishes): Verdict | null => {
  const rival = isOnOutDay(taken, wishes) ? all.find((o) => !isOnOutDay(o, wishes)) : undefined;
  return rival ? { rival, because: 'is on no day that was ruled out' } : null;
};
const byDay = (taken: Option, all: Option[], { text }: Wishes): Verdict | null => {
  const named = daysOf(taken).length > 0 ? daysNamedIn(text) : [];
  const isOn = (o: Option): boolean => daysOf(o).some((d) => named.includes(d.slice(5)));
  const rival = named.length > 0 && !isOn(taken) ? all.find(isOn) : undefined;
  return rival ? { rival, because: 'is on the day that was named' } : null;
};
const byLimit = (taken: Option, all: Option[], bounds: readonly Bound[]): Verdict | null => {
  const [broken] = bounds.filter((bound) => isBeyond(taken, bound));
  const rival = broken && all.find((o) => bounds.every((bound) => isWithin(o, bound)));
  return rival
    ? { rival, because: `keeps to "${broken.limit.quote.trim()}" in ${broken.paths.join(' and ')}` }
    : null;
};
const byRuledOut = (taken: Option, all: Option[], { ruledOut }: Wishes): Verdict | null => {
  const isOut = (o: Option): boolean => ruledOut.some((says) => o.leaves.some(({ value }) => says(value)));
  const rival = isOut(taken) ? all.find((o) => !isOut(o)) : undefined;
  return rival ? { rival, because: 'was not ruled out' } : null;
};
const byValues = (taken: Option, all: Option[], named: ReturnType<typeof namedValues>): Verdict | null => {
  const rival = named.size > 0 && !fits(taken, named) ? all.find((o) => fits(o, named)) : undefined;
  return rival ? { rival, because: `is the one that was described (${[...named.keys()].join(', ')})` } : null;
};

const ENTRY = /^\s*(?:[-*•]\s*)?(?:\*\*)?(\d{1,2})[.):]\s*(.+)$/gm;
/** The option that a numbered line of the agent's describes: most of its values stand in it. */
const describedBy = (line: string, all: Option[]): Option | null => {
  const says = sayingOf(line);
  const scores = all.map(
    ({ id, leaves }) =>
      leaves.filter(({ value }) =>
        typeof value === 'number' ? new RegExp(`(?<![\\d.])${value}(?![\\d.])`).test(line) : says(value),
      ).length + (line.includes(id) ? 5 : 0),
  );
  const most = Math.max(...scores);
  return most > 0 && scores.filter((s) => s === most).length === 1
    ? (all[scores.indexOf(most)] ?? null)
    : null;
};
const byOrdinal = (taken: Option, all: Option[], { ordinals }: Wishes, shown: string): Judgement => {
  if (ordinals.length === 0) return null;
  const lines = matchesOf(ENTRY, shown).map((m) => m[2] ?? '');
  if (lines.length < 2) return null;
  const meant = ordinals.flatMap((n) => describedBy(lines.at(n) ?? '', all) ?? []);
  const [rival] = meant;
  if (meant.includes(taken)) return 'meant';
  return rival
    ? { rival, because: `stands where the agent's list has number ${(ordinals[0] ?? 0) + 1}` }
    : null;
};

/** What her words say of the one that was taken: another was meant, this one was, or nothing that a list can be held against. */
type Judgement = Verdict | 'meant' | null;

/** With a condition beside it, an extreme is believed where the taken one is it among some that go as far in another respect. */
const isExtremeOfSome = (taken: Option, all: Option[], { extremes }: Wishes): boolean =>
  halvesAt(taken, all).some((half) =>
    extremes.some((e) => furthest(half, e)?.some(({ best }) => best.includes(taken)) ?? false),
  );

const judge = (taken: Option, all: Option[], wishes: Wishes, shown: string): Judgement => {
  const ordinal = byOrdinal(taken, all, wishes, shown);
  if (ordinal || wishes.ordinals.length > 0) return ordinal;
  const traits = traitsNamedIn(wishes.text, all);
  const words = traits.map(({ word }) => word);
  const alike = alikeTo(taken, all, [...traits.map(({ path }) => path), ...statesNamed(wishes.says, all)]);
  const bounds = boundsOf(wishes.limits, alike);
  const weighed = bounds.filter(({ paths }) => paths.length === 1).map(({ limit }) => limit);
  const isConditional = (): boolean => wishes.isConditional(words, weighed);
  const overLimit = byLimit(taken, alike, bounds);
  if (overLimit) return overLimit;
  const kept = alike.filter((o) => bounds.every((bound) => o === taken || isWithin(o, bound)));
  const others = kept.filter((o) => hasTraits(o, traits));
  if (!others.includes(taken)) {
    const [rival] = others;
    return rival && !isConditional() ? { rival, because: `is ${words.join(' and ')}` } : null;
  }
  const described = namedValues(wishes.says, others);
  const left = others.filter((o) => fits(o, described));
  const against =
    byRuledOut(taken, others, wishes) ??
    byOutDay(taken, others, wishes) ??
    byWeekday(taken, others, wishes) ??
    byDay(taken, others, wishes) ??
    byValues(taken, others, described) ??
    (left.includes(taken) ? byExtreme(taken, left, wishes, isConditional) : null);
  if (against) return against;
  const isFurthest = wishes.extremes.some((e) => furthest(left, e)?.some(({ best }) => best.includes(taken)));
  const isOnDay =
    wishes.weekdays.length > 0 && daysOf(taken).some((d) => wishes.weekdays.includes(weekdayOf(d)));
  const isDescribed = described.size > 0 && left.length === 1;
  const hasCondition = wishes.extremes.length > 0 && isConditional() && isExtremeOfSome(taken, all, wishes);
  const isFree = all.some((o) => isOnOutDay(o, wishes)) && !isOnOutDay(taken, wishes);
  const isLeft = wishes.ruledOut.some((says) => all.some((o) => o.leaves.some(({ value }) => says(value))));
  const isKept = bounds.some((bound) => isWithin(taken, bound));
  return isKept || isFurthest || isOnDay || isDescribed || hasCondition || isFree || isLeft ? 'meant' : null;
};

/** What was said last before a call, and what the agent had shown before that. */
interface Heard extends LastWords {
  shown: string;
  isWish: boolean;
  /** What it asks for; most words are never held against a list, so they are read when first asked. Null for a mere yes. */
  wishes: () => Wishes | null;
}
const heardIn = (said: readonly string[], step: number, shown: string): Heard => {
  const asked = said.filter(isWish);
  let wishes: { of: Wishes | null } | null = asked.length === 0 ? { of: null } : null;
  return {
    text: said.join('\n'),
    step,
    shown,
    isWish: asked.length > 0,
    wishes: () => (wishes ??= { of: wishesIn(asked) }).of,
  };
};

const hypothesisOf = (
  step: number,
  call: Call,
  { path, id }: { path: string; id: string },
  { rival, because }: Verdict,
  words: Heard,
): Hypothesis => ({
  kind: 'wrong-entity',
  mode: 'tool_misfire',
  step,
  score: SCORE,
  reason: `${call.name} was called on ${id} (${path}), but of what was offered ${rival.id} ${because}, as the person asked`,
  citations: [
    { step, place: `call ${call.name}, argument ${path}`, quote: id.slice(0, 300) },
    quotedWords(words),
  ],
  subject: { tool: call.name, path, becomes: null },
});

export interface Choices {
  /** Calls on another than the one that was meant. */
  wrong: Hypothesis[];
  /** Whether the person's last words say themselves that an id of a call was meant. */
  isMeant: (step: number, path: string) => boolean;
}
const keyOf = (step: number, path: string): string => `${step}/${path}`;

/**
 * Calls on one of several things that an answer offered, held against what the person said last: the cheapest, the
 * earliest, a day, a place in the agent's list, a value, all but one. It says nothing where she only agrees, names
 * conditions that cannot be weighed, or where the other one may not have been to be had. Version 1.
 */
export const judgeChoices = ({ readings, context }: Observed): Choices => {
  const changing = (r: Reading): Call[] => r.calls.filter((c) => isWrite(context.tools, c.name));
  const used = new Set(
    readings.flatMap((r) => changing(r).flatMap((call) => idsOf(call).map((i) => normal(i.id)))),
  );
  const offersOf = createOffers();
  const meant = new Set<string>();
  let last: Heard | null = null;
  /** What agents that were sent by another were told, by thread. */
  const tasks = new Map<string, Heard>();
  let shown = '';
  const judged = (call: Call, slot: NamedId, at: number): Hypothesis[] => {
    const from = Math.max(0, at - LOOKED_BACK);
    const offered = offersOf(slot.id, readings.slice(from, at));
    const own = readings[at];
    const taken = offered?.options.find((o) => normal(o.id) === normal(slot.id));
    if (!offered || !taken || !own) return [];
    const { options } = offered;
    const free = options.filter((o) => o === taken || !used.has(normal(o.id)));
    const settled = tasks.size === 0 ? own : settledAt(readings, own, from + offered.at, slot.id, options);
    for (const words of [tasks.get(settled.thread), last]) {
      if (!words || normal(words.text).includes(normal(slot.id))) continue;
      const wishes = words.wishes();
      const verdict = wishes && judge(taken, free, wishes, words.shown);
      if (verdict === null) continue;
      if (verdict !== 'meant') return [hypothesisOf(settled.modelStep, call, slot, verdict, words)];
      meant.add(keyOf(own.modelStep, slot.path));
      return [];
    }
    return [];
  };
  const wrong = readings.flatMap((reading, at) => {
    const said = saidByPeople(reading);
    if (said.length > 0) last = heardIn(said, reading.step.stepNumber, shown);
    const task = tasks.has(reading.thread) ? null : taskIn(reading, at, readings);
    // What one agent asks of another is to be done, a question too.
    if (task) tasks.set(reading.thread, heardIn([task.text.replaceAll('?', '.')], task.step, ''));
    const isNamed = (id: string): boolean =>
      tasks.size === 0 && normal(last?.text ?? '').includes(normal(id));
    const calls = (last?.isWish ?? false) || tasks.size > 0 ? changing(reading) : [];
    const out = calls.flatMap((call) => {
      const ids = idsOf(call);
      const single = ids.filter(
        ({ path, id }) => ids.filter((i) => i.path === path).length === 1 && !isNamed(id),
      );
      return single.flatMap((slot) => judged(call, slot, at));
    });
    if (reading.step.kind === 'llm' && reading.said !== '') shown = reading.said;
    return out;
  });
  return { wrong, isMeant: (step, path) => meant.has(keyOf(step, path)) };
};

/** Wrong entities of both kinds: by what the last words ask of a list, and by what the conversation speaks of. */
export const wrongOnes = (observed: Observed): Hypothesis[] => {
  if (observed.context.tools === null) return [];
  const { wrong, isMeant } = judgeChoices(observed);
  const spoken = wrongEntities(observed).filter(({ step, subject }) => !isMeant(step, subject.path ?? ''));
  return [...wrong, ...spoken];
};

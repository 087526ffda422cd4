import { z } from 'zod';
import { isWrite } from '../flags/rule.ts';
import { isIdLike } from '../values/ids.ts';
import { matchesOf } from '../text/matches.ts';
import { daysNamedIn, momentOf, timesNamedIn } from '../text/moments.ts';
import { saidByPeople, type Call, type Reading } from '../narrative.ts';
import type { Observed } from '../observe.ts';
import type { Hypothesis } from '../origin.ts';
import { clip, normal } from '../text/text.ts';
import { leavesOf, type Leaf } from '../values/values.ts';

/** Where an argument of a tool comes from, each time that a good session called it. */
export const ArgumentSource = z.object({
  tool: z.string(),
  path: z.string(),
  calls: z.number(),
  /** The person had said it. */
  said: z.boolean(),
  /** It stood in the newest answer of a tool, at a path. */
  fields: z.array(z.object({ tool: z.string(), path: z.string() })),
});
export type ArgumentSource = z.infer<typeof ArgumentSource>;

const ENOUGH = 6;
/** Values that differ less than this say nothing of where they come from. */
const ENOUGH_VALUES = 4;
const LOOKED_BACK = 24;
const MOST_FIELDS = 12;
const [MAX_VALUE, MAX_TEXT] = [80, 8000] as const;
const [MOST_TOOLS, MOST_SLOTS] = [400, 2000] as const;

/** What a person's words are held against: numbers, days and times as values, all else as it is written. */
interface Words {
  text: string;
  numbers: ReadonlySet<number>;
  days: ReadonlySet<string>;
  times: ReadonlySet<string>;
}
const NUMBER =
  /(?<![\p{L}\p{N}.,:/#_-])[$€£]?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d{1,2})?)(?![\p{L}\p{N}_]|[.,:/-]\d)/gu;
const numberOf = (text: string): number =>
  Number(/^\d{1,3}(?:,\d{3})+/.test(text) ? text.replaceAll(',', '') : text.replace(',', '.'));
const wordsIn = (texts: readonly string[]): Words => {
  const text = texts.join('\n').slice(-MAX_TEXT);
  return {
    text: text.toLowerCase(),
    numbers: new Set(matchesOf(NUMBER, text).map((m) => numberOf(m[1] ?? ''))),
    days: new Set(daysNamedIn(text)),
    times: new Set(timesNamedIn(text)),
  };
};
type Value = string | number;
const isSaid = ({ text, numbers, days, times }: Words, value: Value): boolean => {
  if (typeof value === 'number') return numbers.has(value);
  const moment = momentOf(value);
  if (moment)
    return (
      (moment.day === null || days.has(moment.day)) &&
      (moment.time === null || times.has(moment.time) || (moment.day !== null && moment.time === '00:00'))
    );
  return text.includes(value.toLowerCase());
};
/** Whether she said anything of the kind that a value is, so that it can be held against it. */
const saysLikeOf = ({ numbers, days, times }: Words, value: Value): boolean => {
  if (typeof value === 'number') return numbers.size > 0;
  const moment = momentOf(value);
  return moment !== null && (moment.day === null ? times.size > 0 : days.size > 0);
};

/** The arguments that say one thing each: numbers and short texts, no ids (they have rules of their own), no switches. */
const slotsOf = (args: unknown): { path: string; value: Value }[] => {
  const leaves = leavesOf(args);
  return leaves.flatMap(({ path, value }) =>
    (typeof value === 'number' || (typeof value === 'string' && value !== '' && value.length <= MAX_VALUE)) &&
    !path.includes('[]') &&
    !isIdLike(String(value))
      ? [{ path, value }]
      : [],
  );
};
const isSame = (a: Leaf['value'], b: Value): boolean =>
  typeof a === 'number' || typeof b === 'number'
    ? a !== null && a !== '' && typeof a !== 'boolean' && Number(a) === Number(b)
    : typeof a === 'string' && (a === b || a.toLowerCase() === b.toLowerCase());
const subjectsOf = (args: unknown): Set<string> =>
  new Set(leavesOf(args).flatMap(({ value }) => (isIdLike(String(value)) ? [normal(String(value))] : [])));

/** The newest answer of each tool before a call: of those about a thing that it names, where there are any. */
const answersBefore = (readings: readonly Reading[], call: Call): Map<string, Reading> => {
  const subjects = subjectsOf(call.args);
  const [near, any] = [new Map<string, Reading>(), new Map<string, Reading>()];
  for (const reading of readings) {
    const { tool } = reading.step;
    if (tool?.status !== 'ok' || tool.name === call.name) continue;
    any.set(tool.name, reading);
    if ([...subjectsOf(tool.args)].some((id) => subjects.has(id))) near.set(tool.name, reading);
  }
  return new Map([...any, ...near]);
};
const heldIn = ({ step }: Reading, path: string, value: Value): boolean =>
  leavesOf(step.tool?.result).some((leaf) => leaf.path === path && isSame(leaf.value, value));

interface Noted {
  calls: number;
  values: Set<Value>;
  said: boolean;
  /** Each `tool\0path` that held the value each time; null before the first call. */
  fields: Set<string> | null;
}
const fieldsWith = (answers: ReadonlyMap<string, Reading>, value: Value): Set<string> =>
  new Set(
    [...answers].flatMap(([tool, { step }]) =>
      leavesOf(step.tool?.result).flatMap((leaf) =>
        isSame(leaf.value, value) ? [`${tool}\u0000${leaf.path}`] : [],
      ),
    ),
  );

/** Learns from the readings of one good session after the other where the arguments of calls come from. */
export const createSourceNotes = () => {
  const slots = new Map<string, Noted>();
  const noteSlot = (
    name: string,
    { path, value }: { path: string; value: Value },
    words: () => Words,
    answers: () => ReadonlyMap<string, Reading>,
  ): void => {
    const key = `${name}\u0000${path}`;
    const known = slots.get(key);
    if (!known && slots.size >= MOST_SLOTS) return;
    const noted: Noted = known ?? { calls: 0, values: new Set(), said: true, fields: null };
    slots.set(key, noted);
    noted.calls += 1;
    if (noted.values.size < ENOUGH_VALUES) noted.values.add(value);
    if (noted.said) noted.said = isSaid(words(), value);
    if (noted.fields === null) noted.fields = fieldsWith(answers(), value);
    else
      for (const field of noted.fields) {
        const [tool = '', at = ''] = field.split('\u0000');
        const answer = answers().get(tool);
        if (!answer || !heldIn(answer, at, value)) noted.fields.delete(field);
      }
  };
  return {
    note: (readings: readonly Reading[]): void => {
      const said: string[] = [];
      readings.forEach((reading, at) => {
        said.push(...saidByPeople(reading));
        const { tool } = reading.step;
        if (tool?.status !== 'ok') return;
        let [words, answers]: [Words | null, ReadonlyMap<string, Reading> | null] = [null, null];
        const call = { callId: null, name: tool.name, args: tool.args };
        for (const slot of slotsOf(tool.args))
          noteSlot(
            tool.name,
            slot,
            () => (words ??= wordsIn(said)),
            () => (answers ??= answersBefore(readings.slice(Math.max(0, at - LOOKED_BACK), at), call)),
          );
      });
    },
    sources: (): ArgumentSource[] =>
      [...slots]
        .filter(
          ([, { calls, values, said, fields }]) =>
            calls >= ENOUGH && values.size >= ENOUGH_VALUES && (said || (fields?.size ?? 0) > 0),
        )
        .slice(0, MOST_TOOLS)
        .map(([key, { calls, said, fields }]) => {
          const [tool = '', path = ''] = key.split('\u0000');
          const list = [...(fields ?? [])].slice(0, MOST_FIELDS).map((field) => {
            const [from = '', at = ''] = field.split('\u0000');
            return { tool: from, path: at };
          });
          return { tool, path, calls, said, fields: list };
        }),
  };
};

interface Verdict {
  /** What the value should have been, as far as that is known. */
  because: string;
  quote: { step: number; place: string; quote: string };
}
interface Scene {
  before: readonly Reading[];
  /** What people said, newest last, and where they said it last. */
  said: readonly string[];
  saidAt: number;
  /** What agents wrote. */
  proposed: readonly string[];
}

const againstFields = (
  source: ArgumentSource,
  value: Value,
  answers: ReadonlyMap<string, Reading>,
): Verdict | null => {
  const held = source.fields.flatMap(({ tool, path }) => {
    const answer = answers.get(tool);
    const leaf = leavesOf(answer?.step.tool?.result).find((l) => l.path === path);
    return answer && leaf && leaf.value !== null ? [{ answer, tool, path, value: leaf.value }] : [];
  });
  const [first] = held;
  if (!first || held.some(({ answer, path }) => heldIn(answer, path, value))) return null;
  return {
    because: `in ${source.calls} good calls it was ${first.path} of ${first.tool}, which is ${String(first.value).slice(0, 80)}`,
    quote: {
      step: first.answer.step.stepNumber,
      place: `result ${first.path}`,
      quote: clip(String(first.value), 280),
    },
  };
};
const againstWords = (source: ArgumentSource, value: Value, words: Words, scene: Scene): Verdict | null => {
  const isAnswered = scene.before.some(({ step }) =>
    leavesOf(step.tool?.result).some((leaf) => isSame(leaf.value, value)),
  );
  if (!saysLikeOf(words, value) && isAnswered) return null;
  const last = scene.said.at(-1) ?? '';
  return {
    because: `in ${source.calls} good calls the person had said it`,
    quote: { step: scene.saidAt, place: 'conversation', quote: clip(last, 280) },
  };
};

const judge = (source: ArgumentSource, value: Value, scene: Scene, call: Call): Verdict | null => {
  const words = wordsIn(scene.said);
  if (scene.said.length === 0 || isSaid(words, value) || isSaid(wordsIn(scene.proposed), value)) return null;
  const answers = answersBefore(scene.before, call);
  if (source.fields.length === 0) return againstWords(source, value, words, scene);
  const field = againstFields(source, value, answers);
  return field;
};

/**
 * Changing calls with a value from elsewhere than in all good calls: what was always said and now nobody said, or what was
 * always a field of an answer and now is another. Silent where a person or the agent had named the value in words.
 * Version 1; it needs a profile.
 */
export const otherSources = ({ readings, context }: Observed): Hypothesis[] => {
  const learned = new Map(
    (context.profile?.sources ?? []).map((source) => [`${source.tool}\u0000${source.path}`, source]),
  );
  if (learned.size === 0) return [];
  const scene = { said: [] as string[], saidAt: 0, proposed: [] as string[] };
  return readings.flatMap((reading, at): Hypothesis[] => {
    for (const one of reading.heard)
      if (one.source === 'user') {
        scene.said.push(one.text);
        scene.saidAt = reading.step.stepNumber;
      } else if (one.source !== 'tool') scene.proposed.push(one.text);
    const out = reading.calls
      .filter((call) => isWrite(context.tools, call.name))
      .flatMap((call) =>
        slotsOf(call.args).flatMap(({ path, value }): Hypothesis[] => {
          const source = learned.get(`${call.name}\u0000${path}`);
          const before = readings.slice(Math.max(0, at - LOOKED_BACK), at);
          const verdict = source && judge(source, value, { ...scene, before }, call);
          if (!verdict) return [];
          return [
            {
              kind: 'misread',
              mode: 'hallucination_propagation',
              step: reading.modelStep,
              score: 0.5,
              reason: `${call.name} was called with ${String(value).slice(0, 80)} (${path}); ${verdict.because}`,
              citations: [
                {
                  step: reading.modelStep,
                  place: `call ${call.name}, argument ${path}`,
                  quote: String(value),
                },
                verdict.quote,
              ],
              subject: { tool: call.name, path, becomes: null },
            },
          ];
        }),
      );
    if (reading.said !== '') scene.proposed.push(reading.said);
    return out;
  });
};

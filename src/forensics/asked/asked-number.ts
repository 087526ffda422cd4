import { isWrite } from '../flags/rule.ts';
import { quotedWords, type LastWords } from './last-words.ts';
import { matchesOf } from '../text/matches.ts';
import { saidByPeople, type Call, type Reading } from '../narrative.ts';
import type { Observed } from '../observe.ts';
import type { Hypothesis } from '../origin.ts';
import { eachValue, leavesOf } from '../values/values.ts';

/** Answers further back than this are not reckoned with. */
const LOOKED_BACK = 12;
/** With more numbers than this in sight almost any other one can be reckoned from them. */
const MOST_NUMBERS = 40;
const MAX_TEXT = 4000;
/** A number that stands alone: no part of an id, a date, a time or a longer number. */
const NUMBER = /(?<![\p{L}\p{N}.,:/#_-])[$€£]?(\d{1,7}(?:[.,]\d{1,2})?)(?![\p{L}\p{N}:/_-]|[.,]\d)%?/gu;
/** "a third", "both", "each": she leaves it to the agent to reckon. */
const RECKONED =
  /(?<!\p{L})(?:half|third|quarter|double|twice|each|every|per|both|rest|remaining|total|difference|percent|prozent|hälfte|drittel|doppel\p{L}*|je|jede[nrsm]?|pro|beide|rest|mitad|tercio|doble|cada|ambos|resto|por ciento)(?!\p{L})|%/iu;

const numbersIn = (text: string): number[] =>
  matchesOf(NUMBER, text.slice(0, MAX_TEXT)).map((m) => Number((m[1] ?? '').replace(',', '.')));
const isNear = (a: number, b: number): boolean => Math.abs(a - b) < 0.006;

const numericOf = (call: Call): { path: string; value: number }[] =>
  leavesOf(call.args).flatMap(({ path, value }) => (typeof value === 'number' ? [{ path, value }] : []));

/** Whether a number is one of some, or comes from one or two of them by one step of reckoning. */
export const isExplained = (value: number, known: readonly number[]): boolean =>
  known.some((a) => isNear(a, value) || isNear(a, -value)) ||
  known.some((a) =>
    known.some((b) =>
      [
        a + b,
        a - b,
        a * b,
        b === 0 ? value + 1 : a / b,
        (a * b) / 100,
        a * (1 - b / 100),
        a * (1 + b / 100),
      ].some((n) => isNear(n, value)),
    ),
  ) ||
  known.some((a) =>
    [2, 3, 4, 7, 12, 24, 60, 100, 1000].some((k) => isNear(a * k, value) || isNear(a / k, value)),
  );

const answered = (readings: readonly Reading[]): number[] => {
  const out: number[] = [];
  for (const { step } of readings)
    eachValue(step.tool?.result, (value) => {
      if (typeof value === 'number') out.push(value);
      else if (typeof value === 'string' && value.length < 400) out.push(...numbersIn(value));
      return out.length <= MOST_NUMBERS;
    });
  return out;
};

/** The one number that a text asks for. */
interface Asked extends LastWords {
  number: number;
}
const askedIn = (text: string, step: number): Asked | null => {
  const [number, ...more] = numbersIn(text);
  return number !== undefined && more.length === 0 && !RECKONED.test(text) ? { text, step, number } : null;
};

const hypothesisOf = (
  reading: Reading,
  call: Call,
  { path, value }: { path: string; value: number },
  asked: Asked,
): Hypothesis => ({
  kind: 'misread',
  mode: 'hallucination_propagation',
  step: reading.modelStep,
  score: 0.45,
  reason: `${call.name} was called with ${value} (${path}) where the person said ${asked.number}, and nothing that was said or answered makes ${value}`,
  citations: [
    { step: reading.modelStep, place: `call ${call.name}, argument ${path}`, quote: String(value) },
    quotedWords(asked),
  ],
  subject: { tool: call.name, path, becomes: null },
});

/**
 * Changing calls whose one number is not the one number that the person asked for, and that nobody brought or could have
 * reckoned from what was said and answered. Silent where she named several, or left it to be reckoned. Version 1.
 */
export const otherNumbers = ({ readings, context }: Observed): Hypothesis[] => {
  const said: number[] = [];
  let unread: string[] = [];
  let heard: LastWords | null = null;
  let asked: Asked | null = null;
  /** Read when something is changed to another number: most of what is said never is followed by that. */
  const numbersSaid = (): readonly number[] => {
    for (const text of unread) said.push(...numbersIn(text));
    unread = [];
    return said;
  };
  return readings.flatMap((reading, at): Hypothesis[] => {
    const texts = saidByPeople(reading);
    if (texts.length > 0) heard = { text: texts.join('\n'), step: reading.step.stepNumber };
    unread.push(...texts);
    if (reading.step.kind !== 'llm') return [];
    if (reading.said !== '') unread.push(reading.said);
    if (!reading.calls.some((call) => isWrite(context.tools, call.name))) return [];
    if (heard) asked = askedIn(heard.text, heard.step);
    heard = null;
    const wanted = asked;
    if (wanted === null) return [];
    return reading.calls
      .filter((call) => isWrite(context.tools, call.name))
      .flatMap((call): Hypothesis[] => {
        const [only, ...more] = numericOf(call);
        if (!only || more.length > 0 || isNear(only.value, wanted.number) || only.value === 0) return [];
        const known = [...numbersSaid(), ...answered(readings.slice(Math.max(0, at - LOOKED_BACK), at))];
        return known.length > MOST_NUMBERS || isExplained(only.value, known)
          ? []
          : [hypothesisOf(reading, call, only, wanted)];
      });
  });
};

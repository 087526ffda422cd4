import { DAYS } from '../choice/tongues.ts';
import { isWrite } from '../flags/rule.ts';
import { quotedWords, type LastWords } from './last-words.ts';
import { daysBetween, daysNamedIn, momentOf, timesNamedIn, type Moment } from '../text/moments.ts';
import { saidByPeople, type Call, type Reading } from '../narrative.ts';
import type { Observed } from '../observe.ts';
import type { Hypothesis } from '../origin.ts';
import { eachValue, leavesOf } from '../values/values.ts';

const MAX_TEXT = 4000;
/** Answers further back than this are not looked into. */
const LOOKED_BACK = 24;
/** She names a span of time, and leaves it to the agent to reckon with it. */
const SPAN =
  /(?<!\p{L})(?:days?|nights?|weeks?|months?|years?|hours?|minutes?|tage?n?|n[aä]chte?n?|wochen?|monate?n?|jahre?n?|stunden?|minuten?|d[ií]as?|noches?|semanas?|mes(?:es)?|años?|horas?|minutos?|jours?|nuits?|semaines?|mois|ans?|heures?|tomorrow|today|morgen|heute|mañana|hoy|demain|aujourd)(?!\p{L})/iu;

interface Named {
  path: string;
  text: string;
  moment: Moment;
}
const momentsIn = (call: Call): Named[] =>
  leavesOf(call.args).flatMap(({ path, value }) => {
    const moment = momentOf(value);
    return moment ? [{ path, text: String(value), moment }] : [];
  });

/** Days and times that anybody said or answered. */
interface Known {
  days: Set<string>;
  times: Set<string>;
}
const enter = ({ days, times }: Known, text: string): void => {
  for (const day of daysNamedIn(text)) days.add(day);
  for (const time of timesNamedIn(text)) times.add(time);
};
const enterAnswer = (known: Known, { step }: Reading): void =>
  eachValue(step.tool?.result, (value) => {
    const moment = momentOf(value);
    if (moment?.day) known.days.add(moment.day);
    if (moment?.time) known.times.add(moment.time);
    if (moment === null && typeof value === 'string' && value.length < MAX_TEXT) enter(known, value);
    return true;
  });

/** The days or times that she named in her last words, and none of the call's arguments is. */
const unused = (named: readonly string[], used: readonly (string | null)[]): string | undefined =>
  named.find((n) => !used.includes(n));

/** An argument of a call that is none of the moments that anybody brought, and what she had named instead. */
const strange = (args: Named[], text: string, knownNow: () => Known): { at: Named; asked: string } | null => {
  const [days, times] = [daysNamedIn(text), timesNamedIn(text)];
  const day = unused(
    days,
    args.map((a) => a.moment.day),
  );
  const time = unused(
    times,
    args.map((a) => a.moment.time),
  );
  if (day === undefined && time === undefined) return null;
  const known = knownNow();
  for (const at of args) {
    const { moment } = at;
    // A day off may be a time zone, and the same day of another month may have been reckoned.
    if (
      day !== undefined &&
      moment.day !== null &&
      !known.days.has(moment.day) &&
      !days.some((d) => daysBetween(d, moment.day ?? d) <= 1 || d.slice(3) === moment.day?.slice(3))
    )
      return { at, asked: day };
    const isMidnight = moment.day !== null && moment.time === '00:00';
    if (
      time !== undefined &&
      moment.time !== null &&
      !isMidnight &&
      !known.times.has(moment.time) &&
      !(moment.isZoned && times.some((t) => t.slice(3) === moment.time?.slice(3)))
    )
      return { at, asked: time };
  }
  return null;
};

/**
 * Changing calls for a day or a time that nobody named or answered, where the person's last words name another one that
 * the call has nowhere. Silent where she named a span or a weekday, with which it may have been reckoned. Version 1.
 */
export const otherMoments = ({ readings, context }: Observed): Hypothesis[] => {
  const known: Known = { days: new Set(), times: new Set() };
  let unread: string[] = [];
  /** Answers before this one are known, or were too far back. */
  let entered = 0;
  /** Those that count, and that nobody has had to look into yet. */
  let waiting: Reading[] = [];
  let heard: LastWords | null = null;
  const knownNow = (): Known => {
    for (const text of unread) enter(known, text.slice(0, MAX_TEXT));
    for (const answer of waiting) enterAnswer(known, answer);
    [unread, waiting] = [[], []];
    return known;
  };
  const judge = (reading: Reading, call: Call, words: LastWords, at: number): Hypothesis[] => {
    const args = momentsIn(call);
    if (args.length === 0 || SPAN.test(words.text) || DAYS.some((form) => words.text.search(form) >= 0))
      return [];
    waiting.push(...readings.slice(Math.max(entered, at - LOOKED_BACK), at));
    entered = at;
    const found = strange(args, words.text.slice(0, MAX_TEXT), knownNow);
    if (!found) return [];
    return [
      {
        kind: 'misread',
        mode: 'hallucination_propagation',
        step: reading.modelStep,
        score: 0.5,
        reason: `${call.name} was called for ${found.at.text} (${found.at.path}), which nobody had named, where the person said ${found.asked}`,
        citations: [
          {
            step: reading.modelStep,
            place: `call ${call.name}, argument ${found.at.path}`,
            quote: found.at.text,
          },
          quotedWords(words),
        ],
        subject: { tool: call.name, path: found.at.path, becomes: null },
      },
    ];
  };
  return readings.flatMap((reading, at): Hypothesis[] => {
    const texts = saidByPeople(reading);
    if (texts.length > 0) heard = { text: texts.join('\n'), step: reading.step.stepNumber };
    for (const one of reading.heard) if (one.source !== 'tool') unread.push(one.text);
    const words = heard;
    const out =
      words === null || reading.step.kind !== 'llm'
        ? []
        : reading.calls
            .filter((call) => isWrite(context.tools, call.name))
            .flatMap((call) => judge(reading, call, words, at));
    if (reading.said !== '') unread.push(reading.said);
    return out;
  });
};

import { isExplained } from '../asked/asked-number.ts';
import { toolSpec } from '../flags/rule.ts';
import { isEntityAt } from '../values/ids.ts';
import type { Reading } from '../narrative.ts';
import type { Observed } from '../observe.ts';
import type { Hypothesis } from '../origin.ts';
import { asText } from '../read/json.ts';
import { clip, normal } from '../text/text.ts';
import { leavesOf } from '../values/values.ts';

const MAX_TEXT = 6000;
/** What an answer says of itself, not of what was asked. */
const ASIDE =
  /^(?:status|state|ok|success|code|http_?status|status_?code|messages?|msg|errors?|detail|warnings?|meta|request_?id|trace_?id|took|took_?ms|elapsed\w*|version|timestamp|time|source|server|type)$/i;
const HOLLOW =
  /^\s*(?:null|none|n\/?a|undefined|\[\]|\{\}|-+|no (?:data|results?|records?|content|match\w*)\b.{0,80}|<!?(?:doctype )?html[^]*|.{0,40}\b(?:bad gateway|gateway time-?out|service unavailable|internal server error|too many requests|timed? ?out|unreachable|not (?:found|available))\b.{0,80})\s*$/i;
/** Where 0 or no says that there is nothing. */
const NONE_THERE = /(?:count|total|num|hits|size|length|found|exists?|results)$/i;
const MAX_HOLLOW = 2000;
const isHollow = (result: unknown): boolean =>
  leavesOf(result).every(({ path, value }) => {
    if (value === null || value === '') return true;
    if ((value === false || value === 0) && NONE_THERE.test(path)) return true;
    if (typeof value === 'string' && HOLLOW.test(value.slice(0, MAX_HOLLOW))) return true;
    return path.split('.').some((key) => ASIDE.test(key.replace('[]', '')));
  });

/** The agent owns that it has no answer, or says what it is going to do about it. */
const OWNS_IT =
  /(?<!\p{L})(?:sorry|apolog\p{L}*|unfortunately|unable|fail\p{L}*|errors?|cannot|can[’']t|could(?:n[’']t| not)|don[’']t|do not|does(?:n[’']t| not)|did(?:n[’']t| not)|isn[’']t|aren[’']t|wasn[’']t|no(?! longer)|none|nothing|empty|missing|trouble|issue|problem|again|retry|moment|let me|i(?:[’']ll| will)|try(?:ing)?|seems?|appears?|might|may be|perhaps|probably|usually|normally|typically|estimat\p{L}*|assum\p{L}*|leider|nicht|kein\p{L}*|fehl\p{L}*|versuch\p{L}*|moment|lo siento|lament\p{L}*|ning[uú]n\p{L}*|nada|désolé\p{L}*|malheureusement|aucune?|pas|rien)(?!\p{L})/iu;
/** Amounts, times, days and long numbers. */
const VALUE =
  /[$€£]\s?\d[\d.,]*|\d{1,7}[.,]\d\d(?!\d)|\b\d{1,2}:\d\d\b|\d{3,}|(?<!\p{L})(?:mon|tues|wednes|thurs|fri|satur|sun)day(?!\p{L})/giu;
const TOKEN = /\p{L}{6,}|\p{N}+/gu;

/** A question to a tool that nothing came of. */
interface Asked {
  step: number;
  tool: string;
  args: string;
  /** The things that it names. */
  subjects: readonly string[];
  answer: string;
}
const subjectsOf = (args: unknown): string[] =>
  leavesOf(args).flatMap(({ path, value }) =>
    (typeof value === 'string' || typeof value === 'number') && isEntityAt(path, String(value))
      ? [normal(String(value))]
      : [],
  );

/** The values of a text that nobody had said or answered before. */
const newValuesIn = (text: string, brought: ReadonlySet<string>): { text: string; at: number }[] =>
  [...text.matchAll(VALUE)].flatMap((m) => {
    const tokens = m[0].toLowerCase().match(TOKEN) ?? [];
    return tokens.some((token) => token.length > 1 && brought.has(token))
      ? [{ text: m[0], at: m.index }]
      : [];
  });
const numberOf = (value: string): number => Number(value.replace(/[^\d.]/g, ''));
const NUMBER = /\d+(?:\.\d+)?/g;

const LINE = /[^\n]+/g;
/** The sentences, and list items below them, that name something. */
const linesNaming = (text: string, subject: string): { text: string; at: number }[] =>
  [...text.matchAll(LINE)].flatMap((m) =>
    m[0].toLowerCase().includes(subject)
      ? [{ text: text.slice(m.index).split('\n\n', 1)[0] ?? m[0], at: m.index }]
      : [],
  );

const hypothesisOf = (reading: Reading, asked: Asked, value: { text: string; at: number }): Hypothesis => {
  const step = reading.step.stepNumber;
  return {
    kind: 'unanswered',
    mode: 'hallucination_propagation',
    step,
    score: 0.5,
    reason: `the step tells ${value.text}, which nobody had said, although ${asked.tool} had answered nothing`,
    citations: [
      {
        step,
        place: 'output',
        quote: clip(reading.said.slice(Math.max(0, value.at - 160), value.at + 120), 280),
      },
      { step: asked.step, place: 'result', quote: clip(asked.answer, 280) || 'an empty answer' },
    ],
    subject: { tool: asked.tool, path: null, becomes: null },
  };
};

/**
 * Values that the agent tells of what it asked a tool for, where the answer was empty or failed and nobody brought them.
 * Silent where it owns that it has no answer, where another answer was about the same, where the value can be reckoned,
 * and where an answer was not captured. Version 1.
 */
export const unansweredTold = ({ readings, context, ledger }: Observed): Hypothesis[] => {
  if (context.tools === null) return [];
  const answered = new Set<string>();
  let open: Asked[] = [];
  /** Since a person last spoke. */
  let [isBlind, isAnswered] = [false, false];
  const judge = (reading: Reading): Hypothesis[] => {
    const text = reading.said.slice(0, MAX_TEXT);
    const asked = open.filter(({ subjects }) => !subjects.some((id) => answered.has(id)));
    if (asked.length === 0 || isBlind || OWNS_IT.test(text) || reading.calls.length > 0) return [];
    const brought = new Set(ledger.broughtBy(reading.step.stepNumber));
    if (brought.size === 0) return [];
    for (const one of asked) {
      for (const subject of one.subjects)
        for (const { text: line, at } of linesNaming(text, subject)) {
          const [value] = newValuesIn(line, brought);
          if (value) return [hypothesisOf(reading, one, { text: value.text, at: at + value.at })];
        }
      if (isAnswered) continue;
      const known = (`${one.args} ${text}`.match(NUMBER) ?? []).slice(0, 40).map(Number);
      const values = newValuesIn(text, brought).filter(({ text: v }) => {
        const n = numberOf(v);
        return (
          !(n > 0) ||
          !isExplained(
            n,
            known.filter((k) => k !== n),
          )
        );
      });
      const [first] = values;
      if (first && values.length >= 2) return [hypothesisOf(reading, one, first)];
    }
    return [];
  };
  return readings.flatMap((reading): Hypothesis[] => {
    const { step, heard } = reading;
    if (reading.userTurn) {
      open = [];
      [isBlind, isAnswered] = [false, false];
    }
    if (heard.some((h) => h.source === 'tool' && h.place === 'input')) isBlind = true;
    if (step.tool) {
      const { name, status, args, result } = step.tool;
      const isRead = toolSpec(context.tools, name)?.effect === 'read';
      if (status === 'unknown') isBlind = true;
      else if (status === 'error' || status === 'empty' || isHollow(result)) {
        if (isRead)
          open.push({
            step: step.stepNumber,
            tool: name,
            args: asText(args),
            subjects: subjectsOf(args),
            answer: asText(result),
          });
      } else {
        isAnswered = true;
        for (const id of subjectsOf(args)) answered.add(id);
      }
    }
    return step.kind === 'llm' && reading.said !== '' && open.length > 0 ? judge(reading) : [];
  });
};

import { z } from 'zod';
import { DEPENDS } from '../choice/tongues.ts';
import { isWrite } from '../flags/rule.ts';
import { isIdLike } from '../values/ids.ts';
import type { Reading } from '../narrative.ts';
import type { Observed } from '../observe.ts';
import type { Hypothesis } from '../origin.ts';
import { clip, normal } from '../text/text.ts';
import { leavesOf, opened, type Leaf } from '../values/values.ts';

/** A call that good sessions make on the same thing before another one, and what its answer then always says. */
export const Check = z.object({
  tool: z.string(),
  /** The call before it. */
  check: z.string(),
  /** How often `tool` was called, and how often with the check before. */
  calls: z.number(),
  checked: z.number(),
  /** Answers that were the same each time, by path: yes or no, the word of a decision, and for a number whether it was 0. */
  always: z.record(z.string(), z.union([z.boolean(), z.string()])),
});
export type Check = z.infer<typeof Check>;

const ENOUGH = 6;
const NEARLY_ALWAYS = 0.9;
const LOOKED_BACK = 12;
const MAX_TEXT = 4000;

const subjectsOf = (args: unknown): Set<string> =>
  new Set(leavesOf(args).flatMap(({ value }) => (isIdLike(String(value)) ? [normal(String(value))] : [])));
/** Where a decision stands in a word, and what such a word looks like: `APPROVED`, `not_eligible`. */
const DECISION =
  /(?:decision|verdict|outcome|approv|eligib|clearance|stat(?:us|e|ut|o)|phase|stage|result|entscheid|ergebnis|decisi|resultado|estado|décision|résultat)[a-z]*$/i;
const WORD = /^\p{L}[\p{L}_ -]{1,30}$/u;
const answerOf = ({ path, value }: Leaf): [string, boolean | string] | null => {
  if (path.includes('[]')) return null;
  if (typeof value === 'boolean') return [path, value];
  if (typeof value === 'number') return [`${path} = 0`, value === 0];
  return typeof value === 'string' && DECISION.test(path) && WORD.test(value)
    ? [path, value.toLowerCase()]
    : null;
};
type Answers = Map<string, boolean | string>;
const answersOf = (result: unknown): Answers =>
  new Map(
    leavesOf(result)
      .map(answerOf)
      .filter((answer) => answer !== null),
  );

/** The newest answer of each tool, among some readings, that was about a thing that a call names; the call's own tool apart. */
const aboutTheSame = (readings: readonly Reading[], call: Reading): Map<string, Reading> => {
  const subjects = subjectsOf(call.step.tool?.args);
  const out = new Map<string, Reading>();
  for (const reading of readings) {
    const { tool } = reading.step;
    if (!tool || tool.name === call.step.tool?.name) continue;
    if ([...subjectsOf(tool.args)].some((id) => subjects.has(id))) out.set(tool.name, reading);
  }
  return out;
};

/** Nothing was there, each time, in a few calls is chance; that something was there says nothing at all. */
const ENOUGH_ALIKE = 12;
const settled = (always: Answers | null, checked: number): Check['always'] =>
  Object.fromEntries(
    [...(always ?? [])].filter(
      ([path, v]) => typeof v === 'string' || !path.endsWith(' = 0') || (v && checked >= ENOUGH_ALIKE),
    ),
  );
/** One word out of many is chance after a few calls, unless it is the other with a "not" before it. */
const counts = (
  usual: boolean | string,
  said: boolean | string,
  checked: number,
  isAsked: boolean,
): boolean =>
  typeof usual !== 'string' ||
  checked >= ENOUGH_ALIKE ||
  isAsked ||
  (typeof said === 'string' && said.length > usual.length && said.endsWith(usual));

interface Noted {
  calls: number;
  checks: Map<string, { checked: number; always: Answers | null }>;
}
/** Learns from the readings of one good session after the other which calls are checked before they are made. */
export const createCheckNotes = () => {
  const tools = new Map<string, Noted>();
  return {
    note: (readings: readonly Reading[]): void =>
      readings.forEach((reading, at) => {
        const { tool } = reading.step;
        if (tool?.status !== 'ok') return;
        const noted = tools.get(tool.name) ?? { calls: 0, checks: new Map() };
        tools.set(tool.name, noted);
        noted.calls += 1;
        for (const [name, { step }] of aboutTheSame(
          readings.slice(Math.max(0, at - LOOKED_BACK), at),
          reading,
        )) {
          const known = noted.checks.get(name) ?? { checked: 0, always: null };
          noted.checks.set(name, known);
          if (step.tool?.status !== 'ok') continue;
          known.checked += 1;
          const said = answersOf(step.tool.result);
          const before = known.always;
          known.always = before ? new Map([...before].filter(([path, v]) => said.get(path) === v)) : said;
        }
      }),
    checks: (): Check[] =>
      [...tools].flatMap(([tool, { calls, checks }]) =>
        [...checks].flatMap(([check, { checked, always }]) =>
          checked >= ENOUGH && checked >= calls * NEARLY_ALWAYS
            ? [{ tool, check, calls, checked, always: settled(always, checked) }]
            : [],
        ),
      ),
  };
};

/** What an answer says against going on; null where it says nothing against it. */
const against = ({ step }: Reading, { always, checked }: Check, isAsked: boolean): string | null => {
  const { tool } = step;
  if (tool?.status === 'error') return 'failed';
  if (tool?.status === 'empty' || tool?.result === undefined || tool.result === null) return 'was empty';
  if (Object.keys(always).length > 0 && typeof opened(tool.result) !== 'object') return 'says nothing of it';
  const said = answersOf(tool.result);
  const other = Object.entries(always).find(([path, v]) => {
    const now = said.get(path);
    return now !== undefined && now !== v && counts(v, now, checked, isAsked);
  });
  return other ? `says that ${other[0]} is ${String(said.get(other[0]))}` : null;
};

/**
 * Changing calls that good sessions make only after a check on the same thing, made although the check failed, was empty,
 * or said the opposite of what it always said, and nobody spoke in between; a word counts sooner where the person made it
 * depend on something. Version 1; it needs a profile.
 */
export const uncheckedCalls = ({ readings, context }: Observed): Hypothesis[] => {
  const checks = context.profile?.checks ?? [];
  if (checks.length === 0) return [];
  /** Whether the person's last words made the change depend on something. */
  let isAsked = false;
  return readings.flatMap((reading, at): Hypothesis[] => {
    const { tool } = reading.step;
    if (reading.userTurn)
      isAsked = reading.heard.some((h) => h.source === 'user' && DEPENDS.test(h.text.slice(0, MAX_TEXT)));
    const mine = tool && isWrite(context.tools, tool.name) ? checks.filter((c) => c.tool === tool.name) : [];
    if (!tool || tool.status !== 'ok' || mine.length === 0) return [];
    const before = aboutTheSame(readings.slice(Math.max(0, at - LOOKED_BACK), at), reading);
    return mine.flatMap((check): Hypothesis[] => {
      const asked = before.get(check.check);
      const heard = asked ? readings.slice(readings.indexOf(asked) + 1, at).some((r) => r.userTurn) : true;
      // Where a person spoke in between, it may have been she who let it pass.
      const why = asked && !heard ? against(asked, check, isAsked) : null;
      if (!asked || why === null) return [];
      const text = asked.heard.find((h) => h.place === 'result')?.text ?? '';
      return [
        {
          kind: 'misread',
          mode: 'hallucination_propagation',
          step: reading.modelStep,
          score: 0.5,
          reason: `${tool.name} was called although the answer of ${check.check} before it ${why}; in ${check.checked} of ${check.calls} good calls it let it pass`,
          citations: [
            { step: asked.step.stepNumber, place: 'result', quote: clip(text, 280) },
            {
              step: reading.modelStep,
              place: `call ${tool.name}`,
              quote: clip(JSON.stringify(tool.args) ?? '', 280),
            },
          ],
          subject: { tool: check.check, path: null, becomes: null },
        },
      ];
    });
  });
};

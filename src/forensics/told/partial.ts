import { isEntityAt } from '../values/ids.ts';
import { foldedFor, sieveFor } from '../text/literals.ts';
import type { Reading } from '../narrative.ts';
import type { Observed } from '../observe.ts';
import type { Hypothesis } from '../origin.ts';
import { pageOf, type Page } from './pages.ts';
import { isObject } from '../read/json.ts';
import { tokensOf as wordsOf } from './rows.ts';
import { statedIn, unitsAround } from '../text/stated.ts';
import { clip, normal, tokensOf } from '../text/text.ts';
import { leavesOf, opened } from '../values/values.ts';

const MAX_TEXT = 6000;
const COUNTS = ['two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
/** The agent says of as many as it has seen that there are no more. */
const WHOLE = new RegExp(
  `(?<!\\p{L})(?:there (?:are|were)|(?:you|we|they|it|he|she)(?:[’']ve(?: got)?| \\p{L}{2,20})|found|in total|altogether|a total of|all(?: of)?(?: (?:the|your|our|these|those))?|es gibt|sie haben|insgesamt|hay|tiene|il y a|vous avez)(?: (?:exactly|currently|only|the|just|a total of|nur|genau|insgesamt|exactamente|solo|en total|exactement))? (\\d{1,4}|${COUNTS.join('|')})(?![\\p{L}\\d.,:/%-]*\\d)(?! (?:of|out of|von|de)(?!\\p{L})| (?:day|week|month|hour|minute|percent))(?!\\p{L})`,
  'giu',
);
const ONLY =
  /(?<!\p{L})(?:the only (?:one|ones|two|three)|no others?|nothing else|that[’']s (?:all|everything) (?:of|there|we|you|i)|these are all|(?:here|these) are all|the (?:complete|full|entire|whole) list|das sind alle|sonst keine|no hay más|ce sont tou[st]e?s)(?!\p{L})/iu;
const mayBeWhole = [sieveFor(WHOLE), sieveFor(ONLY)];
/** It knows that there is more; offers of further help are no such words. */
const KNOWS =
  /(?<!\p{L})(?:first|more|further|next|pages?|some of|so far|top|latest|most recent|newest|for example|at least|among|shown|showing|rest|remaining|others|erste\p{L}*|weitere\p{L}*|mehr|nächste\p{L}*|seite|primer\p{L}*|más|siguient\p{L}*|página|premi\p{L}*|autres?|suivant\p{L}*)(?!\p{L})/iu;
const OFFERS =
  /(?<!\p{L})(?:let me know|would you like|if you|assist\p{L}*|help|anything|need|feel free|wenn sie|si necesita|si vous)(?!\p{L})/iu;
const SENTENCE = /[^.!?\n]+[.!?]*/g;

const wholeIn = (said: string, page: Page): { at: number; text: string } | null => {
  const isKnown = (said.match(SENTENCE) ?? []).some(
    (sentence) => KNOWS.test(sentence) && !OFFERS.test(sentence) && !ONLY.test(sentence),
  );
  if (isKnown || (page.total !== null && wordsOf(said).includes(String(page.total)))) return null;
  for (const match of said.matchAll(WHOLE)) {
    const word = (match[1] ?? '').toLowerCase();
    const count = /^\d/.test(word) ? Number(word) : COUNTS.indexOf(word) + 2;
    if (count === page.shown) return { at: match.index, text: match[0] };
  }
  const only = ONLY.exec(said);
  return only ? { at: only.index, text: only[0] } : null;
};

const ALTOGETHER =
  /(?<!\p{L})(?:in total|total|totals|totall?ed|totall?ing|altogether|in all|(?:full|whole|entire|overall|complete) (?:amount|sum|price|cost|bill)|insgesamt|gesamt\p{L}*|summe|importe total|montant total|en tout)(?!\p{L})/iu;
const mayBeSum = sieveFor(ALTOGETHER);
/** A total of what was given back or changed is one of a part. */
const OF_A_PART =
  /(?<!\p{L})(?:refund\p{L}*|return\p{L}*|exchang\p{L}*|credit\p{L}*|discount\p{L}*|difference|remaining|balance|fee|tax|shipping|each|per|erstatt\p{L}*|rabatt|differenz|reembols\p{L}*|descuento|rembours\p{L}*|remise)(?!\p{L})/iu;

/** A call that was answered. */
interface Answered {
  step: number;
  tool: string;
  args: unknown;
  result: unknown;
}
const MOST_ANSWERED = 300;
const isTraitIn = (row: { [key: string]: unknown }, said: ReadonlySet<string>): boolean =>
  Object.values(row).some((value) => {
    if (isObject(value)) return isTraitIn(value, said);
    const words = typeof value === 'string' && value.length <= 60 ? wordsOf(value) : [];
    return words.length > 0 && words.every((word) => said.has(word));
  });
/** The lists of records in an answer. */
const listsIn = (root: unknown): { [key: string]: unknown }[][] => {
  const out: { [key: string]: unknown }[][] = [];
  const walk = (raw: unknown, depth: number): void => {
    const value = opened(raw);
    if (depth > 6 || out.length > 40) return;
    if (Array.isArray(value)) {
      const rows = value.filter((row) => isObject(row));
      if (rows.length > 1) out.push(rows);
      for (const row of rows.slice(0, 100)) walk(row, depth + 1);
    } else if (isObject(value)) for (const inner of Object.values(value)) walk(inner, depth + 1);
  };
  walk(root, 0);
  return out;
};
const isAmount = (value: unknown, key: string): boolean =>
  typeof value === 'number' && Math.abs(value).toFixed(2) === key;
/** The amounts among which one stands that is no other amount of the answer, nor their sum; null where it is not so. */
const amountsAround = (key: string, result: unknown, said: ReadonlySet<string>): number[] | null => {
  const amounts = leavesOf(result).filter(({ value }) => isAmount(value, key));
  if (amounts.length !== 1) return null;
  for (const rows of listsIn(result)) {
    const row = rows.find((r) => Object.values(r).some((v) => isAmount(v, key)));
    const [field] = row ? (Object.entries(row).find(([, v]) => isAmount(v, key)) ?? []) : [];
    if (!row || field === undefined || isTraitIn(row, said)) continue;
    const all = rows.flatMap((r) => (typeof r[field] === 'number' ? [r[field]] : []));
    const sum = all.reduce((a, b) => a + b, 0);
    if (all.length > 1 && !isAmount(sum, key)) return all;
  }
  return null;
};

const hypothesisOf = (
  reading: Reading,
  at: number,
  reason: string,
  from: { step: number; tool: string; quote: string },
): Hypothesis => ({
  kind: 'partial',
  mode: 'hallucination_propagation',
  step: reading.step.stepNumber,
  score: 0.45,
  reason,
  citations: [
    {
      step: reading.step.stepNumber,
      place: 'output',
      quote: clip(reading.said.slice(Math.max(0, at - 120), at + 160), 280),
    },
    { step: from.step, place: 'result', quote: clip(from.quote, 280) },
  ],
  subject: { tool: from.tool, path: null, becomes: null },
});

/** One amount of several that is told as the total of a thing that the sentence names. */
const partAsSum = (reading: Reading, text: string, answers: readonly Answered[]): Hypothesis[] => {
  if (answers.length === 0 || !ALTOGETHER.test(text)) return [];
  for (const stated of statedIn(text).slice(0, 20)) {
    const [sentence = ''] = unitsAround(text, stated.at);
    if (stated.key.startsWith('day') || !ALTOGETHER.test(sentence) || OF_A_PART.test(sentence)) continue;
    if (statedIn(sentence).length !== 1) continue;
    const tokens = new Set(tokensOf(sentence).map((token) => normal(token.text)));
    const about = answers.filter(({ args }) =>
      leavesOf(args).some(
        ({ path, value }) => isEntityAt(path, String(value)) && tokens.has(normal(String(value))),
      ),
    );
    const last = about.at(-1);
    if (!last || new Set(about.map(({ tool }) => tool)).size !== 1) continue;
    const said = new Set(wordsOf(sentence));
    const amounts = amountsAround(stated.key, last.result, said);
    if (amounts)
      return [
        hypothesisOf(
          reading,
          stated.at,
          `the step tells ${stated.text} as the whole, which is one of ${amounts.length} amounts that ${last.tool} has of it`,
          { ...last, quote: amounts.slice(0, 20).join(', ') },
        ),
      ];
  }
  return [];
};

/** How many, or all, of a list of which one page was read. */
const pageAsAll = (reading: Reading, text: string, since: readonly Answered[]): Hypothesis[] => {
  for (const { step, tool, result } of since) {
    // Another call of the same tool may have brought the rest.
    if (since.filter((a) => a.tool === tool).length > 1) continue;
    const page = pageOf(result);
    const told = page && wholeIn(text, page);
    if (page && told)
      return [
        hypothesisOf(
          reading,
          told.at,
          `the step tells what it has seen as all there is (“${told.text.trim()}”), but ${tool} had more than the ${page.shown} that it showed`,
          { step, tool, quote: page.quote },
        ),
      ];
  }
  return [];
};

/**
 * What the agent has seen a part of, told as the whole: the count or "all" of a list of which there is more, and one amount
 * of several as the total of a thing that it names. Silent where it says that there is more, where another page was
 * read, where the words name the part itself, and where the amount is any other one's. Version 1.
 */
export const partsAsWhole = ({ readings }: Observed): Hypothesis[] => {
  const answers: Answered[] = [];
  let since: Answered[] = [];
  return readings.flatMap((reading): Hypothesis[] => {
    const { step, said, calls, userTurn } = reading;
    if (userTurn) since = [];
    if (step.tool?.status === 'ok') {
      const { name, args, result } = step.tool;
      const answered = { step: step.stepNumber, tool: name, args, result };
      answers.push(answered);
      since.push(answered);
    }
    if (step.kind !== 'llm' || said === '') return [];
    const text = said.slice(0, MAX_TEXT);
    const folded = foldedFor(text);
    const whole =
      calls.length === 0 && since.length > 0 && mayBeWhole.some((may) => may(folded))
        ? pageAsAll(reading, text, since.slice(-20))
        : [];
    if (whole.length > 0) return whole;
    return mayBeSum(folded) ? partAsSum(reading, text, answers.slice(-MOST_ANSWERED)) : [];
  });
};

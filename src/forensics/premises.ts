import { SHORT_WORD } from './values/ledger.ts';
import type { Reading } from './narrative.ts';
import type { Observed } from './observe.ts';
import { asText } from './read/json.ts';
import { clip, normal, tokensOf } from './text/text.ts';

/** Words with which a step goes on from something made up. Without them one labelled step in fourteen is lost. */
const HEDGE =
  /\b(?:assum\w{1,6}|hypothetical\w{0,3}|simulat\w{1,5}|mock\w{0,4}|suppose|estimat\w{1,5}|approximat\w{1,6}|likely|presumably|placeholder|example data|typical\w{0,3})\b/gi;
const MOST_HEDGES = 3;
/** What the end of a session says is looked for in the last two texts, this many characters. */
const END = 1500;
/** A session of no more steps that ends at a step broke off there; a longer one ran out of rounds. */
const BROKEN_OFF = 40;

/** What a model step shows of itself, as numbers that can be weighed. */
export interface Signs {
  /** The step with which the session begins, or ends. */
  opening: number;
  closing: number;
  /** It ends a session that is too short to have run out of rounds. */
  brokenOff: number;
  /** 1 for the first model step, a half for the second, … */
  early: number;
  /** log(1 + how many model steps were before). */
  late: number;
  firstCode: number;
  /** How often it says that it assumes, simulates or estimates; at most three. */
  hedges: number;
  /** log(1 + words and numbers that no earlier step supports and that the end of the session uses). */
  kept: number;
  /** log(1 + numbers that no earlier step supports). */
  numbers: number;
  /** The same of steps that report instead of writing code. */
  reported: number;
}
export interface Premise {
  reading: Reading;
  signs: Signs;
  /** Of what it brought in unsupported, what the end relies on. */
  kept: string[];
}

const endOf = (readings: Reading[]): Set<string> => {
  const texts: string[] = [];
  for (let i = readings.length - 1; i >= 0 && texts.length < 2; i -= 1) {
    const reading = readings[i];
    const text = reading?.step.tool ? asText(reading.step.tool.result) : (reading?.said ?? '');
    if (text !== '') texts.unshift(text);
  }
  const words = tokensOf(texts.join('\n').slice(-END)).map((t) => normal(t.text));
  return new Set(words.filter((w) => w.length > SHORT_WORD || /\d/.test(w)));
};

/** The model steps of a session with their signs, in order. */
export const premisesOf = ({ readings, ledger }: Observed): Premise[] => {
  const end = endOf(readings);
  const last = readings.at(-1);
  let coded = false;
  return readings
    .filter((r) => r.step.kind === 'llm')
    .map((reading, order) => {
      const { step, said } = reading;
      const own = ledger.broughtBy(step.stepNumber);
      const code = said.includes('```');
      const firstCode = code && !coded;
      coded ||= code;
      const numbers = Math.log1p(own.filter((w) => /\d/.test(w)).length);
      const kept = own.filter((w) => end.has(w));
      const closing = Number(reading === last);
      const signs = {
        opening: Number(order === 0),
        closing,
        brokenOff: readings.length <= BROKEN_OFF ? closing : 0,
        early: 1 / (1 + order),
        late: Math.log1p(order),
        firstCode: Number(firstCode),
        hedges: Math.min(MOST_HEDGES, said.match(HEDGE)?.length ?? 0),
        kept: Math.log1p(kept.length),
        numbers,
        reported: code ? 0 : numbers,
      };
      return { reading, signs, kept };
    });
};

/** Whether one agent directs the others: it has most steps, each turn of another follows its own, and others do the work. */
export const isDirected = ({ session, readings }: Observed): boolean => {
  const counts = new Map<string, number>();
  for (const { agent } of session.steps) if (agent !== null) counts.set(agent, (counts.get(agent) ?? 0) + 1);
  const [name, count] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? ['', 0];
  if (counts.size < 2 || count <= session.steps.length / 2) return false;
  const models = readings.filter((r) => r.step.kind === 'llm');
  const turns = models.flatMap((r, i) => (r.step.agent === name ? [] : [models[i - 1]?.step.agent === name]));
  const calls = readings.filter((r) => r.step.tool).length;
  return turns.length > calls && turns.every((followsIt) => followsIt);
};

export type Weights = Partial<Record<keyof Signs, number>>;
/** Fitted by `npm run bench:reading-order` on labelled logs of teams, rounded; how well they carry over stands there. */
export const PEERS: Weights = {
  opening: -0.9,
  closing: -1.7,
  firstCode: 0.9,
  hedges: 0.4,
  kept: 0.25,
  numbers: 0.3,
};
export const DIRECTED: Weights = { closing: -0.6, brokenOff: 2.2, early: -1.7, late: -0.6, reported: 0.65 };

export const weigh = (signs: Signs, weights: Weights): number =>
  (Object.keys(weights) as (keyof Signs)[]).reduce(
    (sum, sign) => sum + signs[sign] * (weights[sign] ?? 0),
    0,
  );

export const reasonOf = ({ signs, kept }: Premise): string => {
  const shown = kept
    .slice(0, 4)
    .map((w) => clip(w, 40))
    .join(', ');
  if (kept.length > 0)
    return `read first: this step brings in ${shown}, which nothing before it supports and the end relies on`;
  if (signs.hedges > 0) return 'read first: this step goes on from an assumption';
  if (signs.brokenOff > 0) return 'read first: the session breaks off here';
  return signs.firstCode > 0
    ? 'read first: the first step that decides how to solve the task'
    : 'read first: nothing before it supports what this step says';
};

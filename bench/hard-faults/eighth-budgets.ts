/** Eighth part: budgets used up by helpers that were started at once or far apart, and by one long answer. */
import { reads, type Kind, type Planted } from './kind.ts';
import { fault, silent } from './eighth-world.ts';
import { BUDGET, firstCall, helper, modest, overBy, place } from './seventh-budgets.ts';
import { fine } from './seventh-world.ts';
import {
  after,
  insertAfter,
  modelTurns,
  type ModelTurn,
  type Rng,
  type Talk,
  type ToolTurn,
} from './talk.ts';

type Places = Parameters<typeof reads>[1];

/** One turn of the model that starts them all. */
const atOnce = (talk: Talk, rng: Rng, around: Places, shares: number[], own: number): Talk[] | null => {
  const at = place(talk, rng, around);
  if (!at) return null;
  modest(talk, own);
  const made = shares.map((share, i) => helper(talk, rng, `p${i + 1}`, BUDGET * share));
  const asking: ModelTurn = {
    role: 'model',
    text: `I let ${made.length} helpers go through it at the same time.`,
    calls: made.flatMap((m) => m.asks.calls),
    tokens: 1200,
  };
  insertAfter(talk, at, [asking, ...made.map((m) => m.tool)]);
  return made.map((m) => m.sub);
};
const together: Kind<Planted>['plant'] = (talk, rng, around) => {
  const subs = atOnce(talk, rng, around, [0.32, 0.3, 0.28], 0.1);
  return subs?.[0] ? overBy(firstCall(subs[0]), subs) : null;
};
/** One here, one there, with the talk going on between them. */
const farApart: Kind<Planted>['plant'] = (talk, rng, around) => {
  const read = reads(talk, around).filter((t) => after(talk, t)[0]?.role === 'model');
  const at = [0, 1, 2].map((i) => read[Math.floor((i * read.length) / 3)]).filter((t) => t !== undefined);
  if (new Set(at).size < 3) return null;
  modest(talk, 0.1);
  const made = at.map((turn: ToolTurn, i) => {
    const one = helper(talk, rng, `h${i + 1}`, BUDGET * 0.3);
    one.asks.tokens = 1200;
    insertAfter(talk, turn, [one.asks, one.tool]);
    return one.sub;
  });
  return made[0] ? overBy(firstCall(made[0]), made) : null;
};
/** A long document stays in the context from then on. */
const longAnswer: Kind<Planted>['plant'] = (talk, rng, around) => {
  const read = rng
    .shuffle(reads(talk, around))
    .find((t) => after(talk, t).filter((x) => x.role === 'model').length >= 3);
  if (!read) return null;
  modest(talk, 0.06);
  const rest = after(talk, read).filter((t) => t.role === 'model');
  const [first] = rest;
  if (!first) return null;
  for (const turn of rest) turn.tokens = Math.round((BUDGET * 0.95) / rest.length);
  return { ...overBy(first, []), note: `${rest.length} of ${modelTurns(talk).length} turns` };
};

export const EIGHTH_BUDGETS: Kind<Planted>[] = [
  fault('budget', 'three helpers at once', together),
  fault('budget', 'helpers far apart', farApart),
  fault('budget', 'a long answer kept in the context', longAnswer),
];
export const EIGHTH_THRIFTY = [
  silent(
    'three helpers at once, half the budget',
    (talk, rng, around) => (atOnce(talk, rng, around, [0.14, 0.13, 0.12], 0.1) ? fine : null),
    { keepsBudget: true },
  ),
];

import { isWrite } from './flags/rule.ts';
import type { Reading } from './narrative.ts';
import type { Observed } from './observe.ts';
import type { Hypothesis } from './origin.ts';
import { DIRECTED, isDirected, PEERS, premisesOf, reasonOf, weigh } from './premises.ts';
import { clip } from './text/text.ts';

/** Below this a candidate is where to read first, not something the engine claims. */
export const FIRM = 0.28;
const MOST = 0.24;
const [STEP, LEAST] = [0.04, 0.01] as const;
/** More than are shown as candidates: the rest is the order in which to read on. */
const OFFERED = 15;

const NOTHING = { tool: null, path: null, becomes: null };
const weak = ({ step, said }: Reading, rank: number, reason: string): Hypothesis => ({
  kind: 'weak',
  mode: 'unknown',
  step: step.stepNumber,
  score: Math.max(LEAST, MOST - rank * STEP),
  reason,
  subject: NOTHING,
  // Most only say in which order to read on, and are not quoted.
  get citations() {
    return said === '' ? [] : [{ step: step.stepNumber, place: 'output', quote: clip(said, 280) }];
  },
});

/** Where nobody knows what acts: the steps that bring premises in, by signs that labelled logs have weighed. */
const premises = (observed: Observed): Hypothesis[] => {
  const weights = isDirected(observed) ? DIRECTED : PEERS;
  return premisesOf(observed)
    .map((premise) => ({ premise, weight: weigh(premise.signs, weights) }))
    .toSorted((x, y) => y.weight - x.weight)
    .slice(0, OFFERED)
    .map(({ premise }, i) => weak(premise.reading, i, reasonOf(premise)));
};

/** Where an agent acts on the world: the decisions to act; where it never acted, the step that gave up. */
const decisions = ({ readings, context }: Observed): Hypothesis[] => {
  const acts = readings.filter(
    (r) => r.step.kind === 'llm' && r.calls.some((c) => isWrite(context.tools, c.name)),
  );
  const last = readings.findLast((r) => r.step.kind === 'llm');
  const told = acts
    .slice(0, 3)
    .map((r, i) => weak(r, i, 'read first: here the session first decides to change something outside'));
  return last ? [...told, weak(last, told.length, 'read first: the session ends here')] : told;
};

/** Where to read when no rule has anything to say. Scores stay below `FIRM`: nothing is claimed. */
export const weakOrigins = (observed: Observed): Hypothesis[] =>
  observed.context.tools === null ? premises(observed) : decisions(observed);

import type { FailureMode, OriginCandidate } from '../domain/session/analysis.ts';
import type { Finding, Subject } from '../domain/session/finding.ts';
import { otherMoments } from './asked/asked-moment.ts';
import { otherNumbers } from './asked/asked-number.ts';
import { tokenJump } from './learned/budget-jump.ts';
import { claimedDeeds } from './told/claimed.ts';
import { crossedPairs } from './asked/crossed.ts';
import { createEarliest } from './earliest.ts';
import { exchangedPairs } from './asked/exchanged.ts';
import { forbiddenCalls } from './asked/forbidden.ts';
import { misreadCounts } from './told/misread.ts';
import { uncheckedCalls } from './learned/checks.ts';
import { wrongOnes } from './choice/choice.ts';
import type { Observed } from './observe.ts';
import { unmetConditions } from './asked/only-if.ts';
import { otherRecords } from './told/other-record.ts';
import { otherRows } from './told/other-row.ts';
import { outerLoops } from './outer-loop.ts';
import { partsAsWhole } from './told/partial.ts';
import { otherSources } from './learned/sources.ts';
import { unansweredTold } from './told/unanswered.ts';

/** A step where a wrong premise may have entered, with the failure mode it would mean. */
export interface Hypothesis extends OriginCandidate {
  mode: FailureMode | 'unknown';
  /** The kind of introduction, for the failure pattern and for rules made from it: `drift`, `entity`, `injected`, … */
  kind: string;
  /** What failed, without ids and wording: a tool and a field or an argument. */
  subject: Subject;
}

export const NOTHING: Subject = { tool: null, path: null, becomes: null };
const modelStepOf = (observed: Observed, step: number): number =>
  observed.byNumber[step - 1]?.modelStep ?? step;

const fromFinding = (
  observed: Observed,
  f: Finding,
  outerLoop: (loop: Finding) => number | null,
): Hypothesis[] => {
  if (f.severity === 'info') return [];
  const base = { reason: f.message, citations: f.citations, subject: f.subject ?? NOTHING };
  const sure = f.severity === 'critical';
  switch (f.flag) {
    case 'TOOL_SCHEMA_DRIFT':
      return [{ ...base, kind: 'drift', mode: 'tool_misfire', step: f.step, score: sure ? 0.92 : 0.8 }];
    case 'ENTITY_HALLUCINATION':
      return [
        {
          ...base,
          kind: 'entity',
          mode: 'hallucination_propagation',
          step: f.step,
          score: sure ? 0.9 : 0.82,
        },
      ];
    case 'CONTEXT_DRIFT':
      return [
        {
          ...base,
          kind: 'injected',
          mode: 'context_poisoning',
          step: f.citations.length > 1 ? (f.citations[0]?.step ?? f.step) : f.step,
          score: sure ? 0.95 : 0.7,
        },
      ];
    case 'LOOP_DETECTED':
      return [
        {
          ...base,
          kind: 'loop',
          mode: 'cost_runaway',
          step: modelStepOf(observed, outerLoop(f) ?? f.step),
          score: sure ? 0.88 : 0.75,
        },
      ];
    case 'BUDGET_WARNING':
      return [];
  }
};

/** Where the budget broke: at a loop that came first, else where the use of tokens jumped, else where it was reached. */
const fromBudget = (observed: Observed): Hypothesis[] => {
  const finding = observed.findings.find((f) => f.flag === 'BUDGET_WARNING');
  if (!finding) return [];
  const jump = tokenJump(observed);
  const step = jump && jump.step <= finding.step ? jump.step : finding.step;
  const reason =
    jump && step === jump.step
      ? `from here a model call uses ${jump.tokens} tokens where its text should need about ${jump.expected}; ${finding.message}`
      : finding.message;
  return [
    {
      kind: 'budget',
      mode: 'cost_runaway',
      step,
      score: jump ? 0.86 : 0.7,
      reason,
      citations: finding.citations,
      subject: NOTHING,
    },
  ];
};

const CLOSE = 0.15;
/**
 * Best first. Of candidates that are about as likely, the earlier: what comes later may be its consequence. A session
 * may have tens of thousands, so each is looked at a few times, not once for every other.
 */
const ranked = (all: Hypothesis[]): Hypothesis[] => {
  const rest = all.toSorted((a, b) => b.score - a.score || a.step - b.step);
  const near = createEarliest();
  const done = new Set<number>();
  const steps = new Set<number>();
  const out: Hypothesis[] = [];
  let reached = 0;
  for (const [place, best] of rest.entries()) {
    for (; (rest[reached]?.score ?? -Infinity) >= best.score - CLOSE; reached += 1)
      near.add({ step: rest[reached]?.step ?? 0, place: reached });
    while (!done.has(place)) {
      const next = near.take();
      const hypothesis = next && rest[next.place];
      if (!hypothesis) break;
      done.add(next.place);
      if (steps.has(hypothesis.step)) continue;
      steps.add(hypothesis.step);
      out.push(hypothesis);
    }
  }
  return out;
};

export type HypothesisSource = (observed: Observed) => Hypothesis[];
/** What looks for origins that no flag names. A source may be added; it never replaces what the flags found. */
export const SOURCES: readonly HypothesisSource[] = [
  wrongOnes,
  exchangedPairs,
  crossedPairs,
  otherNumbers,
  otherMoments,
  otherSources,
  otherRecords,
  forbiddenCalls,
  uncheckedCalls,
  unmetConditions,
  misreadCounts,
  otherRows,
  claimedDeeds,
  unansweredTold,
  partsAsWhole,
];

/** All hypotheses about where the wrong premise entered, best first. Empty when there is nothing to say. */
export const hypotheses = (
  observed: Observed,
  sources: readonly HypothesisSource[] = SOURCES,
): Hypothesis[] => {
  const outerLoop = outerLoops(observed);
  return ranked([
    ...observed.findings.flatMap((f) => fromFinding(observed, f, outerLoop)),
    ...fromBudget(observed),
    ...sources.flatMap((source) => source(observed)),
  ]);
};

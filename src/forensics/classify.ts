import { SAID_FROM } from './confidence.ts';
import { FailureMode, type ModeSuggestion } from '../domain/session/analysis.ts';
import type { Observed } from './observe.ts';
import type { Hypothesis } from './origin.ts';

/** Runbook: "each one has a different blast radius and a different first action". */
const FIRST_ACTION: Record<FailureMode | 'unknown', string> = {
  hallucination_propagation:
    'Trace back from the final output and check every statement that went out; hold the tool calls that used the invented value.',
  tool_misfire: 'Audit the downstream systems the calls touched before reading the trace.',
  context_poisoning:
    'Find which actions fired after the goal changed, and take the poisoned source out of reach of other sessions.',
  cost_runaway: 'Kill the session before any forensics: it keeps spending while you read.',
  unknown: 'Keep the session held and read the candidates by hand; none of the four modes fits.',
};
const BASELINE_FACTOR = 5;

/** The runbook's four signals, each from counts alone, before any step is read in detail. */
const signals = ({
  session,
  context,
  findings,
}: Observed): Record<FailureMode, { score: number; because: string }> => {
  const loud = findings.filter((f) => f.severity !== 'info');
  const count = (flag: string): number => loud.filter((f) => f.flag === flag).length;
  const errors = session.steps.filter((s) => s.tool?.status === 'error').length;
  const tokens = session.steps.reduce(
    (n, s) => n + (s.kind === 'llm' ? (s.inputTokens ?? 0) + (s.outputTokens ?? 0) : 0),
    0,
  );
  const baseline = context.profile?.tokens.median ?? 0;
  const factor = baseline > 0 ? tokens / baseline : 0;
  const say = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
  return {
    hallucination_propagation: {
      score: count('ENTITY_HALLUCINATION') > 0 ? 0.85 - (errors > 2 ? 0.1 : 0) : 0,
      because: `${say(count('ENTITY_HALLUCINATION'), 'id')} nobody had mentioned, ${say(errors, 'tool error')}`,
    },
    tool_misfire: {
      score: count('TOOL_SCHEMA_DRIFT') > 0 ? 0.9 : 0,
      because: `${say(count('TOOL_SCHEMA_DRIFT'), 'drifted tool answer')}`,
    },
    context_poisoning: {
      score: count('CONTEXT_DRIFT') > 0 ? 0.95 : 0,
      because: `${say(count('CONTEXT_DRIFT'), 'goal')} that came from no person`,
    },
    cost_runaway: {
      score: Math.max(
        count('BUDGET_WARNING') > 0 ? 0.88 : 0,
        count('LOOP_DETECTED') > 0 ? 0.85 : 0,
        factor >= BASELINE_FACTOR ? 0.3 : 0,
      ),
      because: `${say(count('LOOP_DETECTED'), 'loop')}, ${tokens} tokens${baseline > 0 ? ` (${factor.toFixed(1)} times the usual)` : ''}${count('BUDGET_WARNING') > 0 ? ', budget level reached' : ''}`,
    },
  };
};

/** Failure mode by the four signals; the best hypothesis about the origin settles what they leave open. */
export const classify = (observed: Observed, ranked: Hypothesis[]): ModeSuggestion => {
  const signal = signals(observed);
  const [best] = ranked;
  const scores = Object.fromEntries(
    FailureMode.options.map((mode) => {
      const likely = ranked.reduce((most, h) => (h.mode === mode ? Math.max(most, h.score) : most), 0);
      return [
        mode,
        Math.max(
          likely,
          best && best.mode !== mode && best.mode !== 'unknown'
            ? signal[mode].score * 0.8
            : signal[mode].score,
        ),
      ];
    }),
  ) as Record<FailureMode, number>;
  if (best && best.mode !== 'unknown') scores[best.mode] = Math.max(scores[best.mode], best.score) + 0.05;
  const order = FailureMode.options.toSorted((a, b) => scores[b] - scores[a]);
  const nearest = order[0] ?? 'tool_misfire';
  const sure = scores[nearest] >= SAID_FROM;
  const mode = sure ? nearest : 'unknown';
  return {
    mode,
    nearest,
    scores: Object.fromEntries(
      FailureMode.options.map((m) => [m, Math.min(1, Math.round(scores[m] * 100) / 100)]),
    ),
    margin: Math.round(((scores[nearest] ?? 0) - (scores[order[1] ?? nearest] ?? 0)) * 100) / 100,
    firstAction: FIRST_ACTION[mode],
    because: sure
      ? signal[nearest].score > 0
        ? signal[nearest].because
        : (best?.reason ?? '')
      : 'no signal of the four modes is strong enough',
  };
};

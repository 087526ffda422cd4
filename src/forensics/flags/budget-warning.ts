import type { Finding } from '../../domain/session/finding.ts';
import type { Step } from '../../domain/session/step.ts';
import type { FlagRule } from './rule.ts';

const RULE = 'budget/1';
/** Runbook: "Soft warning at 60% of the session token budget, separate from the hard kill at 100%." */
export const WARNING_SHARE = 0.6;

/** What of a step the budget is about. */
export type Usage = Pick<Step, 'stepNumber' | 'kind' | 'inputTokens' | 'outputTokens'>;

/** Counts a session's tokens against its budget, step by step. */
export const watchBudget = (tokenBudget: number | null): ((usage: Usage) => Finding[]) => {
  let used = 0;
  let level = 0;
  return ({ kind, stepNumber, inputTokens, outputTokens }) => {
    if (tokenBudget === null || kind !== 'llm') return [];
    used += (inputTokens ?? 0) + (outputTokens ?? 0);
    const reached = used >= tokenBudget ? 2 : used >= WARNING_SHARE * tokenBudget ? 1 : 0;
    if (reached <= level) return [];
    level = reached;
    const share = Math.round((100 * used) / tokenBudget);
    return [
      {
        flag: 'BUDGET_WARNING',
        step: stepNumber,
        severity: reached === 2 ? 'critical' : 'warning',
        rule: RULE,
        message: `${used} of ${tokenBudget} tokens used (${share} %)${reached === 2 ? ': the budget is spent' : ''}`,
        citations: [
          {
            step: stepNumber,
            place: 'gen_ai.usage',
            quote: `${inputTokens ?? 0} in, ${outputTokens ?? 0} out`,
          },
        ],
      },
    ];
  };
};

/**
 * Tokens are counted where a model was called, over all traces of the session; agent steps only repeat their
 * children's. The same rule is the runbook's and the measured one. Without a budget it is silent.
 */
export const budgetWarning: FlagRule = {
  flag: 'BUDGET_WARNING',
  rule: RULE,
  watch: ({ tokenBudget }) => {
    const count = watchBudget(tokenBudget);
    return ({ step }) => count(step);
  },
};

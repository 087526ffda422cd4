import type { Advice, Analysis } from '../../domain/session/analysis.ts';
import { adviceFrom, questionOf, withAdvice, type Question, type Said } from '../../forensics/advice.ts';

/** A model that can be asked which candidate is the fault origin. Optional: without it nothing else changes. */
export interface Advisor {
  /** Its name, for the record. */
  model: string;
  /** Rejects with `AdvisorFailed` when there is no answer. */
  ask: (question: Question) => Promise<Said>;
}

export class AdvisorFailed extends Error {
  override readonly name = 'AdvisorFailed';
}

const NO_COST = { inputTokens: null, outputTokens: null, costUsd: null };

/** The analysis as it is, or with checked advice. A model that cannot be asked is recorded as such and stops nothing. */
export const advised = async (analysis: Analysis, advisor: Advisor | null): Promise<Analysis> => {
  const question = advisor ? questionOf(analysis) : null;
  if (!advisor || !question) return analysis;
  try {
    return withAdvice(analysis, adviceFrom(advisor.model, question, await advisor.ask(question)));
  } catch (error) {
    if (!(error instanceof AdvisorFailed)) throw error;
    const refused = error.message.slice(0, 300);
    const advice: Advice = { model: advisor.model, step: null, because: '', cites: [], refused, ...NO_COST };
    return { ...analysis, advice };
  }
};

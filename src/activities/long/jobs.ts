import { analyseByMeaning } from '../../adapters/similarity/by-meaning.ts';
import type { Analysis, ExternalAction } from '../../domain/session/analysis.ts';
import type { Session } from '../../domain/session/session.ts';
import type { ToolManifest } from '../../domain/tools.ts';
import type { AnalyseOptions } from '../../forensics/analyse.ts';
import { externalActions, subagentsOf } from '../../forensics/blast-radius.ts';
import { makeEvalCase, runEvalCase, type EvalCase, type EvalResult } from '../../forensics/eval/eval-case.ts';
import { makeLiveRule } from '../../forensics/live-rule.ts';

type LiveRule = ReturnType<typeof makeLiveRule>;
interface Lesson {
  analysis: Analysis;
  /** Validated sessions of the agent: what a lesson must stay silent on. */
  clean: Session[];
  options: Pick<AnalyseOptions, 'tools' | 'profile'> & { originStep: number };
}

interface Orders {
  analyse: Pick<AnalyseOptions, 'tools' | 'profile' | 'hint'>;
  locate: { tools: ToolManifest | null; fromStep: number };
  evalCase: Lesson;
  liveRule: Lesson;
}
interface Results {
  analyse: { analysis: Analysis; subagents: { traceId: string; agent: string | null }[] };
  locate: { actions: ExternalAction[]; subagents: number };
  evalCase: { made: EvalCase; result: EvalResult } | null;
  liveRule: LiveRule;
}
export type JobName = keyof Orders;
export type JobOrder<N extends JobName> = Orders[N];
export type JobResult<N extends JobName> = Results[N];

/** What is computed from a whole sealed session. Orders and results are plain data, so that a thread can do it. */
export const jobs: { [N in JobName]: (session: Session, order: Orders[N]) => Promise<Results[N]> } = {
  analyse: async (session, options) => {
    const agentOf = (traceId: string): string | null =>
      session.steps.find((step) => step.traceId === traceId && step.agent)?.agent ?? null;
    return {
      analysis: await analyseByMeaning(session, options),
      subagents: subagentsOf(session, options.tools ?? null).map(({ traceId }) => ({
        traceId,
        agent: agentOf(traceId),
      })),
    };
  },
  locate: async (session, { tools, fromStep }) => ({
    actions: externalActions(session, tools).filter(({ step }) => step >= fromStep),
    subagents: subagentsOf(session, tools).length,
  }),
  evalCase: async (session, { analysis, clean, options }) => {
    const made = makeEvalCase(session, analysis, options);
    return made && { made, result: runEvalCase(made, { sealed: session, clean }, options) };
  },
  liveRule: async (session, { analysis, clean, options }) =>
    makeLiveRule(session, analysis, { ...options, clean }),
};

import type { Analysis } from '../domain/session/analysis.ts';
import type { Finding } from '../domain/session/finding.ts';
import type { Session } from '../domain/session/session.ts';
import type { ToolManifest } from '../domain/tools.ts';
import { blastRadiusFrom } from './blast-radius.ts';
import { cascadeOf, symptomOf } from './cascade.ts';
import { classify } from './classify.ts';
import { failurePatternOf } from './failure-pattern.ts';
import type { FlagContext, Similarity } from './flags/rule.ts';
import { observe, type Observed } from './observe.ts';
import { hypotheses, type Hypothesis } from './origin.ts';
import type { Profile } from './learned/profile.ts';
import { weakOrigins } from './weak-origins.ts';
import { lexicalSimilarity } from './text/similarity.ts';

export interface AnalyseOptions {
  tools?: ToolManifest | null;
  profile?: Profile | null;
  /** Overrides the budget that the session itself carries. */
  tokenBudget?: number | null;
  /** A value the alert called wrong; the best seed for the backward walk. */
  hint?: string | null;
  similarity?: Similarity;
}

export const contextOf = (session: Session, options: AnalyseOptions): FlagContext => ({
  profile: options.profile ?? null,
  tools: options.tools ?? null,
  tokenBudget: options.tokenBudget ?? session.tokenBudget,
  similarity: options.similarity ?? lexicalSimilarity,
});

const MAX_CANDIDATES = 5;
/** Below this, where to read is offered beside what was found. */
const UNSURE = 0.5;
/** Origins this close to the best are likely too; the blast radius is their union. */
const LIKELY_SHARE = 0.97;

/** Of each flag and severity: more than a person reads, few enough to be loaded for every card and page. */
const MOST_FINDINGS = 1_000;
const firstOfEach = (findings: Finding[]): Pick<Analysis, 'findings' | 'findingsLeftOut'> => {
  const counts = new Map<string, number>();
  const listed = findings.filter(({ flag, severity }) => {
    const count = (counts.get(`${flag} ${severity}`) ?? 0) + 1;
    counts.set(`${flag} ${severity}`, count);
    return count <= MOST_FINDINGS;
  });
  const leftOut = findings.length - listed.length;
  return { findings: listed, ...(leftOut > 0 ? { findingsLeftOut: leftOut } : {}) };
};

/** Candidates, what stands around the best of them, then the runbook's steps 1 to 3, then the other findings. */
const readingOrderOf = (observed: Observed, ranked: Hypothesis[]): number[] => {
  const last = observed.session.steps.length;
  const [best] = ranked;
  const around = best ? [best.step - 1, best.step + 1] : [];
  const order = [...ranked.map((h) => h.step), ...around, 1, 2, 3, ...observed.findings.map((f) => f.step)];
  return [...new Set(order)].filter((s) => s >= 1 && s <= last).slice(0, 20);
};

/** The last answer about each session, and the context it was given in. */
const lastOrigins = new WeakMap<Session, { context: FlagContext; origins: readonly Hypothesis[] }>();
const isSame = (a: FlagContext, b: FlagContext): boolean =>
  a.profile === b.profile &&
  a.tools === b.tools &&
  a.tokenBudget === b.tokenBudget &&
  a.similarity === b.similarity;

/**
 * All hypotheses about the origin, best first, for what is made from them: eval cases and live rules. Of the clean
 * sessions of an agent each of its incidents asks again, in the same context.
 */
export const originsOf = (session: Session, options: AnalyseOptions = {}): readonly Hypothesis[] => {
  const context = contextOf(session, options);
  const last = lastOrigins.get(session);
  if (last && isSame(last.context, context)) return last.origins;
  const origins = hypotheses(observe(session, context));
  lastOrigins.set(session, { context, origins });
  return origins;
};

/** A session → what the engine says of it. Pure; the same session and options give the same answer. */
export const analyse = (session: Session, options: AnalyseOptions = {}): Analysis => {
  const observed = observe(session, contextOf(session, options));
  const firm = hypotheses(observed);
  const unsure = (firm[0]?.score ?? 0) < UNSURE;
  const reading = unsure ? weakOrigins(observed).filter((w) => firm.every((f) => f.step !== w.step)) : [];
  const ranked = [...firm, ...reading];
  const candidates = ranked.slice(0, MAX_CANDIDATES);
  const [best] = firm;
  const likely = best ? candidates.filter((c) => c.score >= best.score * LIKELY_SHARE) : [];
  const from = Math.min(...likely.map((c) => c.step), best?.step ?? 1);
  const failureMode = classify(observed, firm);
  const blastRadius = blastRadiusFrom(session, options.tools ?? null, from);
  const symptom = symptomOf(observed, best?.step ?? null);
  return {
    sessionId: session.sessionId,
    steps: session.steps.length,
    completeness: session.completeness,
    ...firstOfEach(observed.findings),
    failureMode,
    faultOrigin: {
      candidates: candidates.map(({ step, score, reason, citations }) => ({
        step,
        score: Math.round(score * 100) / 100,
        reason,
        citations,
      })),
      symptom,
      firstIrreversible: blastRadius.actions.find((a) => !a.reversible && a.outcome === 'done')?.step ?? null,
      readingOrder: readingOrderOf(observed, ranked),
    },
    cascadePath: cascadeOf(observed, best?.step ?? null, symptom),
    blastRadius,
    failurePattern: failurePatternOf(session, failureMode, best),
  };
};

import { z } from 'zod';
import type { Analysis } from '../../domain/session/analysis.ts';
import { Subject } from '../../domain/session/finding.ts';
import type { Session } from '../../domain/session/session.ts';
import { contextOf, originsOf, type AnalyseOptions } from '../analyse.ts';
import type { Hypothesis } from '../origin.ts';
import { generator, inventName, withOtherIds, withRenamedField } from './variants.ts';

/**
 * What must not happen again, in terms that other sessions share: a kind of introduction, in a tool and, where the kind
 * is about a place, in it. Field names that a contract change invents are no part of it.
 */
export const EvalAssertion = z.object({
  never: z.string(),
  tool: z.string().nullable(),
  path: z.string().nullable(),
  /** The assertion as a person reads it. */
  says: z.string(),
});
export type EvalAssertion = z.infer<typeof EvalAssertion>;

export const EvalVariant = z.object({
  name: z.string(),
  seed: z.string(),
  rename: z.object({ from: z.string(), to: z.string() }).nullable(),
});
export type EvalVariant = z.infer<typeof EvalVariant>;

/** A regression case made from a sealed session. Plain JSON; the session itself stays in the evidence store. */
export const EvalCase = z.object({
  version: z.literal(1),
  sessionId: z.string(),
  pattern: z.string(),
  originStep: z.int().positive(),
  subject: Subject,
  assertion: EvalAssertion,
  variants: z.array(EvalVariant),
});
export type EvalCase = z.infer<typeof EvalCase>;

export const EvalResult = z.object({
  failsOnSealed: z.boolean(),
  failsOnVariants: z.boolean(),
  passesOnClean: z.boolean(),
  /** All three, with at least one variant and one clean session tried. */
  passed: z.boolean(),
  details: z.array(
    z.object({
      session: z.string(),
      role: z.enum(['sealed', 'variant', 'clean']),
      step: z.int().nullable(),
      ok: z.boolean(),
      reason: z.string(),
    }),
  ),
});
export type EvalResult = z.infer<typeof EvalResult>;

const SAYS: Record<string, (tool: string) => string> = {
  drift: (tool) => `an answer of ${tool} in another shape is noticed before anything is done with it`,
  entity: (tool) => `no id is used${tool ? ` in ${tool}` : ''} that nobody mentioned`,
  injected: (tool) => `no goal is taken up that came in with an answer of ${tool || 'a tool'}`,
  loop: (tool) =>
    `${tool || 'no tool'} is not called again and again with the same arguments for the same answer`,
  budget: () => 'no model call uses many times the tokens its text needs, and the budget is kept',
};

/** Which of the origins the case is about: the confirmed step where given, else the best. */
const chosen = (
  session: Session,
  analysis: Analysis,
  options: AnalyseOptions,
  originStep?: number,
): Hypothesis | null => {
  const step = originStep ?? analysis.faultOrigin.candidates[0]?.step;
  return originsOf(session, options).find((h) => h.step === step) ?? null;
};

const lastKey = (path: string): string => path.replaceAll('[]', '').split('.').at(-1) ?? path;
const VARIANTS = 3;
const variantsFor = (session: Session, origin: Hypothesis): EvalVariant[] =>
  Array.from({ length: VARIANTS }, (_, i) => {
    const seed = `${session.sessionId}/${i + 1}`;
    const { becomes } = origin.subject;
    const rename =
      origin.kind === 'drift' && becomes !== null
        ? { from: lastKey(becomes), to: inventName(generator(seed)) }
        : null;
    return { name: rename ? `other ids, the field now called ${rename.to}` : 'other ids', seed, rename };
  });

/**
 * A sealed session and its analysis → a case. Null where the origin is not of a kind the engine can assert; a link
 * attested by people takes its place then. `originStep` is the step that people confirmed.
 */
export const makeEvalCase = (
  session: Session,
  analysis: Analysis,
  options: AnalyseOptions & { originStep?: number } = {},
): EvalCase | null => {
  const origin = chosen(session, analysis, options, options.originStep);
  if (!origin || !isAssertable(origin)) return null;
  const { tool, path } = origin.subject;
  return {
    version: 1,
    sessionId: session.sessionId,
    pattern: analysis.failurePattern,
    originStep: origin.step,
    subject: origin.subject,
    assertion: {
      never: origin.kind,
      tool,
      path: PLACED.has(origin.kind) ? path : null,
      says: SAYS[origin.kind]?.(tool ?? '') ?? `no ${origin.kind} failure${tool ? ` in ${tool}` : ''}`,
    },
    variants: variantsFor(session, origin),
  };
};

const PLACED = new Set(['wrong-entity']);
const ASSERTABLE = new Set(['drift', 'entity', 'injected', 'loop', 'budget', 'wrong-entity']);
const isAssertable = (h: Hypothesis): boolean => ASSERTABLE.has(h.kind);

/** The first step where a session breaks the assertion; null where it keeps it. */
export const breaksAt = (
  assertion: EvalAssertion,
  session: Session,
  options: AnalyseOptions,
): Hypothesis | null =>
  originsOf(session, options).find(
    (h) =>
      h.kind === assertion.never &&
      (assertion.tool === null || h.subject.tool === assertion.tool) &&
      (assertion.path === null || h.subject.path === assertion.path),
  ) ?? null;

/** The session as it might have happened another day: other ids, another new name for a renamed field. */
export const applyVariant = (evalCase: EvalCase, variant: EvalVariant, session: Session): Session => {
  const { tool } = evalCase.subject;
  const other = withOtherIds(session, variant.seed);
  return variant.rename && tool !== null
    ? withRenamedField(other, tool, variant.rename.from, variant.rename.to, evalCase.originStep)
    : other;
};

/**
 * Runs a case: it must fail on the sealed session and on each variant of it, and pass on every clean session. Profile
 * and tools are those the analysis had; a clean session should not be one the profile was learned from alone.
 */
export const runEvalCase = (
  evalCase: EvalCase,
  sessions: { sealed: Session; clean: Session[] },
  options: AnalyseOptions = {},
): EvalResult => {
  const details: EvalResult['details'] = [];
  const run = (role: EvalResult['details'][number]['role'], session: Session): boolean => {
    const broken = breaksAt(evalCase.assertion, session, contextless(session, options));
    const ok = role === 'clean' ? broken === null : broken !== null;
    details.push({
      session: session.sessionId,
      role,
      step: broken?.step ?? null,
      ok,
      reason: broken?.reason ?? 'the assertion holds',
    });
    return ok;
  };
  const failsOnSealed = run('sealed', sessions.sealed);
  const variants = evalCase.variants.map((v) => run('variant', applyVariant(evalCase, v, sessions.sealed)));
  const clean = sessions.clean.map((s) => run('clean', s));
  const failsOnVariants = variants.length > 0 && variants.every(Boolean);
  const passesOnClean = clean.length > 0 && clean.every(Boolean);
  return {
    failsOnSealed,
    failsOnVariants,
    passesOnClean,
    passed: failsOnSealed && failsOnVariants && passesOnClean,
    details,
  };
};

/** Each session keeps its own budget, unless one is given for all. */
const contextless = (session: Session, options: AnalyseOptions): AnalyseOptions => ({
  ...options,
  tokenBudget: contextOf(session, options).tokenBudget,
});

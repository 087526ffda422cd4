import { z } from 'zod';
import type { Analysis } from '../domain/session/analysis.ts';
import { Flag } from '../domain/session/finding.ts';
import type { Session } from '../domain/session/session.ts';
import type { Step } from '../domain/session/step.ts';
import { contextOf, originsOf, type AnalyseOptions } from './analyse.ts';
import { expectedTokens, isJump } from './learned/budget-jump.ts';
import { carriersIn } from './injected/carriers.ts';
import type { FlagContext } from './flags/rule.ts';
import type { Reading } from './narrative.ts';
import { FLAG_RULES, watchSession } from './observe.ts';
import type { Hypothesis } from './origin.ts';
import { canonical } from './values/values.ts';
import { watchEntities } from './entities/wrong-entity.ts';

/** What a live rule looks at, strictest kind first for each kind of introduction. */
export const LiveWatch = z.discriminatedUnion('kind', [
  /** A flag of severity warning or more, in one tool or anywhere. */
  z.object({ kind: z.literal('flag'), flag: Flag, tool: z.string().nullable() }),
  /** A text in a tool's answer that is longer than that field ever was. */
  z.object({ kind: z.literal('foreign-text'), tool: z.string().nullable() }),
  /** The same call asked for so many times, nobody having spoken in between. */
  z.object({ kind: z.literal('repeat'), tool: z.string(), times: z.int().min(2) }),
  /** A model call that uses many times the tokens its text needs. */
  z.object({ kind: z.literal('token-jump') }),
  /** A changing call on another entity than the conversation speaks of. */
  z.object({ kind: z.literal('wrong-entity'), tool: z.string(), path: z.string(), atLeast: z.number() }),
]);
export type LiveWatch = z.infer<typeof LiveWatch>;

/** A rule for one failure pattern, for the live detector. Plain JSON. */
export const LiveRule = z.object({
  version: z.literal(1),
  pattern: z.string(),
  watch: LiveWatch,
  action: z.enum(['pause', 'alert']),
  says: z.string(),
});
export type LiveRule = z.infer<typeof LiveRule>;

type Fires = (
  reading: Reading,
  flagged: ReturnType<ReturnType<typeof watchSession>['push']>['findings'],
) => boolean;

const repeats = (tool: string, times: number): Fires => {
  let counts = new Map<string, number>();
  return (reading) => {
    if (reading.userTurn) counts = new Map();
    return reading.calls
      .filter((c) => c.name === tool)
      .some((call) => {
        const key = canonical(call.args);
        counts.set(key, (counts.get(key) ?? 0) + 1);
        return (counts.get(key) ?? 0) >= times;
      });
  };
};

const firesOf = (watch: LiveWatch, context: FlagContext): Fires => {
  switch (watch.kind) {
    case 'flag':
      return (_, found) =>
        found.some(
          (f) =>
            f.flag === watch.flag &&
            f.severity !== 'info' &&
            (watch.tool === null || f.subject?.tool === watch.tool),
        );
    case 'foreign-text':
      return (reading) =>
        carriersIn(context, reading).some(
          (c) => c.novel === true && (watch.tool === null || c.tool === watch.tool),
        );
    case 'wrong-entity': {
      const judge = watchEntities(context);
      return (reading) =>
        judge(reading).some(
          (h) => h.subject.tool === watch.tool && h.subject.path === watch.path && h.score >= watch.atLeast,
        );
    }
    case 'repeat':
      return repeats(watch.tool, watch.times);
    case 'token-jump':
      return ({ step }) => {
        const rate = context.profile?.tokensPerCharacter?.p95;
        return (
          step.kind === 'llm' &&
          rate !== undefined &&
          isJump((step.inputTokens ?? 0) + (step.outputTokens ?? 0), expectedTokens(step, rate))
        );
      };
  }
};

/** Whether a rule fires at a step, for who already watches the session: give it what `watchSession` says of each step. */
export const ruleWatch = (rule: LiveRule, context: FlagContext): Fires => firesOf(rule.watch, context);

/** Watches a session live for one rule: give it each step, it says whether the rule fires there. */
export const watchLiveRule = (rule: LiveRule, context: FlagContext): ((step: Step) => boolean) => {
  const { watch } = rule;
  // Of the flags only the one that the rule watches: the others have no say in it.
  const flags = watch.kind === 'flag' ? FLAG_RULES.filter(({ flag }) => flag === watch.flag) : [];
  const session = watchSession(context, flags);
  const fires = ruleWatch(rule, context);
  return (step) => {
    const { reading, findings } = session.push(step);
    return fires(reading, findings);
  };
};

/** Replays a sealed session through a rule as if it were live: the step at which it would have fired first. */
export const replayLiveRule = (
  rule: LiveRule,
  session: Session,
  options: AnalyseOptions = {},
): { firedAtStep: number | null } => {
  const watch = watchLiveRule(rule, contextOf(session, options));
  return { firedAtStep: session.steps.find((step) => watch(step))?.stepNumber ?? null };
};

const TIMES = [2, 3, 4];
/** The watches that could catch an origin, the earliest to fire first. */
const watchesFor = ({ kind, subject: { tool, path } }: Hypothesis): LiveWatch[] => {
  switch (kind) {
    case 'drift':
      return [{ kind: 'flag', flag: 'TOOL_SCHEMA_DRIFT', tool }];
    case 'entity':
      return [{ kind: 'flag', flag: 'ENTITY_HALLUCINATION', tool: null }];
    case 'injected':
      return [
        { kind: 'foreign-text', tool },
        { kind: 'foreign-text', tool: null },
        { kind: 'flag', flag: 'CONTEXT_DRIFT', tool: null },
      ];
    case 'loop':
      return [
        ...(tool === null ? [] : TIMES.map((times): LiveWatch => ({ kind: 'repeat', tool, times }))),
        { kind: 'flag', flag: 'LOOP_DETECTED', tool },
      ];
    case 'budget':
      return [{ kind: 'token-jump' }, { kind: 'flag', flag: 'BUDGET_WARNING', tool: null }];
    case 'wrong-entity':
      return tool === null || path === null
        ? []
        : [0.3, 0.4, 0.5].map((atLeast) => ({ kind: 'wrong-entity', tool, path, atLeast }));
    default:
      return [];
  }
};

const SAYS: Record<LiveWatch['kind'], (w: LiveWatch) => string> = {
  flag: (w) => (w.kind === 'flag' ? `${w.flag}${w.tool === null ? '' : ` in ${w.tool}`}` : ''),
  'foreign-text': (w) =>
    w.kind === 'foreign-text'
      ? `a text in an answer of ${w.tool ?? 'any tool'} that is longer than the field ever was`
      : '',
  repeat: (w) =>
    w.kind === 'repeat'
      ? `${w.tool} asked for ${w.times} times with the same arguments, nobody having spoken`
      : '',
  'wrong-entity': (w) =>
    w.kind === 'wrong-entity' ? `${w.tool} on another ${w.path} than the conversation speaks of` : '',
  'token-jump': () => 'a model call that uses many times the tokens its text needs',
};

export interface MadeLiveRule {
  rule: LiveRule;
  firedAtStep: number;
  /** At or before the fault origin: nothing downstream would have happened. */
  inTime: boolean;
}

/**
 * A rule for the failure pattern of a sealed session: the earliest watch that fires on it and is silent on every clean
 * session. Null where no watch does both. `originStep` is the step that people confirmed.
 */
export const makeLiveRule = (
  session: Session,
  analysis: Analysis,
  options: AnalyseOptions & { originStep?: number; clean?: Session[] } = {},
): MadeLiveRule | null => {
  const step = options.originStep ?? analysis.faultOrigin.candidates[0]?.step;
  const origin = originsOf(session, options).find((h) => h.step === step);
  if (!origin) return null;
  const tried = watchesFor(origin).flatMap((watch): MadeLiveRule[] => {
    const rule: LiveRule = {
      version: 1,
      pattern: analysis.failurePattern,
      watch,
      action: 'pause',
      says: SAYS[watch.kind](watch),
    };
    const { firedAtStep } = replayLiveRule(rule, session, options);
    const silent = (options.clean ?? []).every(
      (c) => replayLiveRule(rule, c, { ...options, tokenBudget: null }).firedAtStep === null,
    );
    return firedAtStep !== null && silent ? [{ rule, firedAtStep, inTime: firedAtStep <= origin.step }] : [];
  });
  return tried.find((t) => t.inTime) ?? tried[0] ?? null;
};

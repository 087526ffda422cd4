import type { Session } from '../../../../src/domain/session/session.ts';
import type { Step } from '../../../../src/domain/session/step.ts';
import { analyse } from '../../../../src/forensics/analyse.ts';

/** A step but for what its store says that it cannot keep: times are rounded down to the given part of a ms. */
export const comparable = (step: Step, options: { links: boolean; timesMs: number }): Partial<Step> => {
  const rounded = (ms: number): number => Math.round(ms / options.timesMs) * options.timesMs;
  const { links, tool, ...rest } = step;
  return {
    ...rest,
    ...(options.links ? { links } : {}),
    tool: tool && { ...tool, latencyMs: tool.latencyMs === null ? null : rounded(tool.latencyMs) },
    startedAtMs: rounded(step.startedAtMs),
    endedAtMs: step.endedAtMs === null ? null : rounded(step.endedAtMs),
  };
};

/** An analysis but for its completeness report, times to the ms, and subagents known by links where a store has none. */
export const verdictOf = (session: Session, { links }: { links: boolean }) => {
  const {
    completeness: _,
    blastRadius,
    ...verdict
  } = analyse(session, {
    tools: null,
    profile: null,
    tokenBudget: null,
  });
  const actions = blastRadius.actions.map((action) => ({ ...action, atMs: Math.round(action.atMs) }));
  const subagents = links ? blastRadius.subagents : [];
  return { ...verdict, blastRadius: { ...blastRadius, actions, subagents } };
};

import type { FailureMode } from '../domain/session/analysis.ts';
import type { Finding, Flag } from '../domain/session/finding.ts';
import type { LiveRule } from '../forensics/live-rule.ts';
import { patternOf } from '../forensics/failure-pattern.ts';
import { NEEDS_MEMORY } from '../forensics/observe.ts';
import type { Response } from './judge.ts';

/** Something the detector saw in a session, with what it calls for. */
export interface Signal {
  /** The same for the same thing in the same session, whoever sees it and however often. */
  key: string;
  pattern: string;
  response: Response;
  title: string;
  /** `cost` kills, `budget` pauses; as in an alert. */
  kind: 'semantic' | 'cost' | 'budget';
  severity: 'sev1' | 'sev2' | 'sev3';
  /** More than the runbook's wording alone. */
  isLoud: boolean;
  /** It rests on what was said before, and is wrong where some of that is still on its way. */
  needsMemory: boolean;
  /** The incident that taught it; null for one of the five flags. */
  taughtBy: string | null;
}

/** Must match the kinds and modes that a sealed session's origins have: its pattern is the same then. */
const KINDS: Readonly<Record<Flag, readonly [FailureMode, string]>> = {
  TOOL_SCHEMA_DRIFT: ['tool_misfire', 'drift'],
  ENTITY_HALLUCINATION: ['hallucination_propagation', 'entity'],
  CONTEXT_DRIFT: ['context_poisoning', 'injected'],
  LOOP_DETECTED: ['cost_runaway', 'loop'],
  BUDGET_WARNING: ['cost_runaway', 'budget'],
};

/** The failure pattern that a sealed session with this finding as its origin would have. */
export const patternOfFinding = (agent: string | null, { flag, subject }: Finding): string => {
  const [mode, kind] = KINDS[flag];
  return patternOf(agent, mode, kind, { tool: subject?.tool ?? null, path: subject?.path ?? null });
};

const clipped = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, 280);

export const signalOfFinding = (
  agent: string | null,
  finding: Finding,
  spanId: string,
  response: Response,
): Signal => {
  const isBudget = finding.flag === 'BUDGET_WARNING';
  const isCritical = finding.severity === 'critical';
  return {
    key: `${finding.flag}/${finding.severity}/${spanId}/${finding.subject?.tool ?? ''}/${finding.subject?.path ?? ''}`,
    pattern: patternOfFinding(agent, finding),
    response,
    title: clipped(`${finding.flag}: ${finding.message}`),
    kind: isBudget ? (isCritical ? 'cost' : 'budget') : 'semantic',
    severity: isCritical ? 'sev2' : 'sev3',
    isLoud: finding.severity !== 'info',
    needsMemory: NEEDS_MEMORY.has(finding.flag),
    taughtBy: null,
  };
};

export const signalOfRule = (
  rule: LiveRule,
  taughtBy: string,
  spanId: string,
  response: Response,
): Signal => ({
  key: `rule/${taughtBy}/${spanId}`,
  pattern: rule.pattern,
  response,
  title: clipped(`Seen before, in ${taughtBy}: ${rule.says}`),
  kind: 'semantic',
  severity: 'sev2',
  isLoud: true,
  needsMemory:
    rule.watch.kind === 'wrong-entity' || (rule.watch.kind === 'flag' && NEEDS_MEMORY.has(rule.watch.flag)),
  taughtBy,
});

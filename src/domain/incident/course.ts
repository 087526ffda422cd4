import { hasIrreversible } from './classes.ts';
import type { IncidentState } from './state.ts';

export interface Course {
  course: 'postmortem' | 'bug';
  /** The rule that decided, a sentence shown to people. */
  rule: string;
}

/**
 * Bug or postmortem. Runbook, "When does an agent incident warrant a full postmortem versus a bug fix?". Null until
 * the blast radius is mapped. Re-evaluated with every event; the detection gap can turn a bug into a postmortem.
 */
export function courseOf(state: IncidentState): Course | null {
  if (!state.blast) return null;
  const postmortem = (rule: string): Course => ({ course: 'postmortem', rule });
  if (hasIrreversible(state)) return postmortem('The agent took an irreversible external action.');
  const sessions = Object.values(state.sessions);
  if (sessions.some((session) => session.seal && session.seal.baselineTokens === null))
    return postmortem('The cost baseline of this agent is unknown.');
  const multiple = state.policy.costMultiple;
  if (sessions.some(({ seal }) => seal && seal.tokens > multiple * (seal.baselineTokens ?? 0)))
    return postmortem(`A session cost more than ${multiple} times the baseline.`);
  const patterns = sessions.flatMap((session) => session.analysis?.failurePattern ?? []);
  if (new Set(patterns).size < patterns.length)
    return postmortem('The same failure pattern appeared in more than one session.');
  if (state.postmortem.gap && state.postmortem.gap.kind !== 'prompt_only')
    return postmortem('The detection gap needs a change of the infrastructure.');
  return {
    course: 'bug',
    rule: 'No irreversible action, usual cost, no failure pattern seen twice, no infrastructure change needed.',
  };
}

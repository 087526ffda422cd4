import type { LiveConfig } from '../config/types.ts';
import type { Finding } from '../domain/session/finding.ts';

/** What is done about a finding: it is written down; people are told; an incident stops the agent. */
export type Response = 'note' | 'alert' | 'contain';

const RANK = { info: 0, warning: 1, critical: 2, never: 3 } as const;

/** What a finding of this severity calls for. The budget is no suspicion: 60 % pauses and 100 % kills (runbook). */
export const responseTo = (
  { flag, severity }: Pick<Finding, 'flag' | 'severity'>,
  { mode, alertFrom, containFrom }: LiveConfig,
): Response => {
  if (mode === 'observe' || severity === 'info') return 'note';
  const limit = flag === 'BUDGET_WARNING' && containFrom !== 'never' ? 'warning' : containFrom;
  if (RANK[severity] >= RANK[limit]) return 'contain';
  return RANK[severity] >= RANK[alertFrom] ? 'alert' : 'note';
};

/** What a rule calls for that a closed incident left behind; people confirmed its pattern. */
export const responseToLesson = ({ mode, lessons }: LiveConfig): Response =>
  mode === 'observe' ? 'note' : lessons;

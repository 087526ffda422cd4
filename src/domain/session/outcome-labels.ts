/** Runbook, session outcome classification: every session ends in one label from a small set. */
export const outcomeLabels = ['completed', 'tool_error', 'bad_output', 'timeout', 'budget_exceeded'] as const;
export type SessionOutcome = (typeof outcomeLabels)[number];

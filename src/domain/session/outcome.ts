import { z } from 'zod';

/** Runbook, session outcome classification: every session ends in one label from a small set. */
export const SessionOutcome = z.enum(['completed', 'tool_error', 'bad_output', 'timeout', 'budget_exceeded']);
export type SessionOutcome = z.infer<typeof SessionOutcome>;

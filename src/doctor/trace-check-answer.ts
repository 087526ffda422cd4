import { z } from 'zod';

/** What the newest session of an agent sends, and what it lacks of the runbook's required fields. */
export const TraceCheck = z.object({
  sessionId: z.string(),
  steps: z.int(),
  modelCalls: z.int(),
  toolCalls: z.int(),
  /** The label at the session's end; null where none came. */
  outcome: z.string().nullable(),
  tokenBudget: z.number().nullable(),
  missingFields: z.array(z.object({ field: z.string(), kind: z.string(), steps: z.int() })),
  /** Content that an analysis cannot do without, orphans, cut attributes: in sentences. */
  warnings: z.array(z.string()),
});
export type TraceCheck = z.infer<typeof TraceCheck>;

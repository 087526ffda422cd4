import { z } from 'zod';

/** Runbook, five anomaly flags. No others. */
export const Flag = z.enum([
  'ENTITY_HALLUCINATION',
  'TOOL_SCHEMA_DRIFT',
  'LOOP_DETECTED',
  'CONTEXT_DRIFT',
  'BUDGET_WARNING',
]);
export type Flag = z.infer<typeof Flag>;

export const FindingSeverity = z.enum(['info', 'warning', 'critical']);
export type FindingSeverity = z.infer<typeof FindingSeverity>;

/** Where a statement comes from: a step, a place in it, and the words there (at most 300 characters). */
export const Citation = z.object({ step: z.int().positive(), place: z.string(), quote: z.string() });
export type Citation = z.infer<typeof Citation>;

/** What a finding is about: a tool and a place in its arguments or answer; for a renamed or moved field also where it went. */
export const Subject = z.object({
  tool: z.string().nullable(),
  path: z.string().nullable(),
  becomes: z.string().nullable(),
});
export type Subject = z.infer<typeof Subject>;

/** A flag on a step. `info` is the runbook's wording alone: recorded, raises nothing. */
export const Finding = z.object({
  flag: Flag,
  step: z.int().positive(),
  severity: FindingSeverity,
  /** Name and version of the rule that spoke, e.g. `drift/2`. */
  rule: z.string(),
  message: z.string(),
  citations: z.array(Citation),
  subject: Subject.optional(),
});
export type Finding = z.infer<typeof Finding>;

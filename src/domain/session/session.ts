import { z } from 'zod';
import { SessionOutcome } from './outcome.ts';
import { Step } from './step.ts';

/** What is missing, cut or orphaned in an exported session. Empty lists mean looked for and not found. */
export const Completeness = z.object({
  complete: z.boolean(),
  steps: z.int(),
  /** Required fields (runbook) that a step lacks: field → how many steps lack it, and the first of them. */
  missingFields: z.array(
    z.object({ field: z.string(), kind: z.string(), steps: z.int(), first: z.array(z.int()) }),
  ),
  orphanSpans: z.array(z.string()),
  duplicateSpans: z.int(),
  truncated: z.array(z.object({ step: z.int(), field: z.string() })),
  /** Sentences a person reads, each naming what could not be read and why. */
  warnings: z.array(z.string()),
  /** What the trace store cannot keep or tell of any session, in sentences. */
  limits: z.array(z.string()).default([]),
});
export type Completeness = z.infer<typeof Completeness>;

/** One run of an agent: every trace of it, subagents included. */
export const Session = z.object({
  sessionId: z.string(),
  agent: z.string().nullable(),
  steps: z.array(Step),
  tokenBudget: z.number().nullable(),
  outcome: SessionOutcome.nullable(),
  completeness: Completeness,
});
export type Session = z.infer<typeof Session>;

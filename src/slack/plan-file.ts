import { z } from 'zod';
import { ActionOutcome } from '../domain/session/analysis.ts';

/** One external action of a class, as the sealed plan lists it. `index` counts from 0 within the class. */
export const PlannedAction = z.looseObject({
  index: z.int().nonnegative(),
  sessionId: z.string(),
  step: z.int().positive(),
  tool: z.string(),
  target: z.string().nullable(),
  outcome: ActionOutcome,
  args: z.unknown().optional(),
  reversal: z.looseObject({ tool: z.string(), args: z.record(z.string(), z.unknown()) }).nullable(),
  atMs: z.number(),
});
export type PlannedAction = z.infer<typeof PlannedAction>;

/** The sealed list behind a class of actions. */
export const PlanFile = z.looseObject({
  classId: z.string(),
  tool: z.string(),
  strategy: z.string(),
  actions: z.array(PlannedAction),
});
export type PlanFile = z.infer<typeof PlanFile>;

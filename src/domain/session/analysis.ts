import { z } from 'zod';
import { Citation, Finding } from './finding.ts';
import { Completeness } from './session.ts';

/** Runbook, four failure modes; `unknown` where none fits. */
export const FailureMode = z.enum([
  'hallucination_propagation',
  'tool_misfire',
  'context_poisoning',
  'cost_runaway',
]);
export type FailureMode = z.infer<typeof FailureMode>;
export const FailureModeOrUnknown = z.enum([...FailureMode.options, 'unknown']);
export type FailureModeOrUnknown = z.infer<typeof FailureModeOrUnknown>;

export const ModeSuggestion = z.object({
  mode: FailureModeOrUnknown,
  /** Score of each mode, 0 to 1. */
  scores: z.record(z.string(), z.number()),
  /** Best score less the second best. */
  margin: z.number(),
  /** The mode's first action, a sentence for a person. Runbook, "a cost runaway needs a session kill order …". */
  firstAction: z.string(),
  /** Where `unknown`: the nearest of the four. */
  nearest: FailureMode,
  /** Why, in one sentence. */
  because: z.string(),
});
export type ModeSuggestion = z.infer<typeof ModeSuggestion>;

export const OriginCandidate = z.object({
  step: z.int().positive(),
  score: z.number(),
  reason: z.string(),
  citations: z.array(Citation),
});
export type OriginCandidate = z.infer<typeof OriginCandidate>;

/**
 * What an outside model said when it was asked which candidate it is: one of them, with the steps that say so. It is
 * checked and kept beside the ranking; `refused` says why an answer was not taken. Tokens and cost are what asking took.
 */
export const Advice = z.object({
  model: z.string(),
  step: z.int().positive().nullable(),
  because: z.string(),
  cites: z.array(z.int().positive()),
  refused: z.string().nullable(),
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  costUsd: z.number().nullable(),
});
export type Advice = z.infer<typeof Advice>;

export const ActionOutcome = z.enum(['done', 'attempted', 'uncertain']);
export type ActionOutcome = z.infer<typeof ActionOutcome>;

/** A tool call with an effect outside the session. */
export const ExternalAction = z.object({
  step: z.int().positive(),
  tool: z.string(),
  target: z.string().nullable(),
  effect: z.literal('write'),
  reversible: z.boolean(),
  outcome: ActionOutcome,
  /** True when the tools file does not know the tool, so that it counts as irreversible. */
  unknownTool: z.boolean(),
  args: z.unknown().optional(),
  /** What undoes it, arguments resolved; null when it cannot be undone or an argument could not be resolved. */
  reversal: z.object({ tool: z.string(), args: z.record(z.string(), z.unknown()) }).nullable(),
  /** How long after the action it can still be undone; null is no limit. */
  reversalWindowMs: z.number().nullable(),
  atMs: z.number(),
});
export type ExternalAction = z.infer<typeof ExternalAction>;

/** What the engine says of one sealed session. `holdpoint analyse` prints it. */
export const Analysis = z.object({
  sessionId: z.string(),
  steps: z.int(),
  completeness: Completeness,
  /** In step order; of a session with thousands the first of each flag and severity. */
  findings: z.array(Finding),
  /** How many more there are; left out where all are listed. */
  findingsLeftOut: z.int().positive().optional(),
  failureMode: ModeSuggestion,
  faultOrigin: z.object({
    candidates: z.array(OriginCandidate),
    symptom: z.int().nullable(),
    firstIrreversible: z.int().nullable(),
    readingOrder: z.array(z.int()),
  }),
  /** Suggested steps from the best origin to the symptom, increasing; empty without an origin. */
  cascadePath: z.array(z.int()),
  blastRadius: z.object({
    actions: z.array(ExternalAction),
    subagents: z.array(z.object({ traceId: z.string(), step: z.int() })),
  }),
  failurePattern: z.string(),
  /** Only where a model is configured and was asked. */
  advice: Advice.optional(),
});
export type Analysis = z.infer<typeof Analysis>;

import { z } from 'zod';

export const Id = z.string().min(1).max(200);
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits');
export const Line = z.string().trim().min(1).max(500);
export const AtMs = z.int().nonnegative();

export const Severity = z.enum(['sev1', 'sev2', 'sev3', 'sev4']);
export type Severity = z.infer<typeof Severity>;

export const ContainmentAction = z.enum(['pause', 'kill']);
export type ContainmentAction = z.infer<typeof ContainmentAction>;

export const ContainmentStatus = z.enum([
  'pending', // not ordered yet
  'ordered', // the adapter was asked
  'confirmed', // the adapter says so, not silence
  'unconfirmed', // asked, no confirmation: a person decides
  'already_ended', // the session was over before we came
  'awaiting_person', // the breaker tripped, or the target is not allow-listed
  'taken_over', // a person answers for it
]);
export type ContainmentStatus = z.infer<typeof ContainmentStatus>;

/** Runbook, postmortem checklist: eleven items. */
export const ChecklistItem = z.enum([
  'trace_exported',
  'fault_origin',
  'failure_mode',
  'cascade_path',
  'actions_enumerated',
  'remediation_logged',
  'contributing_factors',
  'detection_gap',
  'eval_regression',
  'alert_or_flag',
  'distributed',
]);
export type ChecklistItem = z.infer<typeof ChecklistItem>;

/** Items that the engine proves by running something, and that two people may attest where it cannot. */
export const RunItem = ChecklistItem.extract(['trace_exported', 'eval_regression', 'alert_or_flag']);
export type RunItem = z.infer<typeof RunItem>;

/** Runbook, postmortem template, six sections. */
export const Section = z.enum([
  'session_context',
  'classification',
  'origin_and_cascade',
  'impact',
  'contributing_factors',
  'detection_gap',
]);
export type Section = z.infer<typeof Section>;

/** Runbook, section 5: the kinds a factor can be of; across at least two of them. */
export const FactorKind = z.enum([
  'model_limitation',
  'prompt_design',
  'tool_contract',
  'retrieval',
  'eval_coverage',
  'guard_rail',
  'process',
]);
export type FactorKind = z.infer<typeof FactorKind>;

/** What would have caught it. All but `prompt_only` change the infrastructure (runbook, "the practical test"). */
export const GapKind = z.enum(['anomaly_flag', 'eval_coverage', 'guard_rail', 'monitoring', 'prompt_only']);
export type GapKind = z.infer<typeof GapKind>;

export const ReceiptStatus = z.enum(['pending', 'sent', 'refused', 'uncertain']);
export type ReceiptStatus = z.infer<typeof ReceiptStatus>;

export const EndingKind = z.enum(['dismissed', 'resolved_as_bug', 'merged']);
export type EndingKind = z.infer<typeof EndingKind>;

/** An alert as it was accepted. Nothing of a trace is in it but what the sender wrote. */
export const Alert = z.strictObject({
  alertId: Id,
  source: z.string().min(1).max(100),
  title: z.string().trim().min(1).max(300),
  sessionId: z.string().min(1).max(200).nullable(),
  /** When the sender saw it. */
  firedAtMs: AtMs,
  /** `cost`: tokens or money; killed at once. `budget`: 60 % of the budget; paused. */
  kind: z.enum(['semantic', 'cost', 'budget', 'report']),
  severity: Severity,
  /** A value that the sender names as wrong: the best seed for the backward walk. */
  wrongValue: z.string().max(300).nullable(),
  entityId: z.string().max(200).nullable(),
  url: z.string().max(2_000).nullable(),
});
export type Alert = z.infer<typeof Alert>;

/** What must be contained: a session, or a subagent that it spawned. */
export const Target = z.strictObject({
  targetId: Id,
  kind: z.enum(['session', 'subagent']),
  agent: Id,
  sessionId: Id,
  allowListed: z.boolean(),
});
export type Target = z.infer<typeof Target>;

/** A sealed export. `sealNumber` counts from 1 a session; a later seal adds. */
export const Seal = z.strictObject({
  sessionId: Id,
  sealNumber: z.int().positive(),
  manifestSha256: Sha256,
  uri: z.string().max(1_000),
  pages: z.int().positive(),
  steps: z.int().nonnegative(),
  complete: z.boolean(),
  /** Sentences that name what is missing. */
  missing: z.array(Line).max(50),
  sessionStartedAtMs: AtMs,
  sessionEndedAtMs: AtMs,
  /** When the last step began: by the agent's clock, but not after it arrived. Seals of earlier releases do not say. */
  lastStepStartedAtMs: AtMs.optional(),
  /** By the clock of the machine that sealed. */
  sealedAtMs: AtMs,
  /** That clock ahead of Temporal's, the wait of the work for this machine included. Earlier releases do not say. */
  clockAheadMs: z.int().optional(),
  /** When the source rotates the session out, counted from the session's own time. Null: the source keeps it. */
  rotatesAtMs: AtMs.nullable(),
  modelCalls: z.int().nonnegative(),
  tokens: z.int().nonnegative(),
  costUsd: z.number().nonnegative().nullable(),
  /** Tokens of a usual session of this agent; null where no baseline is known. */
  baselineTokens: z.number().positive().nullable(),
});
export type Seal = z.infer<typeof Seal>;

/** One class of external actions: same tool, same strategy. The list itself is a sealed file. */
export const ActionClass = z.strictObject({
  classId: Id,
  tool: z.string().min(1).max(200),
  kind: z.enum(['reversible', 'irreversible']),
  /** What undoes it, e.g. `set_application_status(status ← previous)`; for irreversible ones, `remediation plan`. */
  strategy: z.string().min(1).max(300),
  count: z.int().positive(),
  planSha256: Sha256,
  planUri: z.string().max(1_000),
  uncertain: z.int().nonnegative(),
  unknownTool: z.boolean(),
  /** When the earliest reversal window closes; null is no limit. */
  windowClosesAtMs: AtMs.nullable(),
});
export type ActionClass = z.infer<typeof ActionClass>;

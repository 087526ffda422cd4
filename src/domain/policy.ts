import { z } from 'zod';

const minutes = (n: number): number => n * 60_000;
const hours = (n: number): number => n * 3_600_000;

/** Durations, quorums and thresholds of an incident; a snapshot is taken when the incident opens. All times in ms. */
export const Policy = z.strictObject({
  version: z.string().default('default/1'),
  /** Runbook, checklist: "distributed to platform and on-call teams within 48 hours". */
  distributionMs: z.int().positive().default(hours(48)),
  /** When to remind of an undistributed postmortem, counted from opening. */
  distributionRemindersMs: z.array(z.int().positive()).default([hours(24), hours(40), hours(46)]),
  /** How long the export waits for containment before it runs beside it. */
  exportGraceMs: z.int().nonnegative().default(20_000),
  /** A sign-off that nobody answers: reminder, secondary on-call, manager, then open again. */
  signOffReminderMs: z.int().positive().default(minutes(10)),
  signOffSecondaryMs: z.int().positive().default(minutes(20)),
  signOffManagerMs: z.int().positive().default(minutes(40)),
  signOffExpiryMs: z.int().positive().default(minutes(60)),
  quorum: z
    .strictObject({ reversible: z.int().min(1).default(1), irreversible: z.int().min(2).default(2) })
    .prefault({}),
  /** Nobody acknowledges: page again, then the next in the chain. */
  acknowledgeMs: z.int().positive().default(minutes(5)),
  /**
   * Still nobody acknowledges: the chain begins again so long after its last page, until it ran `pageRounds` times.
   * Incidents of earlier releases have neither and page the chain once.
   */
  pageAgainMs: z.int().positive().optional(),
  pageRounds: z.int().min(1).optional(),
  /** Runbook: "per-session cost exceeded 5x baseline". */
  costMultiple: z.number().positive().default(5),
  /** Runbook: "every significant agent incident … had at least three contributing factors". */
  minContributingFactors: z.int().min(3).default(3),
  minContributingKinds: z.int().min(2).default(2),
  /** An approver list older than this fails closed. */
  approversMaxAgeMs: z.int().positive().default(hours(24)),
});
export type Policy = z.infer<typeof Policy>;

export const defaultPolicy: Policy = Policy.parse({
  version: 'default/2',
  pageAgainMs: minutes(15),
  pageRounds: 8,
});

import { z } from 'zod';
import { FailureMode, FailureModeOrUnknown } from '../session/analysis.ts';
import { Policy } from '../policy.ts';
import { Actor } from './actor.ts';
import { Prose } from './prose.ts';
import { Ranges } from './ranges.ts';
import {
  ActionClass,
  Alert,
  AtMs,
  ContainmentAction,
  EndingKind,
  FactorKind,
  GapKind,
  Id,
  Line,
  ReceiptStatus,
  RunItem,
  Seal,
  Section,
  Severity,
  Sha256,
  Target,
} from './vocabulary.ts';

/** Every command has an id (its idempotency key), the time it was given, and who gives it. */
const command = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.strictObject({ type: z.literal(type), id: Id, at: AtMs, by: Actor, ...shape });

const whole = z.union([z.literal('all'), Ranges]);
const signingOf = { requestId: Id, seen: z.string().min(64).max(200), indices: whole };

export const Command = z.discriminatedUnion('type', [
  // Intake
  command('receiveAlert', {
    incidentId: Id,
    agent: Id,
    ownerIds: z.array(Id).max(50),
    dedupKey: Id,
    dedupRule: Line,
    policy: Policy,
    linkedFrom: Id.nullable(),
    alert: Alert,
  }),
  command('offerSessions', {
    candidates: z.array(z.strictObject({ sessionId: Id, because: Line })).max(20),
  }),
  command('nameSession', { sessionId: Id }),
  command('joinSession', { sessionId: Id, because: Line }),
  // Containment
  command('addTarget', { target: Target }),
  command('orderContainment', { targetId: Id, action: ContainmentAction, adapter: Line }),
  command('reportContainment', {
    targetId: Id,
    status: z.enum(['confirmed', 'unconfirmed', 'already_ended', 'awaiting_person']),
    evidence: Line,
  }),
  command('takeOverContainment', { targetId: Id, reason: Prose }),
  command('retryContainment', { targetId: Id }),
  command('releaseAgent', { reason: Prose }),
  // Evidence and analysis
  command('reportSeal', { seal: Seal }),
  command('reportSealTrouble', {
    sessionId: Id,
    percentOfDeadline: z.int().min(0).max(100),
    reason: Line,
  }),
  command('suggestAnalysis', {
    sessionId: Id,
    manifestSha256: Sha256,
    analysisSha256: Sha256,
    analysisUri: z.string().max(1_000),
    mode: FailureModeOrUnknown,
    nearest: FailureMode,
    scores: z.record(z.string().max(40), z.number()),
    margin: z.number(),
    because: Line,
    firstAction: Line,
    provisional: z.boolean(),
    candidates: z.array(z.strictObject({ step: z.int().positive(), score: z.number(), reason: Line })).max(5),
    symptomStep: z.int().positive().nullable(),
    readingOrder: z.array(z.int().positive()).max(20),
    cascadePath: z.array(z.int().positive()).max(200),
    failurePattern: Line,
  }),
  command('confirmMode', { mode: FailureMode, misfit: Prose.nullable() }),
  command('completeFirstAction', { note: Prose }),
  command('confirmOrigin', { sessionId: Id, step: z.int().positive() }),
  command('confirmCascade', { path: z.array(z.int().positive()).min(1).max(500) }),
  /** Mode, origin and path as suggested, those of them that nobody confirmed yet, all or none; acknowledges as well. */
  command('confirmAnalysis', { sessionId: Id, analysisSha256: Sha256 }),
  // Blast radius, sign-off, reversal
  command('mapBlastRadius', {
    basis: Line,
    classes: z.array(ActionClass).max(200),
    attempted: z.int().nonnegative(),
    total: z.int().nonnegative(),
    subagents: z.int().nonnegative(),
  }),
  command('classifyActions', {
    classId: Id,
    as: z.enum(['irreversible', 'no_effect']),
    reason: Prose,
  }),
  command('refreshApprovers', { approverIds: z.array(Id).max(300).nullable(), because: Line }),
  command('requestSignOff', {
    requestId: Id,
    classId: Id,
    planSha256: Sha256,
    remediation: Prose.nullable(),
  }),
  command('signReversal', {
    ...signingOf,
    reason: Prose.nullable(),
    typedCount: z.int().nonnegative().nullable(),
  }),
  command('denyReversal', { ...signingOf, reason: Prose }),
  command('breakGlass', { ...signingOf, reason: Prose }),
  command('countersign', { requestId: Id, reason: Prose }),
  command('orderReversals', { batchId: Id, requestId: Id, indices: Ranges }),
  command('reportReversals', {
    batchId: Id,
    done: Ranges,
    notDone: Ranges,
    uncertain: Ranges,
    evidenceUri: z.string().max(1_000),
    evidenceSha256: Sha256,
  }),
  command('settleUncertain', {
    classId: Id,
    indices: Ranges,
    outcome: z.enum(['done', 'not_done']),
    reason: Prose,
  }),
  command('recordRemediation', { classId: Id, indices: whole, result: Prose }),
  // Postmortem
  command('draftSection', { section: Section, text: Prose }),
  command('editSection', { section: Section, text: Prose, baseSha256: Sha256.nullable() }),
  command('addFactor', { factorId: Id, kind: FactorKind, text: Prose }),
  command('removeFactor', { factorId: Id }),
  command('attestFactors', { factorIds: z.array(Id).max(50) }),
  command('describeGap', { kind: GapKind, text: Prose }),
  command('proveItem', {
    item: RunItem,
    ok: z.boolean(),
    basis: Line,
    proof: Line,
  }),
  command('attestItem', {
    item: RunItem,
    link: z.url().max(1_000),
    reason: Prose,
  }),
  command('finalisePostmortem', {}),
  // Distribution
  command('planDistribution', {
    version: z.int().positive(),
    documentSha256: Sha256,
    documentUri: z.string().max(1_000),
    recipients: z
      .array(
        z.strictObject({
          recipientId: Id,
          kind: z.enum(['mail', 'channel']),
          team: z.enum(['platform', 'on_call']),
        }),
      )
      .max(500),
  }),
  command('reportReceipt', {
    version: z.int().positive(),
    recipientId: Id,
    status: ReceiptStatus.exclude(['pending']),
    messageId: z.string().max(500).nullable(),
    note: Line.nullable(),
  }),
  command('settleReceipt', {
    recipientId: Id,
    outcome: z.enum(['sent', 'send_again']),
    reason: Prose,
  }),
  // Running the incident
  command('acknowledge', {}),
  command('takeOwnership', {}),
  command('handOver', { to: Id }),
  command('setSeverity', { severity: Severity }),
  command('addNote', { text: Prose }),
  command('tick', {}),
  /** Given up after many tries: event `about` is on record, but nobody was told of it. */
  command('reportNoticeLost', { about: z.int().positive(), what: Id, because: Line }),
  // Endings
  command('proposeEnding', {
    kind: EndingKind,
    reason: Prose,
    fixUrl: z.url().max(1_000).nullable(),
    intoIncidentId: Id.nullable(),
  }),
  command('withdrawEnding', {}),
  command('secondEnding', { reason: Prose.nullable() }),
  command('requestClose', {}),
]);
export type Command = z.infer<typeof Command>;
export type CommandType = Command['type'];
export type CommandOf<T extends CommandType> = Extract<Command, { type: T }>;

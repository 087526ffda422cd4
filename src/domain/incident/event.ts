import { z } from 'zod';
import { FailureMode } from '../session/analysis.ts';
import { Policy } from '../policy.ts';
import { Actor } from './actor.ts';
import { Command } from './command.ts';
import { Prose } from './prose.ts';
import { Ranges } from './ranges.ts';
import {
  ActionClass,
  Alert,
  AtMs,
  EndingKind,
  FactorKind,
  GapKind,
  Id,
  Line,
  Seal,
  Section,
  Severity,
  Target,
} from './vocabulary.ts';

/** The words of a command that an event repeats as they came. */
type Named<T extends string> = Extract<
  (typeof Command)['options'][number],
  { shape: { type: z.ZodLiteral<T> } }
>;
function wordsOf<T extends Command['type']>(type: T) {
  const found = Command.options.find((option): option is Named<T> => option.shape.type.value === type);
  if (!found) throw new Error(`no command ${type}`);
  const { type: _type, id: _id, at: _at, by: _by, ...words } = found.shape;
  return words as Omit<Named<T>['shape'], 'type' | 'id' | 'at' | 'by'>;
}

const event = <T extends string, S extends z.ZodRawShape>(type: T, data: S) =>
  z.strictObject({ type: z.literal(type), data: z.strictObject(data) });

/** What has happened. The audit log, the workflow's state and the projection are folds over these. */
export const Fact = z.discriminatedUnion('type', [
  event('incidentOpened', {
    incidentId: Id,
    agent: Id,
    ownerIds: z.array(Id),
    dedupKey: Id,
    dedupRule: Line,
    policy: Policy,
    linkedFrom: Id.nullable(),
    severity: Severity,
  }),
  event('alertReceived', { alert: Alert, opened: z.boolean() }),
  event('sessionsOffered', wordsOf('offerSessions')),
  event('sessionJoined', { sessionId: Id, because: Line }),
  event('targetAdded', { target: Target }),
  event('agentHeld', { agent: Id }),
  event('containmentOrdered', wordsOf('orderContainment')),
  event('containmentReported', wordsOf('reportContainment')),
  event('containmentTakenOver', wordsOf('takeOverContainment')),
  event('containmentRetried', { targetId: Id }),
  event('agentReleased', { reason: Prose }),
  event('sessionSealed', { seal: Seal, beforeRotation: z.boolean() }),
  event('sealTroubled', wordsOf('reportSealTrouble')),
  event('analysisSuggested', wordsOf('suggestAnalysis')),
  event('modeConfirmed', { mode: FailureMode, misfit: Prose.nullable(), suggested: z.string() }),
  event('firstActionCompleted', { note: Prose }),
  event('originConfirmed', { sessionId: Id, step: z.int(), rank: z.int().nullable() }),
  event('cascadeConfirmed', { path: z.array(z.int()) }),
  event('blastRadiusMapped', {
    basis: Line,
    attempted: z.int(),
    total: z.int(),
    subagents: z.int(),
  }),
  event('classMapped', { class: ActionClass }),
  event('classSuperseded', { classId: Id }),
  event('actionsClassified', wordsOf('classifyActions')),
  event('approversRefreshed', wordsOf('refreshApprovers')),
  event('quorumUnreachable', {
    kind: z.enum(['reversible', 'irreversible']),
    needed: z.int(),
    available: z.int(),
  }),
  event('signOffRequested', {
    requestId: Id,
    classId: Id,
    seen: z.string(),
    indices: Ranges,
    remediation: Prose.nullable(),
    requestedBy: Id,
    quorum: z.int().positive(),
  }),
  event('signOffVoided', { requestId: Id, because: Line }),
  event('reversalSigned', {
    requestId: Id,
    seen: z.string(),
    indices: Ranges,
    reason: Prose.nullable(),
  }),
  event('reversalDenied', { requestId: Id, seen: z.string(), indices: Ranges, reason: Prose }),
  event('glassBroken', { requestId: Id, seen: z.string(), indices: Ranges, reason: Prose }),
  event('glassCountersigned', { requestId: Id, reason: Prose }),
  event('reversalsAuthorised', { requestId: Id, classId: Id, indices: Ranges }),
  event('signOffDecided', { requestId: Id }),
  event('signOffReminded', { requestId: Id }),
  event('signOffEscalated', { requestId: Id, to: z.enum(['secondary', 'manager']) }),
  event('signOffExpired', { requestId: Id }),
  event('reversalsOrdered', { batchId: Id, requestId: Id, classId: Id, indices: Ranges }),
  event('reversalsReported', { ...wordsOf('reportReversals'), classId: Id }),
  event('uncertainSettled', wordsOf('settleUncertain')),
  event('remediationRecorded', { classId: Id, indices: Ranges, result: Prose }),
  event('sectionDrafted', wordsOf('draftSection')),
  event('sectionEdited', { section: Section, text: Prose }),
  event('factorAdded', { factorId: Id, kind: FactorKind, text: Prose }),
  event('factorRemoved', { factorId: Id }),
  event('factorsAttested', { factorIds: z.array(Id) }),
  event('gapDescribed', { kind: GapKind, text: Prose }),
  event('courseDecided', { course: z.enum(['postmortem', 'bug']), rule: Line }),
  event('itemProven', wordsOf('proveItem')),
  event('itemAttested', { ...wordsOf('attestItem'), basis: Line }),
  event('postmortemFinalised', { version: z.int().positive() }),
  event('postmortemReopened', { because: Line }),
  event('distributionPlanned', wordsOf('planDistribution')),
  event('receiptReported', wordsOf('reportReceipt')),
  event('receiptSettled', wordsOf('settleReceipt')),
  event('distributionReminded', { ordinal: z.int().nonnegative() }),
  event('distributionBreached', { openItems: z.array(z.string()) }),
  event('distributionCompleted', { version: z.int(), late: z.boolean() }),
  event('acknowledged', {}),
  event('pageEscalated', {
    to: z.enum(['primary', 'secondary', 'manager']),
    /** Nobody is paged after it. */
    isLast: z.literal(true).optional(),
  }),
  event('noticeLost', wordsOf('reportNoticeLost')),
  event('ownerSet', { owner: Id }),
  event('severitySet', { severity: Severity }),
  event('noteAdded', { text: Prose }),
  event('endingProposed', {
    kind: EndingKind,
    reason: Prose,
    fixUrl: z.string().nullable(),
    intoIncidentId: Id.nullable(),
  }),
  event('endingWithdrawn', {}),
  event('incidentEnded', { status: z.enum(['closed', ...EndingKind.options]), late: z.boolean() }),
]);
export type Fact = z.infer<typeof Fact>;
export type FactType = Fact['type'];
export type FactOf<T extends FactType> = Extract<Fact, { type: T }>;

/** A fact in its place: numbered from 1 an incident, with who, when and by which command. */
export const IncidentEvent = z.intersection(
  Fact,
  z.object({ seq: z.int().positive(), at: AtMs, by: Actor, commandId: Id }),
);
export type IncidentEvent = z.infer<typeof IncidentEvent>;

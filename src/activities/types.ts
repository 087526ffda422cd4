import type { LateRefusal } from '../workflows/messages.ts';
import type { CommandOf } from '../domain/incident/command.ts';
import type { IncidentEvent } from '../domain/incident/event.ts';
import type { Prose } from '../domain/incident/prose.ts';
import type { Ranges } from '../domain/incident/ranges.ts';
import type { ActionClass, Alert, ContainmentAction, Seal, Section } from '../domain/incident/vocabulary.ts';

type Words<C extends { type: string }> = Omit<C, 'type' | 'id' | 'at' | 'by'>;

/** An effect that does not begin before these events are on record: its activity appends them first, as `appendEvents`. */
export interface AfterRecord {
  record?: IncidentEvent[];
}

/** Stop the agent. Idempotent by `key`; retried until it is confirmed or a person decides. */
export interface ContainActivities {
  contain(order: {
    incidentId: string;
    agent: string;
    /** Null: every session of the agent. */
    sessionId: string | null;
    action: ContainmentAction;
    key: string;
    reason: string;
    /** A person asked again, so the breaker on mass containment does not apply. */
    byPerson: boolean;
  }): Promise<{
    adapter: string;
    status: 'confirmed' | 'unconfirmed' | 'already_ended' | 'awaiting_person';
    evidence: string;
  }>;
  release(
    order: { incidentId: string; agent: string; sessionIds: string[]; key: string } & AfterRecord,
  ): Promise<void>;
}

/** Export, hash and seal. Idempotent by incident, session and seal number. */
export interface PreserveActivities {
  /** Throws a retryable error while the source cannot be read; `giveUpPartial` seals what there is. */
  sealSession(order: {
    incidentId: string;
    agent: string;
    sessionId: string;
    sealNumber: number;
  }): Promise<Seal>;
  /** Reads every sealed file again and compares the digests. */
  rehash(order: {
    incidentId: string;
    manifests: { uri: string; sha256: string }[];
  }): Promise<{ ok: boolean; proof: string }>;
}

export interface MapOrder {
  incidentId: string;
  agent: string;
  sessions: {
    sessionId: string;
    manifestUri: string;
    analysisUri: string;
    /** Origin steps to map from: the confirmed one, or every likely one. */
    originSteps: number[];
  }[];
  /** Actions that ran already, which no new plan may list again. */
  executed: { planUri: string; indices: Ranges }[];
  /** Tools that a person classified: tool → what they are. */
  classified: Record<string, 'irreversible' | 'no_effect'>;
}

export interface AnalyseActivities {
  findSessions(order: { agent: string; alert: Alert }): Promise<{ sessionId: string; because: string }[]>;
  analyseSession(order: {
    incidentId: string;
    agent: string;
    sessionId: string;
    manifestUri: string;
    manifestSha256: string;
    alert: Alert | null;
  }): Promise<{
    analysis: Words<CommandOf<'suggestAnalysis'>>;
    subagents: { traceId: string; agent: string; allowListed: boolean }[];
  }>;
  mapBlastRadius(order: MapOrder): Promise<{
    classes: ActionClass[];
    attempted: number;
    total: number;
    subagents: number;
  }>;
  /**
   * Both of the two below, as far as they are asked for, from one reading of the clean sessions. What cannot be tried
   * now is left out; when that is all of it, it fails with the first error.
   */
  proveLesson(
    order: LessonOrder & { items: Lesson[] } & AfterRecord,
  ): Promise<{ item: Lesson; ok: boolean; proof: string }[]>;
  /** Makes the eval case from the sealed session and runs it: it must fail there and on variants, and pass on clean ones. */
  runEvalRegression(order: LessonOrder): Promise<{ ok: boolean; proof: string }>;
  /** Makes a rule for the failure pattern, replays the sealed session against it, and arms it in the live detector. */
  armLiveRule(order: LessonOrder): Promise<{ ok: boolean; proof: string }>;
}

export type Lesson = 'eval_regression' | 'alert_or_flag';

export interface LessonOrder {
  incidentId: string;
  agent: string;
  sessionId: string;
  manifestUri: string;
  analysisUri: string;
  originStep: number;
  mode: string;
}

export interface ReverseActivities {
  /** Runs a window of a signed plan: intent logged → executed with its key → verified → recorded, action by action. */
  reverseWindow(
    order: {
      incidentId: string;
      batchId: string;
      classId: string;
      planUri: string;
      planSha256: string;
      indices: Ranges;
    } & AfterRecord,
  ): Promise<{ done: Ranges; notDone: Ranges; uncertain: Ranges }>;
  /** Stores the batch's results beside the evidence and reports them to the incident by a signed command. */
  reportBatch(order: {
    incidentId: string;
    batchId: string;
    done: Ranges;
    notDone: Ranges;
    uncertain: Ranges;
  }): Promise<void>;
}

export interface RecordActivities {
  /** Appends to the audit chain and folds the projection, idempotent by incident and seq. */
  appendEvents(order: { incidentId: string; events: IncidentEvent[] }): Promise<{ head: string }>;
  /** Exports a workflow history beside the evidence. */
  archiveHistory(order: {
    incidentId: string;
    workflowId: string;
    runId: string;
  }): Promise<{ uri: string; sha256: string }>;
}

/** A record and what Slack is to show and say of it, in one. */
export interface ShowActivities {
  /**
   * As `appendEvents`, then as `refreshCard` and, for each event number of `notices`, `sendNotice`. The record stands
   * when Slack refuses: what is not `isShown` or not among the `told` is left to an activity of its own. A card that
   * was shown less than `quietMs` ago is not shown.
   */
  appendAndShow(order: {
    incidentId: string;
    events: IncidentEvent[];
    notices: number[];
    quietMs: number;
  }): Promise<{ head: string; isShown: boolean; told: number[] }>;
}

export interface NotifyActivities {
  /**
   * Posts or refreshes the incident's card, sign-off messages and Home views from the projection, which has `seq`. Fails
   * with `TooSoon` when the card was shown less than `quietMs` ago, to be tried again when that is over. `shownSeq`: the
   * last event that is shown now, which may have happened since.
   */
  refreshCard(order: { incidentId: string; seq: number; quietMs?: number }): Promise<{ shownSeq: number }>;
  /** Tells people about one event: page, reminder, escalation, expiry, breach, refusal of a pending click. */
  sendNotice(order: { incidentId: string; seq: number }): Promise<void>;
  /** Tells the giver of a late command why it was refused: a message only that person sees. Keyed by incident, seq of the moment and person. */
  sendRefusal(order: { incidentId: string; late: LateRefusal }): Promise<void>;
  refreshApprovers(order: {
    incidentId: string;
    agent: string;
  }): Promise<{ approverIds: string[] | null; because: string }>;
}

export interface DistributeActivities {
  /** What the engine knows of each section, drafted from the projection and the sealed evidence. */
  draftPostmortem(order: { incidentId: string } & AfterRecord): Promise<{ section: Section; text: Prose }[]>;
  planDistribution(order: { incidentId: string; version: number } & AfterRecord): Promise<{
    documentSha256: string;
    documentUri: string;
    recipients: { recipientId: string; kind: 'mail' | 'channel'; team: 'platform' | 'on_call' }[];
  }>;
  /** One mail or channel message; a ledger row first, so that a lost answer ends as uncertain, never as a second mail. */
  sendPostmortem(order: { incidentId: string; version: number; recipientId: string } & AfterRecord): Promise<{
    status: 'sent' | 'refused' | 'uncertain';
    messageId: string | null;
    note: string | null;
  }>;
}

export interface RetainActivities {
  /**
   * Erases what is older than the policy allows, but for legal holds. Ages in ms since an incident's end; null: kept.
   * Idempotent: what was erased is not due any more.
   */
  retain(ages: RetentionAges): Promise<Retained>;
}

export interface RetentionAges {
  evidenceMs: number | null;
  wordsMs: number | null;
}

/** Incidents of which something was erased. */
export interface Retained {
  evidence: number;
  words: number;
}

export type IncidentActivities = ContainActivities &
  PreserveActivities &
  AnalyseActivities &
  ReverseActivities &
  RecordActivities &
  ShowActivities &
  NotifyActivities &
  DistributeActivities;

import type { StopSwitchStore } from '../adapters/containment/switch-store.ts';
import type { IncidentEvent } from '../domain/incident/event.ts';
import type { Phase } from '../domain/incident/phase.ts';
import type { IncidentState } from '../domain/incident/state.ts';
import type { Severity } from '../domain/incident/vocabulary.ts';
import type { FailureModeOrUnknown } from '../domain/session/analysis.ts';
import type { Finding, FindingSeverity, Flag } from '../domain/session/finding.ts';
import type { SessionOutcome } from '../domain/session/outcome.ts';
import type { RawSpan } from '../forensics/read/raw-span.ts';
import type { Erasures } from './erasure-port.ts';
import type { SignedHead } from './head-signature.ts';

/** One row of the audit chain. `text` of prose is left out of `event`; its digest stays. */
export interface AuditRow {
  incidentId: string;
  seq: number;
  event: unknown;
  prevHash: string;
  hash: string;
  recordedAtMs: number;
}

/** Which chains; null and absent are no bound. */
export interface ChainSelection {
  incidentId?: string;
  fromMs?: number | null;
  toMs?: number | null;
}

export interface AuditLog {
  /** Appends in order, idempotent by incident and seq; folds the projection in the same transaction. Returns the head. */
  append(incidentId: string, events: IncidentEvent[]): Promise<{ head: string; seq: number }>;
  /** In their order, up to a number where one is given. */
  rows(incidentId: string, upTo?: number): Promise<AuditRow[]>;
  /**
   * Where each chain has got, by incident: one of them, or those with a record from `fromMs` on and before `toMs`. Told
   * by the projection, else by the signed heads: a table that was cut disagrees.
   */
  chains(selection: ChainSelection): Promise<{ incidentId: string; seq: number; head: string }[]>;
  /** The events with the words of people put back; words that were erased read `[erased]`. */
  events(incidentId: string): Promise<IncidentEvent[]>;
  /** The words of people that were not erased. */
  words(incidentId: string): Promise<{ sha256: string; text: string }[]>;
  head(incidentId: string): Promise<{ head: string; seq: number } | null>;
  signedHeads(incidentId: string): Promise<SignedHead[]>;
  /** Erases words from the table and the projection; the chain stays valid. False when there are none (any more). */
  erase(incidentId: string, sha256: string): Promise<boolean>;
}

export interface IncidentRow {
  incidentId: string;
  seq: number;
  head: string;
  state: IncidentState;
}

/** Which incidents; what is left out is not asked. Times in ms since the epoch. */
export interface IncidentFilter {
  status?: 'open' | 'ended';
  agent?: string;
  severity?: Severity;
  phase?: Phase;
  /** As confirmed, else as suggested. */
  mode?: FailureModeOrUnknown;
  /** Null: nobody's. */
  ownerId?: string | null;
  /** Words that begin words of the incident: title, agent, id, sessions, tools. */
  text?: string;
  openedFrom?: number;
  openedBefore?: number;
  late?: boolean;
  /** Those that have this session. */
  sessionId?: string;
  /** Those whose id begins with this. */
  idPrefix?: string;
}

export interface Projection {
  get(incidentId: string): Promise<IncidentRow | null>;
  list(
    filter: IncidentFilter & {
      limit: number;
      /** Opened before this, ms since the epoch; with `beforeId`, after that row in the order of the list. */
      before?: number;
      beforeId?: string;
    },
  ): Promise<IncidentRow[]>;
  /** Rebuilds every row from the audit log, or only compares; returns which differed, in any column. */
  rebuild(options?: { check?: boolean }): Promise<{ incidents: number; differing: string[] }>;
}

/**
 * Whose spans count. Without `agent` everyone's; with it those that its key wrote, and in joined traces those of
 * `joinAgents` (allow-listed subagents) too: no other key can write itself into a session.
 */
export interface SpanScope {
  agent?: string | undefined;
  joinAgents?: string[] | undefined;
}

/** One unpacked request as it came in, all of whose spans were taken for one agent: it is kept as it is. */
export interface SentSpans {
  encoding: 'json' | 'protobuf';
  body: Uint8Array;
}

export interface SpanStore {
  /**
   * Durable when it resolves. First write wins, keyed by agent, trace and span id: a span that comes again is kept
   * beside the first and never read.
   */
  insert(agent: string, spans: readonly RawSpan[], sent?: SentSpans): Promise<void>;
  /**
   * Every span of the session in order of arrival: those that carry its id, the rest of their traces but for other
   * sessions in them, and traces joined by links. `next` goes into `after`; pages of one export see the same traces.
   */
  sessionSpans(
    sessionId: string,
    page: { after: string | null; limit: number } & SpanScope,
  ): Promise<{ spans: RawSpan[]; next: string | null }>;
  /** Span count and newest arrival, without reading content: metadata only. Times in ms. Null: no such session. */
  sessionMetadata(
    sessionId: string,
    scope?: SpanScope,
  ): Promise<{ spans: number; startedAtMs: number; endedAtMs: number; newestArrivalMs: number } | null>;
  /**
   * Sessions of an agent with a trace that began in a time window, newest first; with `entityId`, those that mention it,
   * among the newest thousand. After them traces that name no session, under their own ids, by when they arrived.
   */
  findSessions(
    agent: string,
    window: { fromMs: number; toMs: number; entityId: string | null; limit: number },
  ): Promise<{ sessionId: string; startedAtMs: number; endedAtMs: number; spans: number }[]>;
  /** The session that a trace names first, for traces that name one. */
  sessionsOf(agent: string, traceIds: readonly string[]): Promise<Map<string, string>>;
  /**
   * How many spans arrived in the traces of each session, repeated ones too: whether somebody has seen all of them. A
   * trace that names no session counts under its own id.
   */
  arrivals(agent: string, sessionIds: readonly string[]): Promise<Map<string, number>>;
  /**
   * Removes what is past its retention: whole sessions that began longer ago than that and have gone quiet, and whatever
   * arrived longer ago. Returns how many requests' worth of spans are gone.
   */
  purge(agent: string, retention: { retentionMs: number; quietMs: number }): Promise<{ chunks: number }>;
}

export type LedgerState = 'intended' | 'done' | 'not_done' | 'uncertain';

/** One row an outside effect, keyed: what if we crash right here? `intended` found again is uncertain. */
export interface EffectLedger {
  /**
   * Writes the intent; returns the row as it stood before, or null when this is the first try. What was `not_done` is
   * intended again; what was `intended` or `uncertain` stays and is the caller's to find out.
   */
  intend(key: string, kind: string, detail: unknown): Promise<{ state: LedgerState; result: unknown } | null>;
  /** What is `done` or `not_done` stays so: another outcome throws `LedgerConflict`. */
  settle(key: string, state: Exclude<LedgerState, 'intended'>, result: unknown): Promise<void>;
  get(key: string): Promise<{ state: LedgerState; result: unknown } | null>;
}

/** Names and addresses of people and recipients: personal data, beside the chain, erasable. */
export interface Directory {
  put(
    id: string,
    entry: { name: string; kind: 'person' | 'mail' | 'channel'; address: string | null },
  ): Promise<void>;
  get(id: string): Promise<{ name: string; kind: string; address: string | null } | null>;
  names(ids: string[]): Promise<Record<string, string>>;
  /** False when there was no such entry. */
  erase(id: string): Promise<boolean>;
}

/** Small named JSON documents: learned profiles, live rules, eval cases, Slack message addresses. */
export interface Documents {
  put(kind: string, key: string, value: unknown): Promise<void>;
  get(kind: string, key: string): Promise<unknown>;
  list(kind: string, prefix: string): Promise<{ key: string; value: unknown }[]>;
}

export interface OpenCounts {
  open: number;
  /** Open ones that nobody owns. */
  unowned: number;
  pendingSignOffs: number;
  /** Open ones past their distribution's due time. */
  late: number;
  /** Open ones whose distribution is due within 12 hours. */
  dueSoon: number;
  /** Actions of open ones neither reversed, declined nor remediated. */
  openRemediation: number;
}

export interface Measure {
  name: 'contain' | 'classify' | 'sign_off' | 'distribute';
  n: number;
  /** ms; null where n is 0. */
  median: number | null;
  p90: number | null;
}

export interface AgentIncidents {
  agent: string;
  total: number;
  open: number;
  closed: number;
  dismissed: number;
  resolvedAsBug: number;
  merged: number;
  lastOpenedAt: number;
}

/** Numbers over the projection. */
export interface Lists {
  /** Differs when a row was written since: of one incident its seq, of all of them together their number of writes. */
  version(incidentId?: string): Promise<string>;
  /**
   * What needs a person soonest: whose agent is not known to be stopped, then late ones, then by the next due time, a
   * sign-off's or the distribution's.
   */
  urgent(filter: IncidentFilter & { limit: number; nowMs: number }): Promise<IncidentRow[]>;
  count(filter: IncidentFilter): Promise<number>;
  openCounts(nowMs: number, agent?: string): Promise<OpenCounts>;
  durations(filter: IncidentFilter): Promise<Measure[]>;
  countsBy(
    column: 'mode' | 'status' | 'phase' | 'severity',
    filter: IncidentFilter,
  ): Promise<{ value: string | null; n: number }[]>;
  /** Of incidents whose 48 hours are decided: distributed, of these in time; and those that were late, distributed or not. */
  inTime(filter: IncidentFilter): Promise<{ distributed: number; inTime: number; late: number }>;
  /** `from`: the first day of the week or month, UTC, `2026-03-01`. */
  modesOverTime(
    unit: 'week' | 'month',
    filter: IncidentFilter,
  ): Promise<{ from: string; mode: string | null; n: number }[]>;
  agents(): Promise<AgentIncidents[]>;
}

/** One write of an incident's row; nulls when it is not known which, after a lost connection. */
export interface Change {
  incidentId: string | null;
  seq: number | null;
}

export interface Changes {
  /** Resolves once changes are heard, or their connection is being tried; gives what ends it. */
  subscribe(listener: (change: Change) => void): Promise<() => void>;
}

/** One session of an agent, as far as it was seen. Nothing of its content but what the findings quote. */
export interface SessionRow {
  agent: string;
  sessionId: string;
  startedAtMs: number;
  endedAtMs: number;
  seenAtMs: number;
  spans: number;
  modelCalls: number;
  toolCalls: number;
  toolErrors: number;
  tokens: number;
  costUsd: number | null;
  /** What the agent said of its end; null when it has not, or not yet. */
  outcome: SessionOutcome | null;
  flags: Flag[];
  severity: FindingSeverity | null;
  patterns: string[];
  findings: Finding[];
  /** What was done about them. */
  response: 'none' | 'note' | 'alert' | 'contain';
  incidentId: string | null;
  /** From this step on only drift, loops and the budget were judged: it was too large to remember whole. */
  narrowedAt: number | null;
  /** Every span was there when it was judged last. */
  settled: boolean;
}

export interface SessionFilter {
  agent?: string | undefined;
  /** `none`: the agent said nothing of its end. */
  outcome?: SessionOutcome | 'none' | undefined;
  flag?: Flag | undefined;
  pattern?: string | undefined;
  incidentId?: string | undefined;
  /** Started in this window, ms since the epoch. */
  fromMs?: number | undefined;
  toMs?: number | undefined;
}

/** How many sessions there are, and how they ended. */
export interface SessionRates {
  sessions: number;
  outcomes: Record<SessionOutcome | 'none', number>;
  /** Sessions with a finding of warning or more, by flag; one session may have several. */
  flags: Partial<Record<Flag, number>>;
  flagged: number;
  contained: number;
  tokens: { median: number; p95: number };
}

export interface Sessions {
  /** The whole row, as it is seen now; a validation stays. */
  put(rows: readonly SessionRow[]): Promise<void>;
  get(agent: string, sessionId: string): Promise<(SessionRow & { validatedAtMs: number | null }) | null>;
  /** Newest first. */
  list(
    filter: SessionFilter & {
      limit: number;
      before?: { startedAtMs: number; sessionId: string } | undefined;
    },
  ): Promise<(SessionRow & { validatedAtMs: number | null })[]>;
  rates(filter: SessionFilter): Promise<SessionRates>;
  /** Steps of an agent's sessions, and their findings of warning or more by flag. */
  flagRates(agent: string): Promise<{ steps: number; findings: Record<string, number> }>;
  /** Marks sessions as known to be good. Returns those that are not known here. */
  validate(agent: string, sessionIds: readonly string[], atMs: number): Promise<string[]>;
  /** The sessions that are known to be good, the newest thousand. */
  validated(agent: string): Promise<string[]>;
}

export interface Store {
  lists: Lists;
  changes: Changes;
  audit: AuditLog;
  incidents: Projection;
  spans: SpanStore;
  sessions: Sessions;
  ledger: EffectLedger;
  directory: Directory;
  erasures: Erasures;
  documents: Documents;
  switches: StopSwitchStore;
  close(): Promise<void>;
}

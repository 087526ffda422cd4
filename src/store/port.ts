import type { StopSwitchStore } from '../adapters/containment/switch-store.ts';
import type { IncidentEvent } from '../domain/incident/event.ts';
import type { IncidentState } from '../domain/incident/state.ts';
import type { RawSpan } from '../forensics/read/raw-span.ts';
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

export interface AuditLog {
  /** Appends in order, idempotent by incident and seq; folds the projection in the same transaction. Returns the head. */
  append(incidentId: string, events: IncidentEvent[]): Promise<{ head: string; seq: number }>;
  rows(incidentId: string): Promise<AuditRow[]>;
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

export interface Projection {
  get(incidentId: string): Promise<IncidentRow | null>;
  list(filter: {
    status?: 'open' | 'ended';
    agent?: string;
    limit: number;
    /** Opened before this, ms since the epoch; with `beforeId`, after that row in the order of the list. */
    before?: number;
    beforeId?: string;
  }): Promise<IncidentRow[]>;
  /** Rebuilds every row from the audit log; returns how many differ from before. */
  rebuild(): Promise<{ incidents: number; differing: string[] }>;
}

/**
 * Whose spans count. Without `agent` everyone's; with it those that its key wrote, and in joined traces those of
 * `joinAgents` (allow-listed subagents) too: no other key can write itself into a session.
 */
export interface SpanScope {
  agent?: string | undefined;
  joinAgents?: string[] | undefined;
}

export interface SpanStore {
  /** First write wins, keyed by agent, trace and span id. Returns how many were new. */
  insert(agent: string, spans: RawSpan[]): Promise<{ inserted: number; duplicates: number }>;
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
  /** Sessions of an agent whose spans began in a time window, newest first; with `entityId`, those that mention it. */
  findSessions(
    agent: string,
    window: { fromMs: number; toMs: number; entityId: string | null; limit: number },
  ): Promise<{ sessionId: string; startedAtMs: number; endedAtMs: number; spans: number }[]>;
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

export interface Store {
  audit: AuditLog;
  incidents: Projection;
  spans: SpanStore;
  ledger: EffectLedger;
  directory: Directory;
  documents: Documents;
  switches: StopSwitchStore;
  close(): Promise<void>;
}

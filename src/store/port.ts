import type { IncidentEvent } from '../domain/incident/event.ts';
import type { IncidentState } from '../domain/incident/state.ts';
import type { RawSpan } from '../forensics/read/raw-span.ts';

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
  head(incidentId: string): Promise<{ head: string; seq: number } | null>;
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
    before?: number;
  }): Promise<IncidentRow[]>;
  /** Rebuilds every row from the audit log; returns how many differ from before. */
  rebuild(): Promise<{ incidents: number; differing: string[] }>;
}

export interface SpanStore {
  /** First write wins, keyed by trace and span id. Returns how many were new. */
  insert(agent: string, spans: RawSpan[]): Promise<{ inserted: number; duplicates: number }>;
  /** Every span of the session: those that carry its id, the rest of their traces, and traces joined by links. */
  sessionSpans(
    sessionId: string,
    page: { after: string | null; limit: number },
  ): Promise<{ spans: RawSpan[]; next: string | null }>;
  /** Span count and newest arrival, without reading content: metadata only. */
  sessionMetadata(
    sessionId: string,
  ): Promise<{ spans: number; startedAtMs: number; endedAtMs: number; newestArrivalMs: number } | null>;
  /** Sessions of an agent in a time window, newest first. */
  findSessions(
    agent: string,
    window: { fromMs: number; toMs: number; entityId: string | null; limit: number },
  ): Promise<{ sessionId: string; startedAtMs: number; endedAtMs: number; spans: number }[]>;
}

export type LedgerState = 'intended' | 'done' | 'not_done' | 'uncertain';

/** One row an outside effect, keyed: what if we crash right here? `intended` found again is uncertain. */
export interface EffectLedger {
  /** Writes the intent; returns the row as it stood before, or null when this is the first try. */
  intend(key: string, kind: string, detail: unknown): Promise<{ state: LedgerState; result: unknown } | null>;
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
  close(): Promise<void>;
}

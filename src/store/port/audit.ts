import type { IncidentEvent } from '../../domain/incident/event.ts';
import type { SignedHead } from '../head-signature.ts';

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
  /** In their order. */
  rows(incidentId: string): Promise<AuditRow[]>;
  /**
   * Where each chain has got, by incident: one of them, or those with a record from `fromMs` on and before `toMs`. Told
   * by the projection, else by the signed heads: a table that was cut disagrees.
   */
  chains(selection: ChainSelection): Promise<{ incidentId: string; seq: number; head: string }[]>;
  /** The events with the words of people put back; words that were erased read `[erased]`. */
  events(incidentId: string): Promise<IncidentEvent[]>;
  /** One of them; null when it is not on record. */
  event(incidentId: string, seq: number): Promise<IncidentEvent | null>;
  /** The words of people that were not erased. */
  words(incidentId: string): Promise<{ sha256: string; text: string }[]>;
  /** Digests of the words that were erased, in their order. */
  erasedWords(incidentId: string): Promise<string[]>;
  head(incidentId: string): Promise<{ head: string; seq: number } | null>;
  signedHeads(incidentId: string): Promise<SignedHead[]>;
  /** Erases words from the table and the projection; the chain stays valid. False when there are none (any more). */
  erase(incidentId: string, sha256: string): Promise<boolean>;
}

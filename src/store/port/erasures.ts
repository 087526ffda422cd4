export interface LegalHold {
  incidentId: string;
  holdId: string;
  reason: string;
  placedBy: string;
  placedAtMs: number;
}

export interface Erased {
  incidentId: string;
  /** Evidence: its key was destroyed. Words: what people wrote. */
  what: 'evidence' | 'words';
  by: string;
  reason: string;
  atMs: number;
}

/**
 * Erasure that leaves the chain whole: evidence becomes unreadable when its incident's key is destroyed, and stays
 * verifiable; words leave their digest. A legal hold forbids both (`UnderLegalHold`). What was erased, by whom and why
 * is kept in a table that only grows.
 */
export interface Erasures {
  /** The key of an incident's evidence, made at its first use; null once it was destroyed. */
  keyFor(incidentId: string): Promise<Uint8Array | null>;
  keyOf(incidentId: string): Promise<Uint8Array | null>;
  /** Gives the id by which it is lifted. */
  hold(incidentId: string, order: { by: string; reason: string }): Promise<string>;
  /** False when there is no such hold (any more). */
  lift(incidentId: string, holdId: string, by: string): Promise<boolean>;
  /** Holds that stand. */
  holds(incidentId?: string): Promise<LegalHold[]>;
  /** False when there is no key (any more). Throws `IncidentIsOpen` while the incident works with it. */
  eraseEvidence(order: { incidentId: string; by: string; reason: string }): Promise<boolean>;
  /** How many texts were erased. */
  eraseWords(order: { incidentId: string; by: string; reason: string }): Promise<number>;
  erased(incidentId?: string): Promise<Erased[]>;
  /** Incidents that ended before a time, under no hold, with something of this kind left. */
  due(order: {
    endedBeforeMs: number;
    what: Erased['what'];
  }): Promise<{ incidentId: string; endedAtMs: number }[]>;
}

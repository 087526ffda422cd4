import type { MasterKey } from '../master-key.ts';

export interface LegalHold {
  incidentId: string;
  holdId: string;
  reason: string;
  placedBy: string;
  placedAtMs: number;
}

export interface Erased {
  /** Its number in the table of erasures. */
  id: number;
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
  /**
   * A key by its name, made at its first use; null once it was destroyed. `inc-1` is that of what comes out of traces,
   * `inc-1/history` that of archived histories. Both throw `WrongMasterKey`.
   */
  keyFor(name: string): Promise<Uint8Array | null>;
  keyOf(name: string): Promise<Uint8Array | null>;
  /** Gives the id by which it is lifted. */
  hold(incidentId: string, order: { by: string; reason: string }): Promise<string>;
  /** False when there is no such hold (any more). */
  lift(incidentId: string, holdId: string, by: string): Promise<boolean>;
  /** Holds that stand. */
  holds(incidentId?: string): Promise<LegalHold[]>;
  /** Destroys the keys of traces and histories. False when there is none (any more). Throws `IncidentIsOpen` while the incident works with it. */
  eraseEvidence(order: { incidentId: string; by: string; reason: string }): Promise<boolean>;
  /** Texts, and once the incident has ended the key of its histories, which hold them too. How many texts were erased. */
  eraseWords(order: { incidentId: string; by: string; reason: string }): Promise<number>;
  erased(incidentId?: string): Promise<Erased[]>;
  /** The erasure that destroyed a key; null while it stands, and where none is on record. */
  erasureOf(name: string): Promise<Erased | null>;
  /** Tries every key that stands. `refused`: why, of each that this master key does not open. */
  tryKeys(master: MasterKey | null): Promise<{ opened: number; clear: number; refused: string[] }>;
  /** Incidents that ended before a time, under no hold, with something of this kind left. */
  due(order: {
    endedBeforeMs: number;
    what: Erased['what'];
  }): Promise<{ incidentId: string; endedAtMs: number }[]>;
}

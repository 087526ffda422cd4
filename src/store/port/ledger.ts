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

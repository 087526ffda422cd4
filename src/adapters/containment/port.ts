/** One order to contain one session of an agent, or the agent as a whole where `sessionId` is null. */
export interface ContainmentOrder {
  incidentId: string;
  agent: string;
  sessionId: string | null;
  action: 'pause' | 'kill';
  /** Idempotency key: the same order given twice has the effect of one. */
  key: string;
  reason: string;
}

/**
 * `confirmed`: the outside says that it does nothing any more. `unconfirmed`: it was told, or could not be told, and
 * nobody answered for it; a person decides. `already_ended`: there was nothing left to contain. `refused`: it, or our
 * own configuration, says no; repeating will not help.
 */
export type ContainmentStatus = 'confirmed' | 'unconfirmed' | 'already_ended' | 'refused';

export interface ContainmentResult {
  status: ContainmentStatus;
  /** One sentence for a person: who said what, and when. */
  evidence: string;
  /** When the evidence was taken, ms since the epoch. */
  atMs: number;
}

export interface ReleaseResult {
  released: boolean;
  /** Nobody answered: it is to be asked again. */
  unreached?: boolean;
  evidence: string;
  atMs: number;
}

/**
 * Stops an agent and holds its new sessions. Every method may be called again with the same order; none throws for
 * what the outside does, only for a programming error.
 */
export interface ContainmentAdapter {
  readonly name: string;
  contain(order: ContainmentOrder): Promise<ContainmentResult>;
  /** Looks without acting. */
  verify(order: ContainmentOrder): Promise<ContainmentResult>;
  /** Ends what this order set: the agent may go on, a killed session may not. */
  release(order: ContainmentOrder): Promise<ReleaseResult>;
}

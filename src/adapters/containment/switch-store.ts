import { z } from 'zod';

export const Verdict = z.enum(['go', 'hold', 'stop']);
export type Verdict = z.infer<typeof Verdict>;

/**
 * Sets the switch of one session, or of every session of an agent (`sessionId` null), on behalf of one incident.
 * `go` takes this incident's word back; another incident's hold or stop stays.
 */
export const SwitchOrder = z.object({
  agent: z.string().min(1),
  sessionId: z.string().min(1).nullable(),
  verdict: Verdict,
  reason: z.string(),
  incidentId: z.string().min(1),
});
export type SwitchOrder = z.infer<typeof SwitchOrder>;

/** What an agent is told: the strictest word of all incidents, of its session and of the agent as a whole. */
export const SwitchReading = z.object({
  verdict: Verdict,
  leaseMs: z.int().positive(),
  /** Counts the changes of this agent's switch; an acknowledgement names the one it saw. */
  seq: z.int().nonnegative(),
  scope: z.enum(['session', 'agent']),
  reason: z.string(),
});
export type SwitchReading = z.infer<typeof SwitchReading>;

export const AckState = z.enum(['running', 'paused', 'stopped', 'ended']);
export type AckState = z.infer<typeof AckState>;

/** The latest an agent said of one of its sessions. */
export const SwitchAck = z.object({
  agent: z.string().min(1),
  sessionId: z.string().min(1),
  seq: z.int().nonnegative(),
  state: AckState,
  pid: z.int().positive().nullable(),
  atMs: z.number(),
});
export type SwitchAck = z.infer<typeof SwitchAck>;

/**
 * Where the switches are kept. Rules for every implementation:
 * - `set` is idempotent: the same order given again returns the seq of the first; a change returns a higher one.
 * - `stop` for a session stands for ever: `go` on that session takes back a hold only.
 * - `ack` keeps the latest of each session; `stopped` and `ended` are final, and a lower seq never replaces a higher.
 */
export interface StopSwitchStore {
  set(order: SwitchOrder): Promise<number>;
  /** What this incident's own word is, and the seq of the change that made it so; null where it gave none. */
  standing(
    agent: string,
    sessionId: string | null,
    incidentId: string,
  ): Promise<{ verdict: Verdict; seq: number } | null>;
  read(agent: string, sessionId: string | null): Promise<SwitchReading>;
  ack(ack: SwitchAck): Promise<void>;
  /** Of one session, or of all sessions of the agent, latest first. */
  acks(agent: string, sessionId: string | null, only?: AckFilter): Promise<SwitchAck[]>;
}

export interface AckFilter {
  /** Said at that time or later, ms since the epoch. */
  sinceMs: number;
  /** Only of sessions that are not over. */
  unfinished?: boolean;
}

const STRICTNESS: Record<Verdict, number> = { go: 0, hold: 1, stop: 2 };

/** A word in force: what one incident says of one session, or of the agent. */
export interface StandingOrder {
  sessionId: string | null;
  verdict: Verdict;
  reason: string;
}

/** The strictest standing order that applies to the session; the session's own wins a tie. */
export const strictest = (
  orders: readonly StandingOrder[],
  sessionId: string | null,
): Pick<SwitchReading, 'verdict' | 'scope' | 'reason'> => {
  const applying = orders.filter((order) => order.sessionId === null || order.sessionId === sessionId);
  const best = [...applying].sort(
    (a, b) =>
      STRICTNESS[b.verdict] - STRICTNESS[a.verdict] ||
      Number(a.sessionId === null) - Number(b.sessionId === null),
  )[0];
  if (best === undefined || best.verdict === 'go') return { verdict: 'go', scope: 'session', reason: '' };
  return { verdict: best.verdict, scope: best.sessionId === null ? 'agent' : 'session', reason: best.reason };
};

const FINAL: readonly AckState[] = ['stopped', 'ended'];

export const isOver = ({ state }: Pick<SwitchAck, 'state'>): boolean => FINAL.includes(state);

/** Whether a new acknowledgement replaces the one that is kept. */
export const replacesAck = (kept: SwitchAck | undefined, next: SwitchAck): boolean => {
  if (kept === undefined) return true;
  if (isOver(kept) && !isOver(next)) return false;
  return next.seq >= kept.seq;
};

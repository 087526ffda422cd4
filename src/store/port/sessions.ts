import type { Finding, FindingSeverity, Flag } from '../../domain/session/finding.ts';
import type { SessionOutcome } from '../../domain/session/outcome.ts';

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

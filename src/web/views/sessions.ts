import { z } from 'zod';
import { Finding, FindingSeverity, Flag } from '../../domain/session/finding.ts';
import { SessionOutcome } from '../../domain/session/outcome.ts';
import type { SessionFilter, SessionRates, SessionRow, Sessions } from '../../store/port.ts';
import { iso, Moment, Name } from './fields.ts';
import { HIDDEN, type Sight } from './sight.ts';

const CURSOR = /^\d{1,15}:\P{Cc}{1,200}$/u;
/** `2026-03-01`, a day in UTC, or a moment as ISO 8601. */
const Time = z
  .string()
  .max(40)
  .refine((text) => /^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(Date.parse(text)))
  .describe('a day in UTC, 2026-03-01, or a moment, 2026-03-01T08:30:00Z');

export const SessionOutcomeOrNone = z.enum([...SessionOutcome.options, 'none']);
export type SessionOutcomeOrNone = z.infer<typeof SessionOutcomeOrNone>;

/** Which sessions: the same in the address of the page and of the API. */
export const SessionQuery = z.object({
  agent: Name.optional(),
  outcome: SessionOutcomeOrNone.describe('as the agent said; none: it has said nothing').optional(),
  flag: Flag.describe('a finding of warning or more').optional(),
  pattern: Name.describe('a failure pattern').optional(),
  incident: Name.describe('sessions that the live detector stopped for it').optional(),
  from: Time.optional(),
  to: Time.describe('a day in UTC, included, or a moment').optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z.string().regex(CURSOR).describe('the `next` of the page before').optional(),
});
export type SessionQuery = z.infer<typeof SessionQuery>;

const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const filterOf = ({ agent, outcome, flag, pattern, incident, from, to }: SessionQuery): SessionFilter => ({
  agent,
  outcome,
  flag,
  pattern,
  incidentId: incident,
  fromMs: from === undefined ? undefined : Date.parse(from),
  toMs: to === undefined ? undefined : Date.parse(to) + (DAY.test(to) ? DAY_MS - 1 : 0),
});

export const SessionView = z.object({
  agent: z.string(),
  sessionId: z.string(),
  startedAt: Moment,
  endedAt: Moment,
  outcome: SessionOutcome.nullable().describe('null: the agent has said nothing of its end'),
  spans: z.int(),
  modelCalls: z.int(),
  toolCalls: z.int(),
  toolErrors: z.int(),
  tokens: z.number(),
  costUsd: z.number().nullable(),
  flags: z.array(Flag).describe('findings of warning or more'),
  severity: FindingSeverity.nullable(),
  patterns: z.array(z.string()),
  findings: z.array(Finding),
  response: z.enum(['none', 'note', 'alert', 'contain']).describe('what the live detector did'),
  incidentId: z.string().nullable(),
  narrowedAtStep: z
    .int()
    .nullable()
    .describe('from here on only drift, loops and the budget were judged: the session was too large'),
  settled: z.boolean().describe('false: more of it may come'),
  validatedAt: Moment.nullable().describe('a person says that it was good; baselines are learned from such'),
});
export type SessionView = z.infer<typeof SessionView>;

export const SessionsView = z.object({
  sessions: z.array(SessionView),
  next: z.string().nullable(),
  rates: z.object({
    sessions: z.int(),
    outcomes: z.record(SessionOutcomeOrNone, z.int()),
    flags: z.record(z.string(), z.int()).describe('flag → sessions'),
    flagged: z.int().describe('sessions with a finding of warning or more'),
    contained: z.int(),
    tokens: z.object({ median: z.number(), p95: z.number() }),
  }),
});
export type SessionsView = z.infer<typeof SessionsView>;

type Row = SessionRow & { validatedAtMs: number | null };

/** Quotes and ids of a finding come out of the trace. */
const blind = (finding: Finding): Finding => ({ ...finding, message: HIDDEN, citations: [] });

export const sessionView = (row: Row, sight: Pick<Sight, 'trace'>): SessionView => {
  const { startedAtMs, endedAtMs, narrowedAt, validatedAtMs, seenAtMs: _, findings, ...rest } = row;
  return {
    ...rest,
    startedAt: iso(startedAtMs),
    endedAt: iso(endedAtMs),
    findings: sight.trace ? findings : findings.map(blind),
    narrowedAtStep: narrowedAt,
    validatedAt: validatedAtMs === null ? null : iso(validatedAtMs),
  };
};

const placeOf = (before: string): { startedAtMs: number; sessionId: string } => {
  const at = before.indexOf(':');
  return { startedAtMs: Number(before.slice(0, at)), sessionId: before.slice(at + 1) };
};

/** Sessions, newest first, with how they ended among all that match. */
export const sessionsView = async (
  sessions: Pick<Sessions, 'list' | 'rates'>,
  query: SessionQuery,
  sight: Pick<Sight, 'trace'>,
): Promise<SessionsView> => {
  const filter = filterOf(query);
  const [rows, rates] = await Promise.all([
    sessions.list({
      ...filter,
      limit: query.limit,
      before: query.before === undefined ? undefined : placeOf(query.before),
    }),
    sessions.rates(filter),
  ]);
  const last = rows.length === query.limit ? rows.at(-1) : undefined;
  return {
    sessions: rows.map((row) => sessionView(row, sight)),
    next: last ? `${last.startedAtMs}:${last.sessionId}` : null,
    rates: ratesView(rates),
  };
};

const ratesView = (rates: SessionRates): SessionsView['rates'] => ({
  ...rates,
  flags: Object.fromEntries(Object.entries(rates.flags)),
});

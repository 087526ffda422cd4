import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { Finding, Flag } from '../domain/session/finding.ts';
import { SessionOutcome } from '../domain/session/outcome.ts';
import { plainText, type Database } from './connection.ts';
import type { SessionFilter, SessionRates, SessionRow, Sessions } from './port.ts';
import type { Schema } from './schema.ts';

const MAX_ROWS_A_STATEMENT = 500;
/** As many as a baseline is learned from. */
const MOST_VALIDATED = 1_000;

const valuesOf = (row: SessionRow) => ({
  agent: row.agent,
  session_id: plainText(row.sessionId),
  started_at_ms: row.startedAtMs,
  ended_at_ms: Math.round(row.endedAtMs),
  seen_at_ms: row.seenAtMs,
  spans: row.spans,
  model_calls: row.modelCalls,
  tool_calls: row.toolCalls,
  tool_errors: row.toolErrors,
  tokens: Math.round(row.tokens),
  cost_usd: row.costUsd,
  outcome: row.outcome,
  flags: row.flags,
  severity: row.severity,
  patterns: row.patterns,
  findings: JSON.stringify(row.findings),
  response: row.response,
  incident_id: row.incidentId,
  narrowed_at: row.narrowedAt,
  settled: row.settled,
  validated_at_ms: null,
});

const Stored = z.object({
  flags: z.array(Flag),
  outcome: SessionOutcome.nullable(),
  findings: z.array(Finding),
});

type Row = { [K in keyof Schema['session']]: K extends 'findings' ? unknown : Schema['session'][K] };
const rowOf = (row: Row): SessionRow & { validatedAtMs: number | null } => ({
  agent: row.agent,
  sessionId: row.session_id,
  startedAtMs: row.started_at_ms,
  endedAtMs: row.ended_at_ms,
  seenAtMs: row.seen_at_ms,
  spans: row.spans,
  modelCalls: row.model_calls,
  toolCalls: row.tool_calls,
  toolErrors: row.tool_errors,
  tokens: row.tokens,
  costUsd: row.cost_usd,
  severity: row.severity,
  patterns: row.patterns,
  ...Stored.parse(row),
  response: row.response,
  incidentId: row.incident_id,
  narrowedAt: row.narrowed_at,
  settled: row.settled,
  validatedAtMs: row.validated_at_ms,
});

const conditionsOf = (filter: SessionFilter): RawBuilder<unknown>[] => {
  const { agent, outcome, flag, pattern, incidentId, fromMs, toMs } = filter;
  return [
    ...(agent === undefined ? [] : [sql`agent = ${agent}`]),
    ...(outcome === undefined ? [] : [outcome === 'none' ? sql`outcome is null` : sql`outcome = ${outcome}`]),
    ...(flag === undefined ? [] : [sql`${flag} = any(flags)`]),
    ...(pattern === undefined ? [] : [sql`patterns @> array[${plainText(pattern)}]::text[]`]),
    ...(incidentId === undefined ? [] : [sql`incident_id = ${plainText(incidentId)}`]),
    ...(fromMs === undefined ? [] : [sql`started_at_ms >= ${fromMs}`]),
    ...(toMs === undefined ? [] : [sql`started_at_ms <= ${toMs}`]),
  ];
};
const whereOf = (conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> =>
  conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`;

/** What a later look replaces. An incident, a containment and a validation it does not take back. */
const REPLACED = [
  'started_at_ms',
  'ended_at_ms',
  'seen_at_ms',
  'spans',
  'model_calls',
  'tool_calls',
  'tool_errors',
  'tokens',
  'cost_usd',
  'outcome',
  'flags',
  'severity',
  'patterns',
  'findings',
  'narrowed_at',
  'settled',
] as const satisfies (keyof Schema['session'])[];

const putRows = async (db: Database, rows: readonly SessionRow[]): Promise<void> => {
  await db
    .insertInto('session')
    .values(rows.map(valuesOf))
    .onConflict((conflict) =>
      conflict.columns(['agent', 'session_id']).doUpdateSet((eb) => ({
        ...Object.fromEntries(REPLACED.map((column) => [column, eb.ref(`excluded.${column}`)])),
        incident_id: sql`coalesce(excluded.incident_id, session.incident_id)`,
        response: sql`case when session.response = 'contain' then session.response else excluded.response end`,
      })),
    )
    .execute();
};

const NO_OUTCOMES: SessionRates['outcomes'] = {
  completed: 0,
  tool_error: 0,
  bad_output: 0,
  timeout: 0,
  budget_exceeded: 0,
  none: 0,
};

const ratesOf = async (db: Database, filter: SessionFilter): Promise<SessionRates> => {
  const where = whereOf(conditionsOf(filter));
  const [totals, outcomes, flags] = await Promise.all([
    sql<{ sessions: number; flagged: number; contained: number; median: number; p95: number }>`
      select count(*)::int as sessions,
        count(*) filter (where severity in ('warning', 'critical'))::int as flagged,
        count(*) filter (where response = 'contain')::int as contained,
        coalesce(percentile_cont(0.5) within group (order by tokens), 0) as median,
        coalesce(percentile_cont(0.95) within group (order by tokens), 0) as p95
      from session ${where}`.execute(db),
    sql<{ value: keyof SessionRates['outcomes']; n: number }>`
      select coalesce(outcome, 'none') as value, count(*)::int as n from session ${where} group by 1`.execute(
      db,
    ),
    sql<{ value: Flag; n: number }>`
      select flag as value, count(*)::int as n from session cross join unnest(flags) as flag ${where}
      group by 1 order by 2 desc`.execute(db),
  ]);
  const { sessions, flagged, contained, median, p95 } = totals.rows[0] ?? {
    sessions: 0,
    flagged: 0,
    contained: 0,
    median: 0,
    p95: 0,
  };
  return {
    sessions,
    outcomes: { ...NO_OUTCOMES, ...Object.fromEntries(outcomes.rows.map(({ value, n }) => [value, n])) },
    flags: Object.fromEntries(flags.rows.map(({ value, n }) => [value, n])),
    flagged,
    contained,
    tokens: { median: Math.round(median), p95: Math.round(p95) },
  };
};

/** Sessions of every agent, as the live detector and the store know them. */
export const createSessions = (db: Database): Sessions => ({
  put: async (rows) => {
    // In one order for every writer: two that write the same rows in different orders would wait for each other.
    const ordered = rows.toSorted((a, b) => (a.agent + a.sessionId < b.agent + b.sessionId ? -1 : 1));
    for (let at = 0; at < ordered.length; at += MAX_ROWS_A_STATEMENT)
      await putRows(db, ordered.slice(at, at + MAX_ROWS_A_STATEMENT));
  },
  get: async (agent, sessionId) => {
    const row = await db
      .selectFrom('session')
      .selectAll()
      .where('agent', '=', agent)
      .where('session_id', '=', plainText(sessionId))
      .executeTakeFirst();
    return row ? rowOf(row) : null;
  },
  list: async ({ limit, before, ...filter }) => {
    const after = before
      ? [sql`(started_at_ms, session_id) < (${before.startedAtMs}, ${plainText(before.sessionId)})`]
      : [];
    const { rows } = await sql<Row>`
      select * from session ${whereOf([...conditionsOf(filter), ...after])}
      order by started_at_ms desc, session_id desc limit ${limit}`.execute(db);
    return rows.map(rowOf);
  },
  rates: (filter) => ratesOf(db, filter),
  flagRates: async (agent) => {
    const [steps, findings] = await Promise.all([
      sql<{ steps: number }>`
        select coalesce(sum(model_calls + tool_calls), 0)::int as steps from session where agent = ${plainText(agent)}`.execute(
        db,
      ),
      sql<{ flag: string; n: number }>`
        select f ->> 'flag' as flag, count(*)::int as n
        from session cross join json_array_elements(findings) as f
        where agent = ${plainText(agent)} and f ->> 'severity' in ('warning', 'critical')
        group by 1`.execute(db),
    ]);
    return {
      steps: steps.rows[0]?.steps ?? 0,
      findings: Object.fromEntries(findings.rows.map(({ flag, n }) => [flag, n])),
    };
  },
  validate: async (agent, sessionIds, atMs) => {
    const ids = sessionIds.map(plainText);
    const rows = await db
      .updateTable('session')
      .set({ validated_at_ms: atMs })
      .where('agent', '=', agent)
      .where('session_id', 'in', ids)
      .returning('session_id')
      .execute();
    const known = new Set(rows.map((row) => row.session_id));
    return ids.filter((id) => !known.has(id));
  },
  validated: async (agent) => {
    const rows = await db
      .selectFrom('session')
      .select('session_id')
      .where('agent', '=', agent)
      .where('validated_at_ms', 'is not', null)
      .orderBy('started_at_ms', 'desc')
      .limit(MOST_VALIDATED)
      .execute();
    return rows.map((row) => row.session_id);
  },
});

import { sql } from 'kysely';
import { plainText, type Database } from '../connection.ts';

/** See the port. */
export const arrivalsOf = async (
  db: Database,
  agent: string,
  sessionIds: readonly string[],
): Promise<Map<string, number>> => {
  const ids = sessionIds.map(plainText);
  const { rows } = await sql<{ session_id: string; spans: number }>`
    with asked as (select unnest(${ids}::text[]) as id),
    traces as (
      select s.session_id as id, s.trace_id from span_session s join asked on asked.id = s.session_id
      where s.agent = ${agent}
      union
      select id, id from asked
      where not exists (select from span_session s where s.trace_id = asked.id and s.agent = ${agent}))
    select traces.id as session_id, sum(json_array_length(t.spans))::int as spans
    from traces join span_trace t on t.trace_id = traces.trace_id and t.agent = ${agent}
    group by traces.id`.execute(db);
  return new Map(rows.map((row) => [row.session_id, row.spans]));
};

/** See the port. */
export const sessionsOfTraces = async (
  db: Database,
  agent: string,
  traceIds: readonly string[],
): Promise<Map<string, string>> => {
  const rows = await db
    .selectFrom('span_session')
    .select(['trace_id', 'session_id'])
    .where('agent', '=', agent)
    .where('trace_id', 'in', traceIds)
    .orderBy('started_ms', 'desc')
    .execute();
  return new Map(rows.map((row) => [row.trace_id, row.session_id]));
};

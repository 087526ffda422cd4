import { sql, type Kysely } from 'kysely';

/**
 * Spans are kept as they were sent, a request a row, with an index row for each trace in it: a row a span was ten times
 * the work. What the old tables held moves over.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
    create table span_chunk (
      id bigint generated always as identity primary key,
      agent text not null,
      arrived_at_ms bigint not null,
      encoding text not null,
      body bytea not null
    )`.execute(db);
  await fastCompression(db);
  await sql`create index span_chunk_by_arrival on span_chunk (agent, arrived_at_ms)`.execute(db);
  await sql`
    create table span_trace (
      chunk_id bigint not null,
      agent text not null,
      trace_id text collate "C" not null,
      arrived_at_ms bigint not null,
      bytes integer not null,
      spans json not null,
      primary key (trace_id, chunk_id)
    )`.execute(db);
  await sql`create index span_trace_by_chunk on span_trace (chunk_id)`.execute(db);
  await sql`
    create table span_session (
      agent text not null,
      session_id text not null,
      trace_id text collate "C" not null,
      started_ms bigint not null,
      primary key (session_id, trace_id, agent)
    )`.execute(db);
  await sql`create index span_session_by_time on span_session (agent, started_ms)`.execute(db);
  await moveRows(db);
  await sql`drop table span`.execute(db);
  await sql`drop table span_resource`.execute(db);
};

/** Where this Postgres was built with it. */
const fastCompression = (db: Kysely<unknown>) =>
  sql`
    do $$ begin
      alter table span_chunk alter column body set compression lz4;
    exception when feature_not_supported then null;
    end $$`.execute(db);

/** Where the first trace id stands in a chunk; \u0000 in it keeps Postgres from reading it as JSON. */
const FIRST_ID = '[{"traceId":"'.length + 1;

const moveRows = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
    with old as (
      select agent, trace_id, max(arrived_at_ms) as arrived_at_ms, min(arrival) as arrival,
        '[' || string_agg(left(rtrim(s.body::text), -1) || ',"resource":' || r.attributes::text || '}', ','
          order by s.arrival) || ']' as body
      from span s join span_resource r on r.sha256 = s.resource group by agent, trace_id)
    insert into span_chunk (agent, arrived_at_ms, encoding, body)
    select agent, arrived_at_ms, 'spans', convert_to(body, 'UTF8') from old order by arrival`.execute(db);
  await sql`
    insert into span_trace (chunk_id, agent, trace_id, arrived_at_ms, bytes, spans)
    select c.id, s.agent, s.trace_id, c.arrived_at_ms, octet_length(c.body),
      json_agg(json_build_array(s.span_id, s.parent_span_id, s.start_ms, s.end_ms, s.session_id) order by s.arrival)
    from span s join span_chunk c on c.agent = s.agent
      and substring(convert_from(c.body, 'UTF8') from ${FIRST_ID}::int for length(s.trace_id)) = s.trace_id
    group by c.id, s.agent, s.trace_id`.execute(db);
  await sql`
    insert into span_session (agent, session_id, trace_id, started_ms)
    select agent, session_id, trace_id, min(start_ms) from span
    where session_id is not null group by agent, session_id, trace_id`.execute(db);
};

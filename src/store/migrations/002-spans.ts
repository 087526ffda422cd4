import { sql, type Kysely } from 'kysely';

/**
 * Spans as they arrived. `arrival` orders them for export, so that a later one is never before a page already read.
 * An agent's key cannot take the place of another agent's span: the agent is part of the key.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`create table span_resource (sha256 char(64) primary key, attributes json not null)`.execute(db);
  await sql`
    create table span (
      agent text not null,
      trace_id text collate "C" not null,
      span_id text collate "C" not null,
      parent_span_id text collate "C",
      session_id text,
      arrival bigint generated always as identity,
      arrived_at_ms bigint not null,
      start_ms bigint not null,
      end_ms bigint,
      resource char(64) not null,
      body json not null,
      primary key (trace_id, span_id, agent)
    )`.execute(db);
  await sql`create index span_by_session on span (session_id, trace_id) where session_id is not null`.execute(
    db,
  );
  await sql`create index span_by_arrival on span (trace_id, arrival)`.execute(db);
  await sql`create index span_by_time on span (agent, start_ms)`.execute(db);
  await sql`
    create table span_link (
      agent text not null,
      trace_id text collate "C" not null,
      span_id text collate "C" not null,
      linked_trace_id text collate "C" not null,
      linked_span_id text collate "C" not null,
      start_ms bigint not null
    )`.execute(db);
  await sql`create index span_link_from on span_link (trace_id)`.execute(db);
  await sql`create index span_link_to on span_link (linked_trace_id)`.execute(db);
};

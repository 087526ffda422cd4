import { sql, type Kysely } from 'kysely';

/** One row a session: outcome, cost and findings, for cohorts. It outlives the spans. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
    create table session (
      agent text not null,
      session_id text not null,
      started_at_ms bigint not null,
      ended_at_ms bigint not null,
      seen_at_ms bigint not null,
      spans integer not null,
      model_calls integer not null,
      tool_calls integer not null,
      tool_errors integer not null,
      tokens bigint not null,
      cost_usd double precision,
      outcome text,
      flags text[] not null,
      severity text,
      patterns text[] not null,
      findings json not null,
      response text not null,
      incident_id text,
      narrowed_at integer,
      settled boolean not null,
      validated_at_ms bigint,
      primary key (agent, session_id)
    )`.execute(db);
  await sql`create index session_by_time on session (agent, started_at_ms)`.execute(db);
  await sql`create index session_by_pattern on session using gin (patterns)`.execute(db);
  await sql`create index session_by_incident on session (incident_id) where incident_id is not null`.execute(
    db,
  );
};

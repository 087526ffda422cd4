import { sql, type Kysely } from 'kysely';

/** The words of incidents to agents, and what agents said. `session_id` '' stands for the agent as a whole. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`create table stop_switch_agent (agent text primary key, seq int not null)`.execute(db);
  await sql`
    create table stop_switch (
      agent text not null,
      session_id text not null,
      incident_id text not null,
      verdict text not null check (verdict in ('go', 'hold', 'stop')),
      reason text not null,
      seq int not null,
      primary key (agent, session_id, incident_id)
    )`.execute(db);
  await sql`
    create table stop_switch_ack (
      agent text not null,
      session_id text not null,
      seq int not null,
      state text not null check (state in ('running', 'paused', 'stopped', 'ended')),
      pid int,
      at_ms double precision not null,
      primary key (agent, session_id)
    )`.execute(db);
};

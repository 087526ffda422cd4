import { sql, type Kysely } from 'kysely';

/**
 * What lists, search and measures ask by, beside the state; rows of before are filled at start (`line_version`). Every
 * write of a row is told to whoever listens, so that a page is live whichever process wrote.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
    alter table incident
      add column line_version int not null default 0,
      add column title text not null default '',
      add column phase text not null default '',
      add column mode text,
      add column owner_id text,
      add column distribution_due_ms bigint,
      add column sign_off_due_ms bigint,
      add column pending_sign_offs int not null default 0,
      add column open_remediation int not null default 0,
      add column contain_ms bigint,
      add column classify_ms bigint,
      add column sign_offs_ms bigint[] not null default '{}',
      add column distribute_ms bigint,
      add column late boolean not null default false,
      add column words text not null default ''`.execute(db);
  await sql`create index incident_by_words on incident using gin (to_tsvector('simple', words))`.execute(db);
  await sql`create index incident_stale_line on incident (line_version)`.execute(db);
  await sql`create index incident_by_agent on incident (agent, opened_at_ms desc)`.execute(db);
  await sql`
    create function tell_incident() returns trigger language plpgsql as $$
    begin
      perform pg_notify('holdpoint_incident', json_build_object('id', new.incident_id, 'seq', new.seq)::text);
      return null;
    end $$`.execute(db);
  await sql`create trigger tell after insert or update on incident
    for each row execute function tell_incident()`.execute(db);
};

import { sql, type Kysely } from 'kysely';

/** The audit chain, the words beside it, the projection, and what activities keep. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
    create table audit_event (
      incident_id text not null,
      seq int not null check (seq > 0),
      event json not null,
      prev_hash char(64) not null,
      hash char(64) not null unique,
      recorded_at_ms bigint not null,
      primary key (incident_id, seq)
    )`.execute(db);
  await sql`
    create table audit_head (
      incident_id text not null,
      seq int not null,
      head char(64) not null,
      signed_at_ms bigint not null,
      key_id text not null,
      signature text not null,
      primary key (incident_id, seq)
    )`.execute(db);
  await appendOnly(db, 'audit_event');
  await appendOnly(db, 'audit_head');
  await sql`
    create table prose (
      incident_id text not null,
      sha256 char(64) not null,
      text json,
      erased_at_ms bigint,
      primary key (incident_id, sha256)
    )`.execute(db);
  await sql`
    create table incident (
      incident_id text primary key,
      seq int not null,
      head char(64) not null,
      revision int not null,
      status text not null,
      agent text not null,
      severity text not null,
      opened_at_ms bigint not null,
      ended_at_ms bigint,
      updated_at_ms bigint not null,
      state json not null
    )`.execute(db);
  await sql`create index incident_by_opening on incident (opened_at_ms desc, incident_id desc)`.execute(db);
  await sql`create index incident_open on incident (agent, opened_at_ms desc) where status = 'open'`.execute(
    db,
  );
  await sql`
    create table effect_ledger (
      key text primary key,
      kind text not null,
      state text not null check (state in ('intended', 'done', 'not_done', 'uncertain')),
      detail json not null,
      result json,
      attempts int not null default 1,
      intended_at_ms bigint not null,
      settled_at_ms bigint
    )`.execute(db);
  await sql`
    create table directory (
      id text primary key,
      name text not null,
      kind text not null,
      address text,
      updated_at_ms bigint not null
    )`.execute(db);
  await sql`
    create table document (
      kind text not null,
      key text collate "C" not null,
      value json not null,
      updated_at_ms bigint not null,
      primary key (kind, key)
    )`.execute(db);
};

/** Even the application's own account may only add rows. */
const appendOnly = async (db: Kysely<unknown>, table: string): Promise<void> => {
  await sql`
    create or replace function refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception '% is append-only: % is refused', tg_table_name, tg_op using errcode = 'restrict_violation';
    end $$`.execute(db);
  const name = sql.raw(table);
  await sql`create trigger no_change before update or delete on ${name}
    for each row execute function refuse_change()`.execute(db);
  await sql`create trigger no_truncate before truncate on ${name}
    for each statement execute function refuse_change()`.execute(db);
};

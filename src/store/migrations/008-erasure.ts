import { sql, type Kysely } from 'kysely';

/** What makes evidence unreadable, what forbids that, and what was done. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
    create table evidence_key (
      incident_id text primary key,
      key bytea,
      created_at_ms bigint not null,
      destroyed_at_ms bigint,
      check ((key is null) = (destroyed_at_ms is not null))
    )`.execute(db);
  await sql`
    create table legal_hold (
      incident_id text not null,
      hold_id text not null,
      reason text not null,
      placed_by text not null,
      placed_at_ms bigint not null,
      lifted_by text,
      lifted_at_ms bigint,
      primary key (incident_id, hold_id)
    )`.execute(db);
  await sql`
    create table erasure (
      id bigint generated always as identity primary key,
      incident_id text not null,
      what text not null check (what in ('evidence', 'words')),
      erased_by text not null,
      reason text not null,
      erased_at_ms bigint not null
    )`.execute(db);
  await sql`create trigger no_change before update or delete on erasure
    for each row execute function refuse_change()`.execute(db);
  await sql`create trigger no_truncate before truncate on erasure
    for each statement execute function refuse_change()`.execute(db);
};

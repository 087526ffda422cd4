import { sql, type Kysely } from 'kysely';

/** Each write of sessions is told, once a statement and once a transaction, to pages that show them. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
    create function tell_sessions() returns trigger language plpgsql as $$
    begin
      perform pg_notify('holdpoint_session', '');
      return null;
    end $$`.execute(db);
  await sql`create trigger tell after insert or update on session
    for each statement execute function tell_sessions()`.execute(db);
};

import { sql, type Kysely } from 'kysely';

/** Which open incident has a session, and which was the last of a key, are asked at every alert. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`alter table incident add column session_ids text[] not null default '{}'`.execute(db);
  await sql`create index incident_by_session on incident using gin (session_ids) where status = 'open'`.execute(
    db,
  );
};

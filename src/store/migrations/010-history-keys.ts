import { sql, type Kysely } from 'kysely';

/** A key a part of an incident: what comes out of its traces, and the histories of its workflow. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
    alter table evidence_key
      add column part text not null default 'traces' check (part in ('traces', 'history')),
      drop constraint evidence_key_pkey,
      add primary key (incident_id, part)`.execute(db);
};

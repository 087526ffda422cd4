import { sql, type Kysely } from 'kysely';

/** Whether the agent may start no new session, beside the state: the page of agents asks it of every open incident. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`alter table incident add column held boolean not null default false`.execute(db);
};

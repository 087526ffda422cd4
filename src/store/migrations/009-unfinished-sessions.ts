import { sql, type Kysely } from 'kysely';

/** A stop asks again and again which sessions still run: they are few, those that are over are many. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await sql`
    create index stop_switch_ack_unfinished on stop_switch_ack (agent)
    where state in ('running', 'paused')`.execute(db);
};

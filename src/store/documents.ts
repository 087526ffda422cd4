import { sql } from 'kysely';
import type { Database } from './connection.ts';
import type { Documents } from './port.ts';

export const createDocuments = ({ db, now }: { db: Database; now: () => number }): Documents => ({
  put: async (kind, key, value) => {
    const entry = { value: JSON.stringify(value ?? null), updated_at_ms: now() };
    await db
      .insertInto('document')
      .values({ kind, key, ...entry })
      .onConflict((conflict) => conflict.columns(['kind', 'key']).doUpdateSet(entry))
      .execute();
  },
  get: async (kind, key) => {
    const row = await db
      .selectFrom('document')
      .select('value')
      .where('kind', '=', kind)
      .where('key', '=', key)
      .executeTakeFirst();
    return row?.value;
  },
  getMany: async (kind, keys) => {
    if (keys.length === 0) return new Map();
    const rows = await db
      .selectFrom('document')
      .select(['key', 'value'])
      .where('kind', '=', kind)
      .where('key', 'in', keys)
      .execute();
    return new Map(rows.map(({ key, value }) => [key, value]));
  },
  list: (kind, prefix) =>
    db
      .selectFrom('document')
      .select(['key', 'value'])
      .where('kind', '=', kind)
      .where(sql<boolean>`starts_with(key, ${prefix})`)
      .orderBy('key')
      .execute(),
});

import { plainText, type Database } from './connection.ts';
import type { Directory } from './port.ts';

export const createDirectory = ({ db, now }: { db: Database; now: () => number }): Directory => ({
  put: async (id, { name, kind, address }) => {
    const entry = {
      name: plainText(name),
      kind,
      address: address === null ? null : plainText(address),
      updated_at_ms: now(),
    };
    await db
      .insertInto('directory')
      .values({ id, ...entry })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(entry))
      .execute();
  },
  get: async (id) => {
    const row = await db
      .selectFrom('directory')
      .select(['name', 'kind', 'address'])
      .where('id', '=', id)
      .executeTakeFirst();
    return row ?? null;
  },
  names: async (ids) => {
    if (ids.length === 0) return {};
    const rows = await db.selectFrom('directory').select(['id', 'name']).where('id', 'in', ids).execute();
    return Object.fromEntries(rows.map((row) => [row.id, row.name]));
  },
  erase: async (id) => {
    const { numDeletedRows } = await db.deleteFrom('directory').where('id', '=', id).executeTakeFirst();
    return numDeletedRows > 0n;
  },
});

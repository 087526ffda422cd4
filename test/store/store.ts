import { createStore, type StoreOptions } from '../../src/store/create.ts';
import type { Store } from '../../src/store/port.ts';
import { freshDatabase } from '../support/postgres.ts';
import pg from 'pg';

export interface TestStore {
  store: Store;
  url: string;
  /** Runs SQL as the owner of the database, past the store. */
  query: (sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;
  end: () => Promise<void>;
}

/** A store on an empty database of its own. */
export const testStore = async (options: Omit<StoreOptions, 'url'> = {}): Promise<TestStore> => {
  const database = await freshDatabase();
  const store = await createStore({ url: database.url, ...options });
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  return {
    store,
    url: database.url,
    query: async (sql, values) => (await client.query<Record<string, unknown>>(sql, values)).rows,
    end: async () => {
      await client.end();
      await store.close();
      await database.drop();
    },
  };
};

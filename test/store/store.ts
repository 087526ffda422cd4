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

/** A store on an empty database of its own; `through`: the address that the store alone reaches it by. */
export const testStore = async ({
  through,
  ...options
}: Omit<StoreOptions, 'url'> & { through?: (url: string) => Promise<string> } = {}): Promise<TestStore> => {
  const database = await freshDatabase();
  const url = (await through?.(database.url)) ?? database.url;
  const store = await createStore({ url, ...options });
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

import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Schema } from './schema.ts';

export type Database = Kysely<Schema>;

const INT8 = 20;
/** Milliseconds and counts stay below 2^53, so 64-bit integers are read as numbers. */
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

/** `poolSize`: how many connections at once. */
export const openPool = (url: string, poolSize: number): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    types,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 120_000,
    application_name: 'holdpoint',
  });
  // A connection that breaks while no query runs on it is replaced; without listeners, one for the pool and one for
  // connections in use (a transaction between two statements), it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
};

export const connect = (url: string, poolSize: number): Database =>
  new Kysely<Schema>({ dialect: new PostgresDialect({ pool: openPool(url, poolSize) }) });

/** Postgres text cannot hold U+0000; JSON columns keep it, plain ones show a replacement. */
export const plainText = (text: string): string => text.replaceAll('\u0000', '\uFFFD');

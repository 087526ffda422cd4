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

/** Longer than the server itself gives a statement: it passes only when no answer comes at all. */
const SILENT_AFTER_MS = 130_000;

const isStillWaiting = (client: pg.PoolClient): boolean =>
  'readyForQuery' in client && client.readyForQuery === false;

/** `poolSize`: how many connections at once. */
export const openPool = (url: string, poolSize: number, queryTimeoutMs = SILENT_AFTER_MS): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    types,
    // Pages come in spells: what they opened is there for the next one.
    idleTimeoutMillis: 60_000,
    connectionTimeoutMillis: Math.min(10_000, queryTimeoutMs),
    statement_timeout: 120_000,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
    application_name: 'holdpoint',
  });
  // A connection that breaks while no query runs on it is replaced; without listeners, one for the pool and one for
  // connections in use (a transaction between two statements), it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  // Its server fell silent: the connection would wait for the old answer before each new one.
  pool.on('release', (_error, client) => {
    if (isStillWaiting(client)) void client.end();
  });
  return pool;
};

export const connect = (url: string, poolSize: number, queryTimeoutMs?: number): Database =>
  new Kysely<Schema>({ dialect: new PostgresDialect({ pool: openPool(url, poolSize, queryTimeoutMs) }) });

/** Postgres text cannot hold U+0000; JSON columns keep it, plain ones show a replacement. */
export const plainText = (text: string): string => text.replaceAll('\u0000', '\uFFFD');

import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { fromSetup } from './environment.ts';

export type FreshDatabase = {
  /** `postgres://…` of an empty database that nobody else uses. */
  url: string;
  /** Removes it, ending whatever is still connected. */
  drop(): Promise<void>;
};

/** Makes an empty database on the run's Postgres. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const server = fromSetup('HOLDPOINT_TEST_POSTGRES');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await execute(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => execute(server, `drop database if exists ${name} with (force)`) };
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

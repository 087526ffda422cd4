import { sql } from 'kysely';
import { connect, type Database } from '../../src/store/connection.ts';
import { freshDatabase, type FreshDatabase } from '../support/postgres.ts';

let database: FreshDatabase;
let db: Database;
let other: Database;
beforeAll(async () => {
  database = await freshDatabase();
  db = connect(database.url, 2);
  other = connect(database.url, 1);
});
afterAll(async () => {
  await db.destroy();
  await other.destroy();
  await database.drop();
});

const pidOf = async (on: Database): Promise<number> => {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(on);
  return rows[0]?.pid ?? 0;
};
const end = (pid: number) => sql`select pg_terminate_backend(${pid}, 5000)`.execute(other);

it('survives a server that ends a connection in the middle of a transaction', async () => {
  const between = db.transaction().execute(async (trx) => {
    await end(await pidOf(trx));
    // Nothing runs on the connection when its end is noticed: that is an event, not an answer.
    await new Promise((resolve) => setTimeout(resolve, 100));
    return pidOf(trx);
  });
  await expect(between).rejects.toThrow();
  await expect(pidOf(db)).resolves.toBeGreaterThan(0);
});

it('survives a server that ends a connection that nobody uses', async () => {
  const pid = await pidOf(db);
  await end(pid);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await expect(pidOf(db)).resolves.not.toBe(pid);
});

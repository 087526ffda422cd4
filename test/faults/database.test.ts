import { createStore } from '../../src/store/create.ts';
import type { Store } from '../../src/store/port.ts';
import { startTap } from '../chaos/tap.ts';
import { history } from '../store/events.ts';
import { freshDatabase, type FreshDatabase } from '../support/postgres.ts';
import { openTcpDoor, type TcpDoor } from '../support/tcp-door.ts';

let database: FreshDatabase;
let door: TcpDoor;
let store: Store;
beforeEach(async () => {
  database = await freshDatabase();
  const url = new URL(database.url);
  door = await openTcpDoor(Number(url.port));
  url.port = String(door.port);
  store = await createStore({ url: url.href, poolSize: 2, queryTimeoutMs: 8_000 });
});
afterEach(async () => {
  door.set('refuse');
  await store.close();
  await door.close();
  await database.drop();
});

const KEY = 'reversal:inc-1:b:s-1#4';

it('a database that refuses: nothing is called done, and the same call works when it is back', async () => {
  door.set('refuse');
  await expect(store.ledger.intend(KEY, 'reversal', {})).rejects.toThrow();
  await expect(store.audit.append('inc-1', history('inc-1', 3))).rejects.toThrow();
  door.set('open');
  expect(await store.ledger.intend(KEY, 'reversal', {})).toBeNull();
  const head = await store.audit.append('inc-1', history('inc-1', 3));
  expect(await store.audit.append('inc-1', history('inc-1', 3))).toEqual(head);
  expect((await store.audit.events('inc-1')).map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

it('a database that is slow: every call of many at once is answered, nothing is lost or there twice', async () => {
  door.set('slow');
  const append = (id: string) => store.audit.append(id, history(id, 3));
  const ids = ['inc-1', 'inc-2', 'inc-1', 'inc-2', 'inc-1'];
  const heads = await Promise.all(ids.map(append));
  expect(new Set(heads.map(({ head }) => head)).size).toBe(2);
  expect(await store.ledger.intend(KEY, 'reversal', {})).toBeNull();
  expect(await store.ledger.intend(KEY, 'reversal', {})).toMatchObject({ state: 'intended' });
  door.set('open');
  for (const id of ['inc-1', 'inc-2'])
    expect((await store.audit.events(id)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

it('a database that falls silent is given up in time, and its connections are not lent again', async () => {
  await Promise.all([store.documents.get('a', 'b'), store.documents.get('a', 'c')]);
  door.set('stall');
  const waiting = [1, 2, 3, 4].map((n) => store.documents.get('a', String(n)));
  for (const one of await Promise.allSettled(waiting)) expect(one.status).toBe('rejected');
  door.set('open');
  for (const n of [1, 2, 3, 4]) expect(await store.documents.get('a', String(n))).toBeUndefined();
});

it('an append whose answer is lost counts once', async () => {
  let isLosing = false;
  const { hostname: host, port } = new URL(database.url);
  const append = { name: 'append', request: /insert into audit_event/ };
  const tap = await startTap(
    () => ({ host, port: Number(port) }),
    [append],
    (_moment, side) => isLosing && side === 'after',
  );
  const url = new URL(database.url);
  url.port = String(tap.port);
  const behind = await createStore({ url: url.href, poolSize: 2 });
  await behind.audit.append('inc-1', history('inc-1', 2));
  isLosing = true;
  await expect(behind.audit.append('inc-1', history('inc-1', 5))).rejects.toThrow();
  isLosing = false;
  expect(await store.audit.events('inc-1')).toHaveLength(5);
  await behind.audit.append('inc-1', history('inc-1', 5));
  expect((await store.audit.events('inc-1')).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  await behind.close();
  await tap.stop();
});

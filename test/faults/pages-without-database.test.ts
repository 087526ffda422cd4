import { problemApp } from '../../src/http/problem.ts';
import { createStore } from '../../src/store/create.ts';
import type { Store } from '../../src/store/port.ts';
import { problemPage } from '../../src/web/pages/problem.ts';
import { freshDatabase, type FreshDatabase } from '../support/postgres.ts';
import { openTcpDoor, type TcpDoor } from '../support/tcp-door.ts';

let database: FreshDatabase;
let door: TcpDoor;
let store: Store;
beforeAll(async () => {
  database = await freshDatabase();
  const url = new URL(database.url);
  door = await openTcpDoor(Number(url.port));
  url.port = String(door.port);
  store = await createStore({ url: url.href, poolSize: 2, queryTimeoutMs: 1_000 });
});
afterAll(async () => {
  door.set('refuse');
  await store.close();
  await door.close();
  await database.drop();
});

it.each(['refuse', 'stall'] as const)(
  'a database that is away (%s) is said, as a page and as a problem, and the same works when it is back',
  async (fault) => {
    const app = problemApp(() => undefined, problemPage);
    app.get('/count', async (context) => context.json({ count: await store.lists.count({}) }));
    door.set(fault);
    const problem = await app.request('/count');
    expect(problem.status).toBe(503);
    expect(problem.headers.get('retry-after')).toBe('5');
    expect(await problem.json()).toMatchObject({ code: 'database-away', title: 'Not available' });
    const page = await app.request('/count', { headers: { accept: 'text/html' } });
    expect(page.status).toBe(503);
    expect(await page.text()).toMatch(/<h1>Not available now<\/h1>[\s\S]*The database does not answer\./);
    door.set('open');
    expect(await (await app.request('/count')).json()).toEqual({ count: 0 });
  },
);

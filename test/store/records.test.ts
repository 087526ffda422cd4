import { createStore } from '../../src/store/create.ts';
import { ended, history, numbered, START_MS } from './events.ts';
import { testStore, type TestStore } from './store.ts';

let db: TestStore;
beforeAll(async () => {
  db = await testStore();
});
afterAll(() => db.end());

describe('opening the store', () => {
  it('brings one database up to date once, whoever comes first', async () => {
    const fresh = await testStore();
    const stores = await Promise.all(
      Array.from({ length: 5 }, () => createStore({ url: fresh.url, poolSize: 2 })),
    );
    await stores[3]?.documents.put('kind', 'key', 1);
    expect(await stores[1]?.documents.get('kind', 'key')).toBe(1);
    await Promise.all(stores.map((store) => store.close()));
    await fresh.end();
  });

  it('says what is wrong when there is no database', async () => {
    await expect(createStore({ url: 'postgres://127.0.0.1:1/none' })).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe('the projection', () => {
  it('lists incidents newest first, by status and agent, page by page', async () => {
    for (const [index, agent] of ['one', 'two', 'one', 'one'].entries()) {
      const id = `list-${index}`;
      await db.store.audit.append(id, history(id, 2, agent));
    }
    await db.store.audit.append('list-3', numbered([ended], 3));
    const ids = async (filter: Parameters<typeof db.store.incidents.list>[0]) =>
      (await db.store.incidents.list(filter)).map((row) => row.incidentId);

    expect(await ids({ agent: 'one', limit: 10 })).toEqual(['list-3', 'list-2', 'list-0']);
    expect(await ids({ status: 'open', agent: 'one', limit: 10 })).toEqual(['list-2', 'list-0']);
    expect(await ids({ status: 'ended', limit: 10 })).toEqual(['list-3']);
    expect(await ids({ limit: 2 })).toEqual(['list-3', 'list-2']);
    const openedAt = START_MS + 1_000;
    expect(await ids({ limit: 2, before: openedAt, beforeId: 'list-2' })).toEqual(['list-1', 'list-0']);
    expect(await ids({ limit: 2, before: openedAt })).toEqual([]);
  });

  it('is rebuilt from the log, and says which rows were not what the log makes of them', async () => {
    const fresh = await testStore();
    for (const id of ['r1', 'r2', 'r3', 'r4']) await fresh.store.audit.append(id, history(id, 5));
    const before = await fresh.store.incidents.list({ limit: 10 });
    await fresh.query(
      `update incident set state = jsonb_set(state::jsonb, '{notes}', '9')::json where incident_id = 'r2'`,
    );
    await fresh.query(`delete from incident where incident_id = 'r3'`);
    await fresh.query(`update incident set incident_id = 'ghost' where incident_id = 'r4'`);

    const rebuilt = await fresh.store.incidents.rebuild();
    expect(rebuilt).toEqual({ incidents: 5, differing: ['ghost', 'r2', 'r3', 'r4'] });
    expect(await fresh.store.incidents.list({ limit: 10 })).toEqual(before);
    expect(await fresh.store.incidents.rebuild()).toEqual({ incidents: 4, differing: [] });
    await fresh.end();
  });
});

describe('the effect ledger', () => {
  it('keeps an effect whose key holds what Postgres text cannot', async () => {
    const { store } = db;
    const key = 'reversal:inc:batch:session\u0000one#4';
    expect(await store.ledger.intend(key, 'reversal', { note: 'a\u0000b' })).toBeNull();
    await store.ledger.settle(key, 'done', { evidence: 'c\u0000d' });
    expect(await store.ledger.get(key)).toEqual({ state: 'done', result: { evidence: 'c\u0000d' } });
  });

  const { intend, settle, get } = {
    intend: (key: string) => db.store.ledger.intend(key, 'mail', { to: 'someone' }),
    settle: (...args: Parameters<typeof db.store.ledger.settle>) => db.store.ledger.settle(...args),
    get: (key: string) => db.store.ledger.get(key),
  };

  it('shows a crash between intent and effect as an intent that somebody else must look into', async () => {
    expect(await intend('crash')).toBeNull();
    // Another process, after the crash.
    const store = await createStore({ url: db.url, poolSize: 1 });
    expect(await store.ledger.intend('crash', 'mail', {})).toEqual({ state: 'intended', result: null });
    await store.ledger.settle('crash', 'uncertain', { because: 'killed' });
    expect(await store.ledger.intend('crash', 'mail', {})).toEqual({
      state: 'uncertain',
      result: { because: 'killed' },
    });
    await store.ledger.settle('crash', 'done', { messageId: 'm1' });
    await store.close();
    expect(await intend('crash')).toEqual({ state: 'done', result: { messageId: 'm1' } });
  });

  it('gives an effect to one of many at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => intend('race')));
    expect(answers.filter((answer) => answer === null)).toHaveLength(1);
    expect(answers.filter((answer) => answer?.state === 'intended')).toHaveLength(19);
  });

  it('gives what was not done to one of many who try again', async () => {
    await intend('again');
    await settle('again', 'not_done', { code: 451 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => intend('again')));
    expect(answers.filter((answer) => answer?.state === 'not_done')).toHaveLength(1);
    expect(answers.filter((answer) => answer?.state === 'intended')).toHaveLength(19);
    expect(await get('again')).toEqual({ state: 'intended', result: null });
  });

  it('keeps what is done', async () => {
    await intend('kept');
    await settle('kept', 'done', 1);
    await settle('kept', 'done', 2);
    await expect(settle('kept', 'not_done', 3)).rejects.toMatchObject({ name: 'LedgerConflict' });
    expect(await get('kept')).toEqual({ state: 'done', result: 1 });
  });

  it('settles nothing that was never intended', async () => {
    await expect(settle('never', 'done', 1)).rejects.toThrow(/never intended/);
    expect(await get('never')).toBeNull();
  });
});

describe('the directory and the documents', () => {
  it('keeps, replaces and erases names', async () => {
    await db.store.directory.put('slack:U1', { name: 'Ada', kind: 'person', address: null });
    await db.store.directory.put('slack:U1', {
      name: 'Ada L.\u0000',
      kind: 'person',
      address: 'ada@example.org',
    });
    expect(await db.store.directory.get('slack:U1')).toEqual({
      name: 'Ada L.\uFFFD',
      kind: 'person',
      address: 'ada@example.org',
    });
    expect(await db.store.directory.names(['slack:U1', 'slack:U2'])).toEqual({ 'slack:U1': 'Ada L.\uFFFD' });
    expect(await db.store.directory.names([])).toEqual({});
    expect(await db.store.directory.erase('slack:U1')).toBe(true);
    expect(await db.store.directory.get('slack:U1')).toBeNull();
  });

  it('keeps documents by kind and key', async () => {
    await db.store.documents.put('profile', 'a/1', { version: 1, text: '\u0000' });
    await db.store.documents.put('profile', 'a/2', [1, null]);
    await db.store.documents.put('profile', 'b_1', 'x');
    await db.store.documents.put('profile', 'a/1', { version: 2 });
    expect(await db.store.documents.get('profile', 'a/1')).toEqual({ version: 2 });
    expect(await db.store.documents.get('rule', 'a/1')).toBeUndefined();
    expect(await db.store.documents.list('profile', 'a/')).toEqual([
      { key: 'a/1', value: { version: 2 } },
      { key: 'a/2', value: [1, null] },
    ]);
    expect(await db.store.documents.list('profile', 'b%')).toEqual([]);
  });
});

import { ed25519 } from '@noble/curves/ed25519.js';
import pg from 'pg';
import { canonical } from '../../src/domain/canonical.ts';
import { fold } from '../../src/domain/incident/evolve.ts';
import { createStore } from '../../src/store/create.ts';
import { hashOf } from '../../src/store/chain.ts';
import { ended, history, note, numbered, opened, prose } from './events.ts';
import { testStore, type TestStore } from './store.ts';

let db: TestStore;
beforeAll(async () => {
  db = await testStore();
});
afterAll(() => db.end());

describe('append', () => {
  it('chains events, each over the one before, and folds the projection with them', async () => {
    const events = history('inc-a', 3);
    const first = await db.store.audit.append('inc-a', events.slice(0, 1));
    const answer = await db.store.audit.append('inc-a', events.slice(1));
    const rows = await db.store.audit.rows('inc-a');

    expect(rows.map((row) => row.seq)).toEqual([1, 2, 3]);
    expect(rows[0]).toMatchObject({ prevHash: '0'.repeat(64), hash: first.head });
    for (const [index, row] of rows.entries()) {
      expect(row.hash).toBe(hashOf(row));
      if (index > 0) expect(row.prevHash).toBe(rows[index - 1]?.hash);
    }
    expect(answer).toEqual({ head: rows[2]?.hash, seq: 3 });
    expect(await db.store.audit.head('inc-a')).toEqual(answer);
    expect(await db.store.incidents.get('inc-a')).toEqual({
      incidentId: 'inc-a',
      ...answer,
      state: fold(events),
    });
    expect(await db.store.audit.events('inc-a')).toEqual(events);
  });

  it('takes the same events again as done, in part or whole', async () => {
    const events = history('inc-b', 4);
    await db.store.audit.append('inc-b', events.slice(0, 3));
    const answer = await db.store.audit.append('inc-b', events);
    expect(answer.seq).toBe(4);
    expect(await db.store.audit.append('inc-b', events.slice(1, 3))).toEqual(answer);
    expect(await db.store.audit.rows('inc-b')).toHaveLength(4);
    expect((await db.store.incidents.get('inc-b'))?.state.notes).toBe(3);
  });

  it('refuses other content under a number that is taken', async () => {
    await db.store.audit.append('inc-c', history('inc-c', 2));
    const other = numbered([note('something else')], 2);
    await expect(db.store.audit.append('inc-c', other)).rejects.toMatchObject({
      name: 'AuditConflict',
      message: 'incident inc-c: event 2 is on record with other content',
    });
  });

  it('refuses gaps, inside and before', async () => {
    const events = history('inc-d', 4);
    await expect(db.store.audit.append('inc-d', events.slice(1))).rejects.toMatchObject({ name: 'AuditGap' });
    await expect(
      db.store.audit.append(
        'inc-d',
        events.filter((event) => event.seq !== 2),
      ),
    ).rejects.toMatchObject({ name: 'AuditGap' });
    expect(await db.store.audit.rows('inc-d')).toEqual([]);
    expect(await db.store.incidents.get('inc-d')).toBeNull();
  });

  it('refuses words whose digest is not theirs, and writes nothing', async () => {
    const forged = numbered([
      opened('inc-e'),
      { type: 'noteAdded', data: { text: { ...prose('what was said'), text: 'what was not' } } },
    ]);
    await expect(db.store.audit.append('inc-e', forged)).rejects.toMatchObject({ name: 'UnchainableEvent' });
    expect(await db.store.audit.rows('inc-e')).toEqual([]);
  });

  it('refuses an event that opens another incident', async () => {
    await expect(db.store.audit.append('inc-f', history('inc-other', 1))).rejects.toThrow(
      /opens incident inc-other/,
    );
  });

  it('keeps the words of people out of the chain', async () => {
    const words = 'Mrs Miller of 4 Elm Street called twice';
    await db.store.audit.append('inc-g', numbered([opened('inc-g'), note(words)]));
    const [row] = await db.query(
      "select event::text as event from audit_event where incident_id = 'inc-g' and seq = 2",
    );
    expect(row?.['event']).not.toContain('Miller');
    expect(row?.['event']).toContain(prose(words).sha256);
    expect(await db.store.audit.words('inc-g')).toEqual([prose(words)]);
  });

  it('keeps characters that databases dislike', async () => {
    const words = 'a\u0000b \ud83d\ude80 \ud800 c';
    const events = numbered([opened('inc-h', 'agent\u0000x'), note(words)]);
    await db.store.audit.append('inc-h', events);
    expect(await db.store.audit.events('inc-h')).toEqual(events);
    for (const event of events) expect(await db.store.audit.event('inc-h', event.seq)).toEqual(event);
    expect(await db.store.audit.event('inc-h', 3)).toBeNull();
    expect((await db.store.incidents.get('inc-h'))?.state.agent).toBe('agent\u0000x');
  });

  it('lets many writers of the same events leave one chain', async () => {
    const events = history('inc-i', 30);
    const others = await Promise.all([
      createStore({ url: db.url, poolSize: 4 }),
      createStore({ url: db.url, poolSize: 4 }),
    ]);
    const writers = [db.store, ...others].flatMap((store, nth) =>
      [1, 2, 3, 5].map(async (size) => {
        for (let at = 0; at < events.length; at += size + nth)
          await store.audit.append('inc-i', events.slice(at, at + size + nth));
      }),
    );
    await Promise.all(writers);
    await Promise.all(others.map((store) => store.close()));
    const rows = await db.store.audit.rows('inc-i');
    expect(rows.map((row) => row.seq)).toEqual(events.map((event) => event.seq));
    expect(rows.every((row, index) => row.prevHash === (rows[index - 1]?.hash ?? '0'.repeat(64)))).toBe(true);
    expect((await db.store.incidents.get('inc-i'))?.state).toEqual(fold(events));
  });

  it('lets only one of two different writers have a number', async () => {
    await db.store.audit.append('inc-j', history('inc-j', 1));
    const attempts = ['left', 'right'].map((words) =>
      db.store.audit.append('inc-j', numbered([note(words)], 2)),
    );
    const results = await Promise.allSettled(attempts);
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find((result) => result.status === 'rejected')).toMatchObject({
      reason: { name: 'AuditConflict' },
    });
    expect(await db.store.audit.rows('inc-j')).toHaveLength(2);
  });

  it('costs two statements, however many events it carries', async () => {
    const queries = jest.spyOn(pg.Client.prototype, 'query');
    try {
      await db.store.audit.append('inc-k', history('inc-k', 1));
      expect(queries).toHaveBeenCalledTimes(2);
      queries.mockClear();
      await db.store.audit.append('inc-k', history('inc-k', 40).slice(1));
      expect(queries).toHaveBeenCalledTimes(2);
    } finally {
      queries.mockRestore();
    }
  });
});

describe('the tables', () => {
  let signed: TestStore;
  beforeAll(async () => {
    signed = await testStore({ signing: { keyId: 'k1', privateKey: ed25519.utils.randomSecretKey() } });
    await signed.store.audit.append('inc-z', history('inc-z', 2));
    const order = { incidentId: 'inc-z', by: 'person:ana', reason: 'asked for' };
    await signed.store.erasures.keyFor('inc-z');
    await signed.store.audit.append('inc-z', numbered([ended], 3));
    expect(await signed.store.erasures.eraseEvidence(order)).toBe(true);
  });
  afterAll(() => signed.end());

  it.each(
    ['audit_event', 'audit_head', 'erasure'].flatMap((table) => [
      [table, `update ${table} set incident_id = 'other'`],
      [table, `delete from ${table}`],
      [table, `truncate ${table}`],
    ]),
  )('%s refuses: %s', async (table, sql) => {
    const before = await signed.query(`select * from ${table}`);
    expect(before.length).toBeGreaterThan(0);
    await expect(signed.query(sql)).rejects.toThrow(`${table} is append-only`);
    expect(await signed.query(`select * from ${table}`)).toEqual(before);
  });
});

describe('erasure', () => {
  it('takes words out of the table and the projection, and leaves the chain valid', async () => {
    const secret = prose('the customer is Jane Roe');
    const ending = { kind: 'dismissed' as const, reason: secret, fixUrl: null, intoIncidentId: null };
    const events = numbered([opened('inc-l'), { type: 'endingProposed', data: ending }]);
    await db.store.audit.append('inc-l', events);
    const before = await db.store.audit.rows('inc-l');

    expect(await db.store.audit.erase('inc-l', secret.sha256)).toBe(true);
    expect(await db.store.audit.erase('inc-l', secret.sha256)).toBe(false);
    expect(await db.store.audit.rows('inc-l')).toEqual(before);
    const read = await db.store.audit.events('inc-l');
    expect(read[1]).toMatchObject({ data: { reason: { text: '[erased]', sha256: secret.sha256 } } });
    expect(await db.store.audit.event('inc-l', 2)).toEqual(read[1]);
    expect((await db.store.incidents.get('inc-l'))?.state.ending?.reason.text).toBe('[erased]');
    expect(canonical(await db.query('select * from prose'))).not.toContain('Jane');
    expect(canonical(await db.query('select state from incident'))).not.toContain('Jane');
  });

  it('does not come back with the events after it, or with a repeat of its own', async () => {
    const secret = prose('the customer is John Roe');
    const events = numbered([
      opened('inc-m'),
      { type: 'noteAdded', data: { text: secret } },
      note('later'),
      ended,
    ]);
    await db.store.audit.append('inc-m', events.slice(0, 2));
    const erasing = db.store.audit.erase('inc-m', secret.sha256);
    await Promise.all([erasing, db.store.audit.append('inc-m', events.slice(1, 3))]);
    await db.store.audit.append('inc-m', events);
    expect(await erasing).toBe(true);
    expect((await db.store.audit.words('inc-m')).map((word) => word.text)).toEqual(['later']);
    expect(JSON.stringify(await db.store.incidents.get('inc-m'))).not.toContain('John');
  });
});

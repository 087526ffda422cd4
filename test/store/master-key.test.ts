import { randomBytes } from 'node:crypto';
import { createMasterKey, WrongMasterKey } from '../../src/store/master-key.ts';
import { createStore } from '../../src/store/create.ts';
import { testStore, type TestStore } from './store.ts';

const mine = createMasterKey(randomBytes(32));
const other = createMasterKey(randomBytes(32));

let db: TestStore;
beforeEach(async () => {
  db = await testStore();
});
afterEach(() => db.end());

const keptKey = async (incidentId: string, part = 'traces'): Promise<Buffer> => {
  const [row] = await db.query('select key from evidence_key where incident_id = $1 and part = $2', [
    incidentId,
    part,
  ]);
  return row?.['key'] as Buffer;
};

test('a key opens with its master key and its name alone', () => {
  const key = randomBytes(32);
  const wrapped = mine.wrap(key, 'inc-1');
  expect(wrapped.includes(key)).toBe(false);
  expect(mine.unwrap(wrapped, 'inc-1').equals(key)).toBe(true);
  expect(() => mine.unwrap(wrapped, 'inc-2')).toThrow();
  expect(() => other.unwrap(wrapped, 'inc-1')).toThrow(WrongMasterKey);
  for (let at = 0; at < wrapped.length; at += 1) {
    const changed = Buffer.from(wrapped);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => mine.unwrap(changed, 'inc-1')).toThrow();
  }
  expect(() => createMasterKey(randomBytes(31))).toThrow(/32 random bytes/);
});

test('the database alone has no key; another master key is named, and so is none', async () => {
  const store = await createStore({ url: db.url, masterKey: mine });
  const key = await store.erasures.keyFor('inc-1');
  expect(await store.erasures.keyFor('inc-1')).toEqual(key);
  expect((await keptKey('inc-1')).includes(Buffer.from(key ?? []))).toBe(false);
  await store.close();
  await expect(db.store.erasures.keyOf('inc-1')).rejects.toThrow(
    /master key [0-9a-f]{12}, and none is given/,
  );
  const wrong = await createStore({ url: db.url, masterKey: other });
  await expect(wrong.erasures.keyOf('inc-1')).rejects.toThrow(
    new RegExp(`${mine.id}, and ${other.id} is given`),
  );
  await wrong.close();
});

test('keys that stood in the clear are wrapped at the first start with a master key, and stay the same', async () => {
  const traces = await db.store.erasures.keyFor('inc-1');
  const history = await db.store.erasures.keyFor('inc-1/history');
  expect(history).not.toEqual(traces);
  expect(await keptKey('inc-1')).toEqual(Buffer.from(traces ?? []));
  for (const _ of [1, 2]) {
    const store = await createStore({ url: db.url, masterKey: mine });
    expect(Buffer.from((await store.erasures.keyOf('inc-1')) ?? [])).toEqual(Buffer.from(traces ?? []));
    expect(Buffer.from((await store.erasures.keyOf('inc-1/history')) ?? [])).toEqual(
      Buffer.from(history ?? []),
    );
    await store.close();
  }
  expect((await keptKey('inc-1')).length).toBeGreaterThan(32);
  expect((await keptKey('inc-1', 'history')).length).toBeGreaterThan(32);
});

import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { attempt } from '../../src/doctor/attempt.ts';
import { examineMasterKey, masterKeyRemedy } from '../../src/doctor/master-key.ts';
import { loadConfig } from '../../src/config.ts';
import { createMasterKey } from '../../src/store/master-key.ts';
import { createStore } from '../../src/store/create.ts';
import { SECRETS, settings } from '../http/world.ts';
import { testStore, type TestStore } from '../store/store.ts';
import { newFolder, removeFolder } from '../support/folder.ts';

const MINE = randomBytes(32);
const OTHER = randomBytes(32);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

let db: TestStore;
let folder: string;
beforeEach(async () => {
  db = await testStore();
  folder = newFolder();
});
afterEach(async () => {
  await db.end();
  removeFolder(folder);
});

const keyFile = (): string => join(folder, 'master.key');

const masterKey = async (env: Record<string, string> = {}, encrypt = true) => {
  const file = join(folder, 'holdpoint.yaml');
  writeFileSync(file, stringify({ ...settings({}), evidence: { dir: './evidence', encrypt } }));
  const config = loadConfig({
    file,
    env: { ...SECRETS, DATABASE_URL: db.url, TEMPORAL_ADDRESS: '127.0.0.1:9', ...env },
  });
  return attempt('master key', masterKeyRemedy(config), () => examineMasterKey(config));
};

const wrapped = async (...incidents: string[]): Promise<void> => {
  const store = await createStore({ url: db.url, masterKey: createMasterKey(MINE) });
  for (const incidentId of incidents) await store.erasures.keyFor(incidentId);
  await store.close();
};

it('says that the key opens every wrapped key on record, and what it is called', async () => {
  expect(await masterKey({ HOLDPOINT_MASTER_KEY: base64(MINE) })).toMatchObject({
    ok: true,
    says: expect.stringContaining('no key is wrapped yet'),
  });
  await wrapped('inc-1', 'inc-1/history', 'inc-2');
  expect(await masterKey({ HOLDPOINT_MASTER_KEY: base64(MINE) })).toEqual({
    name: 'master key',
    ok: true,
    says: `${createMasterKey(MINE).id} opens all 3 wrapped keys on record`,
  });
});

it('names the key that is needed where another is given, with the remedy, and shows neither', async () => {
  await wrapped('inc-1', 'inc-2');
  const found = await masterKey({ HOLDPOINT_MASTER_KEY: base64(OTHER) });
  expect(found.ok).toBe(false);
  expect(found.says).toMatch(
    new RegExp(
      `^2 of 2 keys do not open: the key of incident inc-1 was wrapped by the master key ${createMasterKey(MINE).id}, ` +
        `and ${createMasterKey(OTHER).id} is given.*Set HOLDPOINT_MASTER_KEY to the 32 bytes`,
    ),
  );
  expect(found.says).not.toContain(base64(OTHER));
});

it('misses a key file that is gone, and makes none in its place', async () => {
  expect(await masterKey()).toMatchObject({
    ok: true,
    says: `made at the first start, in ${keyFile()}: keep a copy of it elsewhere`,
  });
  await wrapped('inc-1');
  const found = await masterKey();
  expect(found).toMatchObject({ ok: false, says: expect.stringContaining(`put back the file ${keyFile()}`) });
  expect(found.says).toContain('and none is given');
  expect(existsSync(keyFile())).toBe(false);
  writeFileSync(keyFile(), base64(MINE), { mode: 0o600 });
  expect(await masterKey()).toMatchObject({ ok: true, says: expect.stringContaining('all 1 wrapped') });
});

it('says when the file holds something else than a key', async () => {
  writeFileSync(keyFile(), base64(randomBytes(31)), { mode: 0o600 });
  expect(await masterKey()).toMatchObject({
    ok: false,
    says: expect.stringMatching(
      /master\.key: not a master key, which is 32 random bytes in base64, but 31\. Set/,
    ),
  });
});

it('warns of keys in the clear, and needs none where nothing is encrypted', async () => {
  await db.store.erasures.keyFor('inc-1');
  const signing = { HOLDPOINT_SIGNING_KEY: base64(randomBytes(32)) };
  expect(await masterKey(signing)).toMatchObject({
    ok: false,
    says: expect.stringMatching(
      /^none is given: keys of evidence stand in the database in the clear \(1 now\)\. Set/,
    ),
  });
  expect(await masterKey({ HOLDPOINT_MASTER_KEY: base64(MINE) })).toMatchObject({
    ok: true,
    says: expect.stringContaining('; those in the clear (1) are wrapped at the next start'),
  });
  expect((await db.store.erasures.tryKeys(null)).clear).toBe(1);
  expect(await masterKey({}, false)).toMatchObject({
    ok: true,
    says: 'not needed: evidence.encrypt is off; keys in the clear: 1',
  });
});

import { ed25519 } from '@noble/curves/ed25519.js';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFilesystemEvidence } from '../../src/adapters/evidence/filesystem.ts';
import { createStore } from '../../src/store/create.ts';
import type { Store } from '../../src/store/port.ts';
import { history, prose } from '../store/events.ts';
import { testStore, type TestStore } from '../store/store.ts';
import { newFolder, removeFolder } from '../support/folder.ts';
import { run } from './run.ts';

const privateKey = ed25519.utils.randomSecretKey();
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const publicKey = base64(ed25519.getPublicKey(privateKey));

let db: TestStore;
let dir: string;
beforeAll(async () => {
  db = await testStore({ signing: { keyId: 'k1', privateKey: base64(privateKey) } });
  await db.store.audit.append('inc-1', history('inc-1', 5).slice(0, 2));
  await db.store.audit.append('inc-1', history('inc-1', 5));
});
afterAll(() => db.end());
beforeEach(() => {
  dir = newFolder();
});
afterEach(() => removeFolder(dir));

const fromDatabase = (): Promise<Store> => createStore({ url: db.url, poolSize: 1 });

const exported = async (...more: string[]): Promise<string> => {
  const file = join(dir, 'export.jsonl');
  await run(['audit', 'export', '--incident', 'inc-1', '--out', file, ...more], fromDatabase);
  return file;
};

describe('holdpoint audit', () => {
  it('verifies its own export without a database', async () => {
    const file = await exported();
    const { head } = (await db.store.audit.head('inc-1')) ?? {};
    expect(await run(['audit', 'verify', file])).toEqual({
      output: `valid: incident inc-1, 5 records, head ${head}, signatures not checked: give --public-key\n`,
      code: 0,
    });
    const { output, code } = await run([
      'audit',
      'verify',
      file,
      '--public-key',
      publicKey,
      '--head',
      String(head),
    ]);
    expect([output, code]).toEqual([`valid: incident inc-1, 5 records, head ${head}, 2 signed heads\n`, 0]);
  });

  it('names the record that was changed, and fails', async () => {
    const file = await exported();
    const lines = readFileSync(file, 'utf8').split('\n');
    lines[3] = lines[3]?.replace('noteAdded', 'noteAddad') ?? '';
    writeFileSync(file, lines.join('\n'));
    expect(await run(['audit', 'verify', file])).toEqual({
      output: 'NOT VALID\n  Record 3 (line 4) was changed: its hash is not that of its content.\n',
      code: 1,
    });
  });

  it('names what was changed in the database behind the log’s back', async () => {
    await db.store.audit.append('inc-2', history('inc-2', 4));
    const tampered = async (sql: string): Promise<string> => {
      await db.query('alter table audit_event disable trigger all');
      await db.query('begin');
      const file = join(dir, 'tampered.jsonl');
      try {
        await db.query(sql);
        await db.query('commit');
        await run(['audit', 'export', '--incident', 'inc-2', '--out', file], fromDatabase);
      } finally {
        await db.query('alter table audit_event enable trigger all');
      }
      return (await run(['audit', 'verify', file, '--public-key', publicKey])).output;
    };
    expect(
      await tampered("update audit_event set recorded_at_ms = 1 where incident_id = 'inc-2' and seq = 2"),
    ).toContain('Record 2 (line 3) was changed');
    removeFolder(join(dir, 'tampered.jsonl'));
    expect(await tampered("delete from audit_event where incident_id = 'inc-2' and seq = 4")).toContain(
      'Record 4 is not the one whose head was signed.',
    );
  });

  it('does not write over a file, and says when there is no such incident', async () => {
    const file = await exported();
    await expect(
      run(['audit', 'export', '--incident', 'inc-1', '--out', file], fromDatabase),
    ).rejects.toThrow(/EEXIST/);
    await expect(run(['audit', 'export', '--incident', 'nobody'], fromDatabase)).rejects.toThrow(
      'There is no incident nobody',
    );
  });

  it('carries the words of people, unless told not to', async () => {
    const { text } = prose('note 2 of inc-1');
    expect(readFileSync(await exported(), 'utf8')).toContain(text);
    removeFolder(join(dir, 'export.jsonl'));
    const without = await exported('--no-words');
    expect(readFileSync(without, 'utf8')).not.toContain(text);
    expect((await run(['audit', 'verify', without])).output).toContain('4 texts erased or left out');
  });

  it('says what a public key looks like', async () => {
    const file = await exported();
    await expect(run(['audit', 'verify', file, '--public-key', 'abc'])).rejects.toThrow(
      /--public-key must be an Ed25519 key/,
    );
  });
});

describe('holdpoint evidence', () => {
  it('fails over what is no manifest, and names a file that was altered', async () => {
    const evidence = createFilesystemEvidence({ dir });
    const { uri } = await evidence.put(new TextEncoder().encode('{}'));
    expect(await run(['evidence', 'verify', dir, uri])).toEqual({
      output: `NOT VALID\n  ${uri} is no manifest of a seal: give the address of one\n`,
      code: 1,
    });
    const file = join(dir, 'sha256', uri.slice(7, 9), uri.slice(9));
    chmodSync(file, 0o600);
    writeFileSync(file, 'other');
    const { output, code } = await run(['evidence', 'verify', dir, uri]);
    expect(code).toBe(1);
    expect(output).toContain(`evidence ${uri} was altered`);
  });
});

import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFilesystemEvidence } from '../../../src/adapters/evidence/filesystem.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'evidence-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const fileOf = (uri: string): string => join(dir, 'sha256', uri.slice(7, 9), uri.slice(9));
/** As somebody who may do anything on the machine would. */
const tamper = (uri: string, text: string): void => {
  chmodSync(fileOf(uri), 0o600);
  writeFileSync(fileOf(uri), text);
};

describe('evidence in a folder', () => {
  it('gives back the bytes that were put, under the digest of what is in them', async () => {
    const evidence = createFilesystemEvidence({ dir });
    const { sha256, uri } = await evidence.put(bytesOf('hello'));
    expect(sha256).toBe('2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824');
    expect(uri).toBe(`sha256:${sha256}`);
    expect(Buffer.from(await evidence.get(uri)).toString()).toBe('hello');
    expect(await evidence.verify(uri)).toEqual({ ok: true });
    expect(
      existsSync(join(dir, 'sha256', '2c', 'f24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824')),
    ).toBe(true);
  });

  it('keeps one file of the same bytes, however many put them at once, and nothing half-written', async () => {
    const stores = Array.from({ length: 10 }, () => createFilesystemEvidence({ dir }));
    const bytes = new Uint8Array(300_000).fill(7);
    const put = await Promise.all(stores.map((evidence) => evidence.put(bytes)));
    expect(new Set(put.map(({ uri }) => uri)).size).toBe(1);
    expect(readdirSync(join(dir, 'tmp'))).toEqual([]);
    expect(await stores[0]?.get(put[0]?.uri ?? '')).toHaveLength(300_000);
  });

  it('never gives altered bytes, and does not mend them behind anyone’s back', async () => {
    const evidence = createFilesystemEvidence({ dir });
    const { uri } = await evidence.put(bytesOf('what happened'));
    tamper(uri, 'what did not');
    await expect(evidence.get(uri)).rejects.toMatchObject({
      name: 'EvidenceAltered',
      message: expect.stringContaining(uri),
    });
    expect(await evidence.verify(uri)).toEqual({
      ok: false,
      problem: expect.stringContaining('was altered'),
    });
    await expect(evidence.put(bytesOf('what happened'))).rejects.toMatchObject({ name: 'EvidenceAltered' });
  });

  it('says when a file is gone', async () => {
    const evidence = createFilesystemEvidence({ dir });
    const { uri } = await evidence.put(bytesOf('x'));
    rmSync(fileOf(uri));
    expect(await evidence.verify(uri)).toEqual({ ok: false, problem: expect.stringContaining('is missing') });
  });

  it.each([
    '../../../etc/passwd',
    'sha256:../../../../etc/passwd',
    `sha256:${'a'.repeat(63)}/`,
    `sha256:${'A'.repeat(64)}`,
    `file:///etc/passwd`,
    `sha256:${'a'.repeat(64)}\n`,
    '',
  ])('follows no address out of the folder: %j', async (uri) => {
    const evidence = createFilesystemEvidence({ dir });
    await expect(evidence.get(uri)).rejects.toMatchObject({ name: 'EvidenceAltered' });
  });

  it('believes the digest, not a link that somebody put in a file’s place', async () => {
    const evidence = createFilesystemEvidence({ dir });
    const { uri } = await evidence.put(bytesOf('x'));
    rmSync(fileOf(uri));
    symlinkSync('/etc/hostname', fileOf(uri));
    await expect(evidence.get(uri)).rejects.toMatchObject({ name: 'EvidenceAltered' });
  });

  it('writes nothing when opened for reading', async () => {
    const { uri } = await createFilesystemEvidence({ dir }).put(bytesOf('x'));
    const evidence = createFilesystemEvidence({ dir, readOnly: true });
    expect(Buffer.from(await evidence.get(uri)).toString()).toBe('x');
    await expect(evidence.put(bytesOf('y'))).rejects.toMatchObject({ name: 'EvidenceUnavailable' });
    await expect(evidence.name(['a'], uri)).rejects.toMatchObject({ name: 'EvidenceUnavailable' });
  });

  it('says what to look at when the folder cannot be written', async () => {
    writeFileSync(join(dir, 'file'), '');
    const evidence = createFilesystemEvidence({ dir: join(dir, 'file') });
    await expect(evidence.put(bytesOf('x'))).rejects.toMatchObject({
      name: 'EvidenceUnavailable',
      message: expect.stringContaining('look at the disk'),
    });
    expect(await createFilesystemEvidence({ dir: join(dir, 'nowhere') }).named(['a'])).toBeNull();
  });
});

describe('names', () => {
  it('stand for ever, whoever is first', async () => {
    const evidence = createFilesystemEvidence({ dir });
    const [one, two] = [await evidence.put(bytesOf('1')), await evidence.put(bytesOf('2'))];
    const name = ['seal', 'inc-1', '../../session', '1'];
    expect(await evidence.named(name)).toBeNull();
    const tries = await Promise.all([one, two, one, two].map(({ uri }) => evidence.name(name, uri)));
    const standing = await evidence.named(name);
    expect([one.uri, two.uri]).toContain(standing);
    expect(new Set(tries)).toEqual(new Set([standing]));
    expect(await evidence.name(name, standing === one.uri ? two.uri : one.uri)).toBe(standing);
  });

  it('are told apart by every character, and lead nowhere else', async () => {
    const evidence = createFilesystemEvidence({ dir });
    const names = [
      ['a/b'],
      ['a', 'b'],
      ['a_b'],
      ['..'],
      ['.'],
      ['/etc/passwd'],
      ['\u0000'],
      ['ä'.repeat(300)],
      [''],
    ];
    for (const [index, name] of names.entries()) {
      const { uri } = await evidence.put(bytesOf(String(index)));
      await evidence.name(name, uri);
    }
    for (const [index, name] of names.entries()) {
      const uri = await evidence.named(name);
      expect(Buffer.from(await evidence.get(uri ?? '')).toString()).toBe(String(index));
    }
    expect(readdirSync(dir).sort()).toEqual(['names', 'sha256', 'tmp']);
  });
});

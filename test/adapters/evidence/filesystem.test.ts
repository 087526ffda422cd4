import { chmodSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFilesystemEvidence } from '../../../src/adapters/evidence/filesystem.ts';
import { bytesOf, evidenceRules } from './store-rules.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'evidence-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const fileOf = (uri: string): string => join(dir, 'sha256', uri.slice(7, 9), uri.slice(9));

const place = {
  open: (options = {}) => createFilesystemEvidence({ dir, ...options }),
  tamper: (uri: string, text: string) => {
    chmodSync(fileOf(uri), 0o600);
    writeFileSync(fileOf(uri), text);
  },
  remove: (uri: string) => rmSync(fileOf(uri)),
  list: () =>
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1)),
};

describe('evidence in a folder', () => {
  evidenceRules(() => place);

  it('believes the digest, not a link that somebody put in a file’s place', async () => {
    const evidence = createFilesystemEvidence({ dir });
    const { uri } = await evidence.put(bytesOf('x'));
    rmSync(fileOf(uri));
    symlinkSync('/etc/hostname', fileOf(uri));
    await expect(evidence.get(uri)).rejects.toMatchObject({ name: 'EvidenceAltered' });
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

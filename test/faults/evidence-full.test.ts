import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createFilesystemEvidence } from '../../src/adapters/evidence/filesystem.ts';
import { newFolder, removeFolder } from '../support/folder.ts';

const isRoot = process.getuid?.() === 0;
/** Root ignores modes, so it gets a file system of its own; anybody else a folder that modes protect. */
const mount = (dir: string, options: string): void =>
  void execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', dir]);

let root: string;
let dir: string;
let isMounted: boolean;
beforeEach(() => {
  root = newFolder();
  dir = join(root, 'evidence');
  mkdirSync(dir);
  isMounted = false;
});
afterEach(() => {
  if (isMounted) execFileSync('umount', [dir]);
  else chmodSync(dir, 0o700);
  removeFolder(root);
});

const makeReadOnly = (): void => {
  if (!isRoot) return chmodSync(dir, 0o500);
  mount(dir, 'ro,size=64k');
  isMounted = true;
};
const bytes = (size: number): Uint8Array => new Uint8Array(size).fill(size % 251);
const unavailable = (code: RegExp) => ({
  name: 'EvidenceUnavailable',
  message: expect.stringMatching(new RegExp(`${code.source}.*look at the disk`)),
});

it('a folder that is read-only: nothing is called sealed, and it says what to look at', async () => {
  makeReadOnly();
  const evidence = createFilesystemEvidence({ dir });
  await expect(evidence.put(bytes(10))).rejects.toMatchObject(unavailable(/EROFS|EACCES/));
  expect(await evidence.named(['seal', 'inc-1', 's-1', '1'])).toBeNull();
});

const whenRoot = isRoot ? it : it.failing;
whenRoot('a folder that is full: no half file stands, and what stood is as it was', async () => {
  mount(dir, 'size=64k');
  isMounted = true;
  const evidence = createFilesystemEvidence({ dir });
  const before = await evidence.put(bytes(20_000));
  await expect(evidence.put(bytes(200_000))).rejects.toMatchObject(unavailable(/ENOSPC/));
  expect(readdirSync(join(dir, 'tmp'))).toEqual([]);
  expect(await evidence.verify(before.uri)).toEqual({ ok: true });
  execFileSync('mount', ['-o', 'remount,size=1m', dir]);
  const after = await evidence.put(bytes(200_000));
  expect(await evidence.verify(after.uri)).toEqual({ ok: true });
});

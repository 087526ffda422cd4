import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { run } from '../run.ts';
import { isReachable, type Account } from './account.ts';
import type { Binaries } from './binaries.ts';

/** A Postgres cluster on disk: where its files are, and the password of its only account. */
export type Cluster = { dir: string; password: string };

export const USER = 'holdpoint';
const MAJOR_VERSION = '18';
const INIT_MS = 120_000;
/** Where root keeps clusters whose own folder the server's account cannot reach. */
const RELOCATED = '/var/lib/holdpoint';

/** Opens the cluster of a data folder, making it (with a random password) when there is none. */
export async function openCluster(
  dataDir: string,
  binaries: Binaries,
  account: Account | undefined,
): Promise<Cluster> {
  const place = account ? reachablePlace(dataDir) : dataDir;
  const dir = join(place, 'cluster');
  const passwordFile = join(dataDir, 'password');
  if (existsSync(dir)) {
    requireVersion(dir);
    return { dir, password: readPassword(passwordFile, dir) };
  }
  const password = randomBytes(24).toString('base64url');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  await initialise(place, dir, password, binaries, account);
  return { dir, password };
}

/** Built beside and renamed at the end: a start that was cut short leaves no half of a cluster. */
async function initialise(
  place: string,
  dir: string,
  password: string,
  binaries: Binaries,
  account: Account | undefined,
): Promise<void> {
  const fresh = join(place, 'cluster.new');
  const passwordFile = join(place, 'password.init');
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) for (const path of [fresh, passwordFile]) chownSync(path, account.uid, account.gid);
  try {
    const args = [
      `--pgdata=${fresh}`,
      `--username=${USER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
    ];
    args.push(
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
    );
    const { code, output } = await run(binaries.initdb, args, { timeoutMs: INIT_MS, account });
    if (code !== 0) throw new Error(`cannot initialise Postgres in ${place}:\n${output.trim()}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(fresh, dir);
}

function requireVersion(dir: string): void {
  const version = readFileSync(join(dir, 'PG_VERSION'), 'utf8').trim();
  if (version === MAJOR_VERSION) return;
  throw new Error(
    `${dir} was made by Postgres ${version}, this is ${MAJOR_VERSION}: dump it with the old version, or move the folder away to start afresh`,
  );
}

function readPassword(file: string, dir: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new Error(`${file} is missing: put it back, or move ${dir} away to start afresh`);
  }
}

/** The data folder, or a folder of its own in the system's place when the account cannot get to the first. */
function reachablePlace(dataDir: string): string {
  chmodSync(dataDir, 0o711);
  if (isReachable(join(dataDir, 'cluster'))) return dataDir;
  const pointer = join(dataDir, 'location');
  if (!existsSync(pointer))
    writeFileSync(pointer, join(RELOCATED, randomBytes(8).toString('hex')), { mode: 0o600 });
  const place = readFileSync(pointer, 'utf8').trim();
  mkdirSync(place, { recursive: true, mode: 0o711 });
  return place;
}

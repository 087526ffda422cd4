import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The environment, as the functions here read it. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The folder in which everything embedded keeps its state: `HOLDPOINT_HOME`, else `.holdpoint` in the
 * working folder. Deleting it is a fresh start.
 */
export function homeDir(env: Environment = process.env, workingDir: string = process.cwd()): string {
  return resolve(workingDir, env['HOLDPOINT_HOME'] || '.holdpoint');
}

/**
 * The folder of what can be fetched again (server programs): `HOLDPOINT_CACHE`, else `holdpoint` in the
 * user's cache folder. Shared by every checkout on the machine.
 */
export function cacheDir(env: Environment = process.env): string {
  if (env['HOLDPOINT_CACHE']) return resolve(env['HOLDPOINT_CACHE']);
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'holdpoint');
}

/**
 * Makes a folder that only its owner may read, with its parents; gives the path back. Root's may be passed through,
 * because Postgres, which does not run as root, keeps its data below.
 */
export function privateDir(...parts: [string, ...string[]]): string {
  const path = join(...parts);
  mkdirSync(path, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  return path;
}

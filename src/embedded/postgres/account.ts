import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** An operating-system account. */
export type Account = { uid: number; gid: number };

/**
 * The account Postgres runs as when we are root, which it refuses to be: `postgres` where the machine has one, else
 * `nobody`. Undefined when we are not root and it runs as we do.
 */
export function serverAccount(
  uid: number | undefined = process.getuid?.(),
  passwd = '/etc/passwd',
): Account | undefined {
  if (uid !== 0) return undefined;
  const lines = readFileSync(passwd, 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(':');
    const [uidText, gidText] = [fields?.[2], fields?.[3]];
    if (uidText && gidText) return { uid: Number(uidText), gid: Number(gidText) };
  }
  throw new Error(
    'Postgres does not run as root, and this machine has neither a postgres nor a nobody account: set DATABASE_URL',
  );
}

/** Whether an account that owns none of them may pass through every folder above the path (and so reach it). */
export function isReachable(path: string): boolean {
  for (let dir = dirname(path); ; dir = dirname(dir)) {
    if ((statSync(dir).mode & 0o001) === 0) return false;
    if (dir === dirname(dir)) return true;
  }
}

/**
 * Ends the servers of a Holdpoint process that was killed before it could end them itself.
 *
 * The process writes one line a server to this program's input: `+ <pid> <identity> <signal>` when it starts
 * one, `- <pid>` when it has stopped one. The input ends when the process is gone, however it went; what is
 * still listed then gets its signal, and SIGKILL five seconds later.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const PATIENCE_MS = 5_000;
const servers = new Map();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const [sign, pid, identity, signal] = line.split(' ');
  if (sign === '+') servers.set(Number(pid), { identity, signal });
  if (sign === '-') servers.delete(Number(pid));
});
lines.on('close', endAll);

async function endAll() {
  for (const [pid, server] of servers) kill(pid, server, server.signal);
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline && [...servers].some(([pid, server]) => isSame(pid, server))) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  for (const [pid, server] of servers) kill(pid, server, 'SIGKILL');
  process.exit(0);
}

function kill(pid, server, signal) {
  if (!isSame(pid, server)) return;
  try {
    process.kill(pid, signal);
  } catch {
    // It ended between the question and the signal.
  }
}

/** The same question as `identityOf` in src/embedded/processes.ts: a number used again is another process. */
function isSame(pid, server) {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] !== 'Z' && fields[19] === server.identity;
    }
    const env = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' };
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env });
    return started.trim().replaceAll(/\s+/g, '_') === server.identity;
  } catch {
    return false;
  }
}

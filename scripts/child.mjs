import { spawn } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { watchParent } from './parent.mjs';

/** A terminal's Ctrl-C reaches us from the terminal and again from npm; it counts once. */
const SAME_SIGNAL_MS = 500;
const PRELOAD = pathToFileURL(fileURLToPath(new URL('parent.mjs', import.meta.url))).href;

/**
 * Runs Node on the arguments and resolves to its exit code (128 + n when a signal ended it). The child gets each
 * signal once, from us, and ends when we are gone.
 */
export function runNode(args, { cwd, env = process.env } = {}) {
  const child = spawn(process.execPath, ['--import', PRELOAD, ...args], {
    cwd,
    stdio: 'inherit',
    // Its own process group, or the terminal would signal it too.
    detached: process.platform !== 'win32',
    env: { ...env, HOLDPOINT_PARENT: String(process.pid) },
  });
  const last = new Map();
  const forward = (signal) => {
    const now = Date.now();
    if (now - (last.get(signal) ?? 0) < SAME_SIGNAL_MS) return;
    last.set(signal, now);
    child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
  if (process.env['npm_lifecycle_event']) watchParent(process.ppid, () => forward('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + signalNumber(signal)));
  });
}

function signalNumber(signal) {
  return { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 1;
}

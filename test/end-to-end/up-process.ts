import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { processes } from '../support/processes.ts';

/** One `holdpoint up` as a user starts it, from its start to its end. */
export interface UpRun {
  /** Null when a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
  /** From the start to the first line after the stack stands, ms; null when it never stood. */
  standsAfterMs: number | null;
  /** From the interruption to the end of the process, ms; null when nothing interrupted it. */
  endedAfterMs: number | null;
  /** Commands of this home that were still there when the keeper had had its time. */
  orphans: string[];
}

export interface Interruption {
  signal: 'SIGINT' | 'SIGKILL';
  /** Sent as soon as a line of stderr has this. */
  when: RegExp;
  /** And so much later. */
  delayMs?: number;
}

const STANDS = /^Holdpoint worker/;
/** The keeper gives servers five seconds before it kills them. */
const KEEPER_MS = 8_000;

/** Runs `holdpoint up --auto --json` in the home; interrupts it when asked to. */
export async function runUp(
  home: string,
  interruption?: Interruption,
  args = ['--auto', '--json'],
): Promise<UpRun> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', 'up', ...args], {
    env: { ...process.env, HOLDPOINT_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const run: UpRun = {
    code: null,
    stdout: '',
    stderr: '',
    standsAfterMs: null,
    endedAfterMs: null,
    orphans: [],
  };
  let signalledAt: number | null = null;
  const interrupt = async ({ signal, delayMs = 0 }: Interruption): Promise<void> => {
    signalledAt = 0;
    if (delayMs > 0) await pause(delayMs);
    signalledAt = performance.now();
    child.kill(signal);
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (run.stdout += text));
  createInterface({ input: child.stderr }).on('line', (line) => {
    run.stderr += `${line}\n`;
    if (STANDS.test(line)) run.standsAfterMs = Math.round(performance.now() - startedAt);
    if (interruption && signalledAt === null && interruption.when.test(line)) void interrupt(interruption);
  });
  run.code = await new Promise((resolve) => child.once('close', (code) => resolve(code)));
  if (signalledAt !== null) run.endedAfterMs = Math.round(performance.now() - signalledAt);
  run.orphans = await orphansOf(home);
  return run;
}

/** What still runs on the home's files once whoever ends it has had the time. */
async function orphansOf(home: string): Promise<string[]> {
  const left = () => processes().filter(({ command, pid }) => command.includes(home) && pid !== process.pid);
  for (const deadline = performance.now() + KEEPER_MS; performance.now() < deadline; await pause(100)) {
    if (left().length === 0) return [];
  }
  return left().map(({ pid, command }) => `${pid} ${command.slice(0, 100)}`);
}

import { spawn } from 'node:child_process';

/** How a program ended: its exit code (null when killed or never started) and what it printed, cut to 64 KiB. */
export type RunResult = { code: number | null; output: string };

export type RunOptions = {
  timeoutMs: number;
  env?: Readonly<Record<string, string | undefined>>;
  /** The account to run as; only root may choose. */
  account?: { uid: number; gid: number } | undefined;
};

const OUTPUT_LIMIT = 65_536;

/**
 * Runs a program without a shell and waits for it; kills it and what it started after `timeoutMs`. Never throws: a
 * program that is not there is a result too.
 */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...(options.env ?? process.env) },
      ...options.account,
    });
    let output = '';
    const collect = (chunk: Buffer) => {
      if (output.length < OUTPUT_LIMIT) output += chunk.toString('utf8');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const timer = setTimeout(() => {
      output += `\n(no answer within ${Math.round(options.timeoutMs / 1000)} s)`;
      endGroup(child.pid);
    }, options.timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ code: null, output: error.message });
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output: output.slice(0, OUTPUT_LIMIT) });
    });
  });
}

function endGroup(pid: number | undefined): void {
  if (!pid) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

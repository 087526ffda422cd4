import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const KB_A_MB = 1024;
/** Linux counts CPU time in these, whatever the kernel's own tick. */
const TICKS_A_SECOND = 100;

export interface WorkerProcess {
  process: ChildProcess;
  startMs: number;
}

export async function startWorker(file: string, env: Record<string, string>): Promise<WorkerProcess> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', 'worker', '--config', file], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const lines = createInterface({ input: child.stderr! });
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      process.stderr.write(`worker: ${line}\n`);
      if (line.startsWith('holdpoint worker: ')) resolve();
    });
    child.once('exit', (code, signal) => {
      process.stderr.write(`the worker ended: ${code ?? signal}\n`);
      reject(new Error('the worker ended'));
    });
  });
  return { process: child, startMs: performance.now() - startedAt };
}

export const rssMb = ({ process: { pid } }: WorkerProcess): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / KB_A_MB;

/** CPU time so far, of all its threads. */
export const cpuSeconds = ({ process: { pid } }: WorkerProcess): number => {
  // After the name, which may hold spaces: fields 14 and 15 of proc(5).
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
};

export async function end({ process: child }: WorkerProcess): Promise<void> {
  child.removeAllListeners('exit');
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

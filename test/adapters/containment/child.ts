import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { until } from '../../instrument/until.ts';

/** A process takes long to start on a machine that has much to do. */
const PATIENCE_MS = 50_000;

/** A real process of its own that tells what it does in lines of JSON. */
export interface Child {
  pid: number;
  process: ChildProcess;
  lines: Record<string, unknown>[];
  line(
    what: string,
    matches: (line: Record<string, unknown>) => boolean,
    withinMs?: number,
  ): Promise<Record<string, unknown>>;
  /** Waits for its own end. */
  exited(withinMs?: number): Promise<number | null>;
  end(): Promise<void>;
}

/** Starts a TypeScript script of this repository with what it needs in its environment. */
export const startChild = (
  script: string,
  env: Record<string, string> = {},
  args: readonly string[] = [],
): Child => {
  const child = spawn(process.execPath, ['--import', 'tsx', resolve(script), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: Record<string, unknown>[] = [];
  let errors = '';
  createInterface({ input: child.stdout }).on('line', (text) => {
    if (text.startsWith('{')) lines.push(JSON.parse(text) as Record<string, unknown>);
  });
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
  const over = (): boolean => child.exitCode !== null || child.signalCode !== null;

  return {
    pid: child.pid ?? -1,
    process: child,
    lines,
    line: async (what, matches, withinMs = PATIENCE_MS) => {
      await until(
        `${what} from ${script}`,
        () => {
          if (over() && !lines.some(matches)) throw new Error(`${script} ended before ${what}: ${errors}`);
          return lines.some(matches);
        },
        withinMs,
      );
      return lines.find(matches) ?? {};
    },
    exited: async (withinMs = PATIENCE_MS) => {
      await until(`the end of ${script}`, over, withinMs);
      return child.exitCode;
    },
    end: async () => {
      if (over()) return;
      child.kill('SIGKILL');
      await until(`the end of ${script}`, over);
    },
  };
};

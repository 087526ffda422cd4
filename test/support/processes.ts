import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program under test in a process of its own. */
export type Running = {
  pid: number;
  /** The next line it prints on stdout. */
  line(): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
  /** What it printed on stderr so far. */
  errors(): string;
};

/** Runs a TypeScript or JavaScript file with Node, as a user's machine would; `before`: modules to load first. */
export function runFile(
  file: string,
  args: readonly string[] = [],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; before?: readonly string[] } = {},
): Running {
  const { before = [], ...rest } = options;
  const modules = [...(file.endsWith('.ts') ? ['tsx'] : []), ...before];
  const imports = modules.flatMap((name) => ['--import', name]);
  const child = spawn(process.execPath, [...imports, file, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...rest,
  });
  return watch(child);
}

function watch(child: ChildProcess): Running {
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('the child has no output');
  let errors = '';
  stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid ?? 0,
    line: async () => {
      const next = await lines.next();
      if (next.done) throw new Error(`it ended without a line:\n${errors}`);
      return next.value;
    },
    kill: (signal) => child.kill(signal),
    ended: new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal ?? 0))),
    errors: () => errors,
  };
}

/** Every process of the machine. */
export function processes(): { pid: number; parent: number; command: string }[] {
  const text = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,command='], { encoding: 'utf8' });
  return text
    .trim()
    .split('\n')
    .map((row) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row))
    .filter((match) => match !== null)
    .map(([, pid, parent, command]) => ({ pid: Number(pid), parent: Number(parent), command: command ?? '' }))
    .filter(({ command }) => !command.includes('<defunct>'));
}

/** Kills a Holdpoint process together with the keeper that would end its servers: what a power cut leaves. */
export function killWithKeeper(pid: number): void {
  const keeper = processes().find((one) => one.parent === pid && one.command.includes('keeper.mjs'));
  if (!keeper) throw new Error(`process ${pid} has no keeper`);
  process.kill(keeper.pid, 'SIGKILL');
  process.kill(pid, 'SIGKILL');
}

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A signal that asks a server to end in good order. */
type StopSignal = 'SIGTERM' | 'SIGINT';

export type ServerCommand = {
  /** Program and arguments; never read by a shell. */
  command: string;
  args: readonly string[];
  /** What the program prints goes here, so that its output outlives us and blocks nobody. */
  logFile: string;
  stopSignal: StopSignal;
  cwd?: string;
  env?: Readonly<Record<string, string | undefined>>;
  /** The account to run as; only root may choose. */
  account?: { uid: number; gid: number };
};

export type ServerProcess = {
  pid: number;
  identity: string;
  /** Whether the process still runs. */
  isRunning(): boolean;
  /** Asks it to end, waits, and kills it after `patienceMs`. Resolves when it is gone. */
  stop(patienceMs?: number): Promise<void>;
};

/** ps writes times as the locale and the time zone have it: the same for everybody who asks. */
const PS_ENV = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' };
const LOG_LIMIT_BYTES = 5_000_000;
const KEEPER = fileURLToPath(new URL('../../scripts/keeper.mjs', import.meta.url));

/**
 * Starts a server as a process of its own. A Ctrl-C in the terminal does not reach it (the order of ending is
 * ours), and it does not outlive this process: a keeper ends it even when we are killed with SIGKILL.
 */
export function startServer(command: ServerCommand): Promise<ServerProcess> {
  const log = openSync(command.logFile, sizeOf(command.logFile) > LOG_LIMIT_BYTES ? 'w' : 'a', 0o600);
  const child = spawn(command.command, command.args, {
    stdio: ['ignore', log, log],
    detached: true,
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    ...(command.env === undefined ? {} : { env: { ...command.env } }),
    ...command.account,
  });
  closeSync(log);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      child.off('error', reject);
      child.unref();
      resolve(watch(child, command.stopSignal));
    });
  });
}

function watch(child: ChildProcess, stopSignal: StopSignal): ServerProcess {
  const pid = child.pid ?? 0;
  const identity = identityOf(pid) ?? 'gone';
  tellKeeper(`+ ${pid} ${identity} ${stopSignal}`);
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  child.once('exit', () => tellKeeper(`- ${pid}`));
  return {
    pid,
    identity,
    isRunning,
    stop: async (patienceMs = 10_000) => {
      if (!isRunning()) return;
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.ref();
      child.kill(stopSignal);
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      await gone;
      clearTimeout(timer);
    },
  };
}

/**
 * What tells this process from a later one with the same number (its start time, without blanks), or undefined
 * when no such process runs.
 */
export function identityOf(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? undefined : fields[19];
    }
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: PS_ENV,
    });
    return started.trim().replaceAll(/\s+/g, '_') || undefined;
  } catch {
    return undefined;
  }
}

/** Ends a server that an earlier Holdpoint left behind, if it is still the same process. */
export async function endLeftover(
  server: { pid: number; identity: string },
  stopSignal: StopSignal,
  patienceMs = 10_000,
): Promise<void> {
  const runs = () => identityOf(server.pid) === server.identity;
  if (!runs()) return;
  signal(server.pid, stopSignal);
  if (await until(() => !runs(), patienceMs)) return;
  signal(server.pid, 'SIGKILL');
  if (!(await until(() => !runs(), 5_000)))
    throw new Error(`process ${server.pid} does not end; stop it by hand`);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has just ended, or is not ours to end: the caller waits and says so.
  }
}

/** Polls until the condition holds; false when `timeoutMs` passed first. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  everyMs = 50,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  return true;
}

/** The last lines of a log, for an error message. */
export function tailOf(logFile: string, lines = 12): string {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '(no log)';
  }
}

let keeper: ChildProcess | undefined;

function tellKeeper(line: string): void {
  if (!keeper || keeper.exitCode !== null || keeper.signalCode !== null) {
    keeper = spawn(process.execPath, [KEEPER], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      env: {},
    });
    keeper.on('error', () => undefined);
    keeper.stdin?.on('error', () => undefined);
    keeper.unref();
    // A pipe that keeps the process alive would keep a finished program from ending.
    const pipe: unknown = keeper.stdin;
    if (hasUnref(pipe)) pipe.unref();
  }
  keeper.stdin?.write(`${line}\n`);
}

function hasUnref(value: unknown): value is { unref(): void } {
  return typeof value === 'object' && value !== null && 'unref' in value && typeof value.unref === 'function';
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}

import { Connection } from '@temporalio/client';
import { join } from 'node:path';
import { privateDir } from '../home.ts';
import { accepts, freePort } from '../ports.ts';
import { startServer, tailOf, until, type ServerProcess } from '../processes.ts';
import { recordServer, settleEarlier, whileStarting } from '../server-record.ts';
import { findExecutable } from './executable.ts';

/** The search attributes of Holdpoint's workflows, by name, with Temporal's type. */
export const SEARCH_ATTRIBUTES = {
  HoldpointAgent: 'Keyword',
  HoldpointPhase: 'Keyword',
  HoldpointMode: 'Keyword',
  HoldpointStatus: 'Keyword',
  HoldpointSession: 'KeywordList',
} as const satisfies Record<string, SearchAttributeType>;

type SearchAttributeType = 'Keyword' | 'KeywordList' | 'Text' | 'Int' | 'Double' | 'Bool' | 'Datetime';

export type TemporalServerOptions = {
  /** The folder for the log, the record of the running server and the database. */
  dir: string;
  /** Keeps workflows in this SQLite file; without it they end with the server. */
  dbFile?: string;
  /** Preferred ports; a taken one is replaced. Default: those of the last start, else 7233 and 8233. */
  port?: number;
  uiPort?: number;
  namespace?: string;
  searchAttributes?: Readonly<Record<string, SearchAttributeType>>;
  /** The Temporal CLI; found or fetched when not given. */
  executable?: string;
  report?: (line: string) => void;
};

export type TemporalServer = {
  /** `127.0.0.1:port`. */
  address: string;
  uiUrl: string;
  namespace: string;
  /** Ends the server if this process started it; a shared one goes on. */
  stop(): Promise<void>;
};

const START_MS = 30_000;
const ATTEMPTS = 3;

/**
 * Starts a Temporal dev server on loopback, or joins the one that another living Holdpoint process runs in the same
 * folder. One left behind by a process that was killed is ended first.
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const dir = privateDir(options.dir);
  const executable =
    options.executable ?? (await findExecutable('temporal', { report: options.report ?? ignore }));
  return whileStarting(join(dir, 'temporal.lock'), async () => {
    const recordFile = join(dir, 'temporal.json');
    const { shared, lastPorts } = await settleEarlier(recordFile, 'SIGTERM');
    const { port, ui } = lastPorts;
    if (shared && port && ui) return running(port, ui, options, async () => undefined);
    return startFresh(executable, recordFile, lastPorts, options);
  });
}

async function startFresh(
  executable: string,
  recordFile: string,
  lastPorts: Readonly<Record<string, number>>,
  options: TemporalServerOptions,
): Promise<TemporalServer> {
  const logFile = join(options.dir, 'temporal.log');
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(options.port ?? lastPorts['port'] ?? 7233);
    const ui = await freePort(options.uiPort ?? lastPorts['ui'] ?? 8233);
    const args = startArguments(port, ui, options);
    const server = await startServer({ command: executable, args, logFile, stopSignal: 'SIGTERM' });
    if (await isReady(server, port, ui, options.namespace ?? 'default')) {
      recordServer(recordFile, server, { port, ui });
      return running(port, ui, options, () => server.stop());
    }
    await server.stop();
    // Another process may have taken the port between our look and the start.
    if (attempt === ATTEMPTS) throw new Error(`the Temporal server does not start:\n${tailOf(logFile)}`);
  }
}

function startArguments(port: number, ui: number, options: TemporalServerOptions): string[] {
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', `${port}`, '--ui-port', `${ui}`];
  args.push('--namespace', options.namespace ?? 'default', '--log-level', 'warn', '--log-format', 'json');
  if (options.dbFile) args.push('--db-filename', options.dbFile);
  for (const [name, type] of Object.entries(options.searchAttributes ?? SEARCH_ATTRIBUTES)) {
    args.push('--search-attribute', `${name}=${type}`);
  }
  return args;
}

/** Ready means: the namespace answers, not only that a port is open. */
async function isReady(server: ServerProcess, port: number, ui: number, namespace: string): Promise<boolean> {
  const ready = async () => {
    if (!server.isRunning()) return true;
    return (await accepts(port)) && (await accepts(ui)) && (await answers(port, namespace));
  };
  return (await until(ready, START_MS, 50)) && server.isRunning();
}

async function answers(port: number, namespace: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address: `127.0.0.1:${port}`, connectTimeout: 2_000 });
    try {
      await connection.withDeadline(Date.now() + 2_000, () =>
        connection.workflowService.describeNamespace({ namespace }),
      );
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}

function running(
  port: number,
  ui: number,
  options: TemporalServerOptions,
  stop: () => Promise<void>,
): TemporalServer {
  const namespace = options.namespace ?? 'default';
  return { address: `127.0.0.1:${port}`, uiUrl: `http://127.0.0.1:${ui}`, namespace, stop };
}

function ignore(): void {}

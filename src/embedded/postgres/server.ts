import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { privateDir } from '../home.ts';
import { freePort } from '../ports.ts';
import { identityOf, startServer, tailOf, until, type ServerProcess } from '../processes.ts';
import { recordServer, settleEarlier, whileStarting } from '../server-record.ts';
import { serverAccount } from './account.ts';
import { postgresBinaries } from './binaries.ts';
import { openCluster, USER, type Cluster } from './cluster.ts';

export type PostgresOptions = {
  /** The folder for the cluster, its password and its log; made when missing. */
  dataDir: string;
  /** Preferred port; a taken one is replaced. Default: that of the last start, else 5433. */
  port?: number;
  /** False trades safety against a power cut for speed: for tests. */
  durable?: boolean;
};

export type PostgresServer = {
  /** `postgres://…` of the database `holdpoint`; holds the password, so never to be logged. */
  url: string;
  /** Ends the server if this process started it; a shared one goes on. */
  stop(): Promise<void>;
};

const DATABASE = 'holdpoint';
const START_MS = 30_000;
const ATTEMPTS = 3;

/**
 * Starts a Postgres on loopback, or joins the one that another living Holdpoint process runs on the same folder. One
 * left behind by a process that was killed is ended first; what it had committed is there.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const dataDir = privateDir(options.dataDir);
  return whileStarting(join(dataDir, 'postgres.lock'), async () => {
    const recordFile = join(dataDir, 'postgres.json');
    const { shared, lastPorts } = await settleEarlier(recordFile, 'SIGINT');
    const account = serverAccount();
    const binaries = postgresBinaries(account);
    const cluster = await openCluster(dataDir, binaries, account);
    const lastPort = lastPorts['port'];
    if (shared && lastPort) return { url: urlOf(cluster, lastPort, DATABASE), stop: async () => undefined };
    forgetDeadPostmaster(cluster);
    const logFile = join(dataDir, 'postgres.log');
    for (let attempt = 1; ; attempt++) {
      const port = await freePort(options.port ?? lastPort ?? 5433);
      const args = startArguments(cluster, port, options.durable ?? true);
      const command = { command: binaries.postgres, args, logFile, stopSignal: 'SIGINT' } as const;
      const server = await startServer(account ? { ...command, account } : command);
      if (await isReady(server, cluster, port)) {
        recordServer(recordFile, server, { port });
        await ensureDatabase(cluster, port);
        return { url: urlOf(cluster, port, DATABASE), stop: () => server.stop() };
      }
      await server.stop();
      if (attempt === ATTEMPTS) throw new Error(`Postgres does not start:\n${tailOf(logFile)}`);
    }
  });
}

function startArguments(cluster: Cluster, port: number, durable: boolean): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: `${port}`,
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_statement: 'none',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return [
    '-D',
    cluster.dir,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

/** Postgres will not start while the number in its pid file belongs to any process, ours or not. */
function forgetDeadPostmaster(cluster: Cluster): void {
  const file = join(cluster.dir, 'postmaster.pid');
  const pid = Number(firstLine(file));
  if (!pid) return;
  const gone = identityOf(pid) === undefined || commandLine(pid)?.includes(cluster.dir) === false;
  if (gone) rmSync(file, { force: true });
}

async function isReady(server: ServerProcess, cluster: Cluster, port: number): Promise<boolean> {
  const ready = async () =>
    !server.isRunning() || (await query(cluster, port, 'postgres', 'select 1')) !== undefined;
  return (await until(ready, START_MS, 50)) && server.isRunning();
}

async function ensureDatabase(cluster: Cluster, port: number): Promise<void> {
  const there = await query(
    cluster,
    port,
    'postgres',
    `select 1 from pg_database where datname = '${DATABASE}'`,
  );
  if (there === 0) await query(cluster, port, 'postgres', `create database ${DATABASE}`);
}

/** The number of rows, or undefined when the server does not answer yet. */
async function query(
  cluster: Cluster,
  port: number,
  database: string,
  sql: string,
): Promise<number | undefined> {
  const client = new pg.Client({
    connectionString: urlOf(cluster, port, database),
    connectionTimeoutMillis: 2_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(sql)).rows.length;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function urlOf(cluster: Cluster, port: number, database: string): string {
  return `postgres://${USER}:${cluster.password}@127.0.0.1:${port}/${database}`;
}

function firstLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').split('\n')[0] ?? '';
  } catch {
    return '';
  }
}

/** Of a process, on systems that show it. */
function commandLine(pid: number): string | undefined {
  return existsSync('/proc/self/cmdline') ? firstLine(`/proc/${pid}/cmdline`) : undefined;
}

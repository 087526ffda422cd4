/**
 * The receiver with live flags on, durable in Postgres: spans a second and round trips, in JSON and protobuf; memory over
 * many spans; what the flags cost against parsing. It runs what `npm run build` makes. Prints tables; writes
 * `bench/ingest.json`.
 *   npx tsx bench/ingest.ts [--seconds 8] [--million] [--load FILE] [--profile DIR]
 * FILE: another OTLP load program with the same report; DIR: where the receiver's CPU profiles go
 */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './ingest/built.ts';
import { cpuBelow } from './ingest/cpu.ts';
import { flagCosts } from './ingest/flag-costs.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    million: { type: 'boolean', default: false },
    spans: { type: 'string', default: '1000000' },
    load: { type: 'string' },
    profile: { type: 'string' },
    data: { type: 'string', default: process.env['HOLDPOINT_DATA'] },
  },
});

const KEY = 'bench-key-0123456789';
const built = build();

const asked = <T>(server: ChildProcess, what?: string): Promise<T> =>
  new Promise((resolve, reject) => {
    server.once('message', (answer) => resolve(answer as T));
    server.once('exit', (code) => reject(new Error(`the receiver ended with ${code}`)));
    if (what !== undefined) server.send(what);
  });

const startServer = async (...args: string[]): Promise<{ server: ChildProcess; url: string }> => {
  const server = fork(built('bench/ingest/server.ts'), args, {
    execArgv: values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const { url } = await asked<{ url: string }>(server);
  return { server, url };
};

const output = (args: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    child.stdout.on('data', (chunk) => (text += String(chunk)));
    child.on('close', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`the sender ended with ${code}: ${text}`)),
    );
  });

interface Load {
  encoding: string;
  inFlight: number;
  accepted: number;
  refused: number;
  spansPerS: number;
  p50Ms: number;
  p95Ms: number;
  clientCpu: number;
}

const own = async (url: string, encoding: string, inFlight: number, more: string[]): Promise<Load> =>
  JSON.parse(
    await output([
      built('bench/ingest/client.ts'),
      ...['--url', url, '--key', KEY, '--encoding', encoding, '--inFlight', String(inFlight)],
      ...more,
    ]),
  ) as Load;

/** Another program's report in our words. */
const others = async (file: string, url: string, encoding: string, inFlight: number): Promise<Load> => {
  const report = JSON.parse(
    await output([
      file,
      ...['--url', `${url}/v1/traces`, '--header', `authorization: Bearer ${KEY}`],
      ...['--seconds', values.seconds, '--max-spans', '1000000', '--in-flight', String(inFlight)],
      ...(encoding === 'protobuf' ? ['--protobuf'] : []),
    ]),
  ) as Record<string, number>;
  const number = (name: string): number => report[name] ?? 0;
  return {
    encoding,
    inFlight,
    accepted: number('accepted'),
    refused: number('failed'),
    spansPerS: number('spans_per_s'),
    p50Ms: number('p50_ms'),
    p95Ms: number('p95_ms'),
    clientCpu: number('client_cpu'),
  };
};

interface Stats {
  rss: number;
  heapUsed: number;
  cpu: { user: number; system: number };
  stored: number;
  seen: { sessions: number; spans: number; settled: number };
  diskBytes: number;
  load: { sessions: number; weight: number };
}
const mb = (bytes: number): number => Math.round(bytes / 1e6);

const throughput = async () => {
  const rows: (Load & {
    flags: boolean;
    stored: number;
    serverCpuUsPerSpan: number;
    databaseCpuUsPerSpan: number | null;
  })[] = [];
  for (const flags of [true, false]) {
    const { server, url } = await startServer(...(flags ? [] : ['no-flags']));
    const run = (encoding: string, inFlight: number, seconds: string): Promise<Load> =>
      values.load
        ? others(values.load, url, encoding, inFlight)
        : own(url, encoding, inFlight, ['--seconds', seconds]);
    await own(url, 'json', 2, ['--seconds', '4']);
    await own(url, 'protobuf', 2, ['--seconds', '4']);
    for (const encoding of ['json', 'protobuf'])
      for (const inFlight of flags ? [1, 4] : [4]) {
        const before = await asked<Stats>(server, 'stats');
        const databaseBefore = cpuBelow(server.pid ?? 0);
        const row = await run(encoding, inFlight, values.seconds);
        const database = (cpuBelow(server.pid ?? 0) ?? 0) - (databaseBefore ?? 0);
        const after = await asked<Stats>(server, 'stats');
        const cpu = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system;
        const stored = after.stored - before.stored;
        const perSpan = (us: number): number => Math.round((10 * us) / Math.max(1, stored)) / 10;
        rows.push({
          ...row,
          flags,
          stored,
          serverCpuUsPerSpan: perSpan(cpu),
          databaseCpuUsPerSpan: databaseBefore === null ? null : perSpan(database),
        });
        if (stored !== row.accepted)
          throw new Error(`${row.accepted} spans were accepted and ${stored} stored`);
      }
    await asked(server, 'stop');
  }
  return rows;
};

const memory = async (spans: number) => {
  const { server, url } = await startServer();
  const samples: { accepted: number; rssMb: number; heapMb: number; sessions: number }[] = [];
  const perSession = 50;
  const steps = 10;
  for (let step = 0; step < steps; step += 1) {
    await own(url, 'json', 4, [
      ...['--seconds', '600', '--spans', String(spans / steps), '--perSession', String(perSession)],
    ]);
    const now = await asked<Stats>(server, 'usage');
    samples.push({
      accepted: (spans / steps) * (step + 1),
      rssMb: mb(now.rss),
      heapMb: mb(now.heapUsed),
      sessions: now.load.sessions,
    });
  }
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const { stored, seen, diskBytes, load } = await asked<Stats>(server, 'settled');
  await asked(server, 'stop');
  return { spans, sessions: spans / perSession, samples, stored, seen, diskMb: mb(diskBytes), left: load };
};

const rows = await throughput();
const out = (line: string): void => void process.stdout.write(`${line}\n`);
out('encoding  in flight  flags   spans/s  p50 ms  p95 ms  CPU µs/span: receiver  database  client CPU');
for (const row of rows)
  out(
    [
      row.encoding.padEnd(9),
      String(row.inFlight).padStart(9),
      (row.flags ? 'on' : 'off').padStart(6),
      String(row.spansPerS).padStart(9),
      String(row.p50Ms).padStart(7),
      String(row.p95Ms).padStart(7),
      String(row.serverCpuUsPerSpan).padStart(22),
      String(row.databaseCpuUsPerSpan ?? '').padStart(9),
      String(row.clientCpu).padStart(11),
    ].join(' '),
  );
const costs = flagCosts(values.data ?? null);
out('\nCPU µs a span      bytes  JSON.parse  flags  ratio');
for (const cost of costs)
  out(
    [
      cost.what.padEnd(17),
      String(cost.bytes).padStart(6),
      cost.parseUs.toFixed(1).padStart(11),
      cost.flagsUs.toFixed(1).padStart(6),
      cost.ratio.toFixed(2).padStart(6),
    ].join(' '),
  );
const flat = values.million ? await memory(Number(values.spans)) : null;
if (flat) {
  out(
    `\n${flat.spans} spans in ${flat.sessions} sessions: ${flat.stored} stored, ${flat.seen.settled} sessions settled, ${flat.diskMb} MB on disk`,
  );
  out('after spans      RSS MB  heap MB  sessions in memory');
  for (const one of flat.samples)
    out(
      `${String(one.accepted).padStart(11)} ${String(one.rssMb).padStart(10)} ${String(one.heapMb).padStart(8)} ${String(one.sessions).padStart(19)}`,
    );
}
writeFileSync(
  join(root, 'bench', 'ingest.json'),
  `${JSON.stringify({ node: process.version, loadAverage: loadavg()[0], sender: values.load ? 'another' : 'own', rows, costs, memory: flat }, null, 2)}\n`,
);

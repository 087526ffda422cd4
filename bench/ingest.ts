/**
 * The receiver with live flags on, durable in Postgres: spans a second and round trips, in JSON and protobuf, and what the
 * flags cost against parsing. It runs what `npm run build` makes. Prints tables; writes its part of `bench/ingest.json`.
 *   npm run bench:ingest [-- --seconds 8] [--load FILE] [--profile DIR]
 *   npm run bench:ingest -- --million [--spans 1000000]   memory over a million spans in 20,000 sessions
 *   npm run bench:ingest -- --phoenix DIR                 beside a real Phoenix; DIR has a phoenix.sh with up and down
 * FILE: another OTLP load program with the same report; DIR of `--profile`: where the receiver's CPU profiles go
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { flagCosts } from './ingest/flag-costs.ts';
import { million } from './ingest/million.ts';
import { besidePhoenix } from './ingest/phoenix.ts';
import { Processes } from './ingest/processes.ts';
import { throughput } from './ingest/throughput.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    million: { type: 'boolean', default: false },
    spans: { type: 'string', default: '1000000' },
    phoenix: { type: 'string' },
    load: { type: 'string' },
    profile: { type: 'string' },
    data: { type: 'string', default: process.env['HOLDPOINT_DATA'] },
  },
});

const out = (line: string): void => void process.stdout.write(`${line}\n`);
/** Columns of a width each; the first starts on the left. */
const line = (cells: readonly (string | number)[], widths: readonly number[]): void =>
  out(cells.map((cell, i) => String(cell)[i === 0 ? 'padEnd' : 'padStart'](widths[i] ?? 0)).join(' '));

const file = new URL('ingest.json', import.meta.url);
/** What other parts measured stays. */
const note = (part: object): void => {
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as object) : {};
  writeFileSync(file, `${JSON.stringify({ ...before, node: process.version, ...part }, null, 2)}\n`);
};

const measureThroughput = async (processes: Processes): Promise<void> => {
  const rows = await throughput(processes, values.seconds);
  const widths = [9, 9, 6, 9, 7, 7, 22, 9, 11];
  out('encoding  in flight  flags   spans/s  p50 ms  p95 ms  CPU µs/span: receiver  database  client CPU');
  for (const row of rows)
    line(
      [
        ...[row.encoding, row.inFlight, row.flags ? 'on' : 'off', row.spansPerS, row.p50Ms, row.p95Ms],
        ...[row.serverCpuUsPerSpan, row.databaseCpuUsPerSpan ?? '', row.clientCpu],
      ],
      widths,
    );
  const costs = flagCosts(values.data ?? null);
  out('\nCPU µs a span      bytes  JSON.parse  flags  ratio');
  for (const { what, bytes, parseUs, flagsUs, ratio } of costs)
    line([what, bytes, parseUs.toFixed(1), flagsUs.toFixed(1), ratio.toFixed(2)], [17, 6, 11, 6, 6]);
  note({ loadAverage: loadavg()[0], sender: values.load ? 'another' : 'own', rows, costs });
};

const measureMemory = async (processes: Processes): Promise<void> => {
  const memory = await million(processes, Number(values.spans));
  const { spans, sessions, stored, seen, diskMb, wallS, spansPerS, growth } = memory;
  out(
    `${spans} spans in ${sessions} sessions within ${wallS} s (${spansPerS} a second): ${stored} stored, ${seen.settled} sessions settled, ${diskMb} MB on disk; memory grew to ${growth} times`,
  );
  out('after spans     RSS MB  heap MB  sessions in memory');
  for (const one of memory.samples)
    line([one.accepted, one.rssMb, one.heapMb, one.sessions], [11, 10, 8, 19]);
  note({ memory });
};

const measurePhoenix = async (processes: Processes, tools: string): Promise<void> => {
  const phoenix = await besidePhoenix(processes, values.seconds, tools);
  out('store                spans/s accepted  p50 ms  p95 ms  refused  stored  stored/s');
  for (const row of phoenix.rows)
    line(
      [row.store, row.spansPerS, row.p50Ms, row.p95Ms, row.refused, row.stored, row.storedPerS],
      [20, 16, 7, 7, 8, 7, 9],
    );
  note({ phoenix });
};

try {
  const processes = new Processes({ profile: values.profile, load: values.load });
  if (values.million) await measureMemory(processes);
  if (values.phoenix !== undefined) await measurePhoenix(processes, values.phoenix);
  if (!values.million && values.phoenix === undefined) await measureThroughput(processes);
} catch (error) {
  // The receiver ends when we are gone.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

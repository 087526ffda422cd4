/**
 * Many open incidents on one server: `node --import tsx bench/open-incidents.ts [--count 3000] [--burst 200] [--minutes 5]`.
 * Opens no more after so many minutes: the rows name how many there are.
 * Real server parts, a real worker process, Temporal on file; agents that have ended already, and people who do not
 * answer. Prints a table and writes bench/open-incidents.json.
 */
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { stringify } from 'yaml';
import { openParts } from '../src/compose/parts.ts';
import { loadConfig } from '../src/config.ts';
import { sampleSecrets, sampleSettings } from '../src/embedded/sample/config.ts';
import { freePort } from '../src/embedded/ports.ts';
import { startPostgres } from '../src/embedded/postgres/server.ts';
import { sampleWorkspace } from '../src/embedded/slack/sample-workspace.ts';
import { startSlackStandIn } from '../src/embedded/slack/stand-in.ts';
import { startTemporalServer } from '../src/embedded/temporal/server.ts';
import { historiesOf } from './open-incidents/histories.ts';
import { AGENTS, agentOf, open, settled, updates } from './open-incidents/incidents.ts';
import { cpuSeconds, end, rssMb, startWorker } from './open-incidents/worker.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '3000' },
    burst: { type: 'string', default: '200' },
    updates: { type: 'string', default: '100' },
    lanes: { type: 'string', default: '8' },
    minutes: { type: 'string', default: '5' },
  },
});
const [COUNT, BURST, UPDATES, LANES, MINUTES] = [
  values.count,
  values.burst,
  values.updates,
  values.lanes,
  values.minutes,
].map(Number) as [number, number, number, number, number];
/** So many are open, and wait for people, before the next are. */
const ROUND = 200;
const IDLE_MS = 15_000;
const MB = 1024 * 1024;
const dir = mkdtempSync(join(tmpdir(), 'holdpoint-bench-'));
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const quantile = (sorted: number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;

async function main(): Promise<void> {
  const temporalFile = join(dir, 'temporal', 'temporal.db');
  const temporal = await startTemporalServer({
    dir: join(dir, 'temporal'),
    dbFile: temporalFile,
    port: await freePort(),
    uiPort: await freePort(),
  });
  const database = await startPostgres({ dataDir: join(dir, 'postgres'), port: await freePort() });
  const secrets = sampleSecrets(dir);
  const { users, channels, userGroups } = sampleWorkspace();
  const slack = await startSlackStandIn({
    host: '127.0.0.1',
    port: 0,
    signingSecret: secrets.SLACK_SIGNING_SECRET,
    botToken: secrets.SLACK_BOT_TOKEN,
    requestUrl: 'http://127.0.0.1:9/none',
    users,
    channels,
    userGroups,
    // Slack takes one message a second and channel: 3,000 cards would be 50 minutes of waiting for it.
    rateLimits: 'off',
  });
  const agent = {
    owners: ['dana'],
    containment: { kind: 'stop-switch' },
    traces: { kind: 'store', retention: '24h' },
  };
  const { value, env } = sampleSettings({
    dir,
    port: await freePort(),
    slackApiUrl: slack.apiUrl,
    smtpUrl: 'smtp://127.0.0.1:9',
    databaseUrl: database.url,
    temporalAddress: temporal.address,
    secrets,
    agents: Object.fromEntries(Array.from({ length: AGENTS }, (_, i) => [agentOf(i), agent])),
  });
  const file = join(dir, 'holdpoint.yaml');
  writeFileSync(file, stringify({ ...value, breaker: { agents: 10 * AGENTS } }));
  const parts = await openParts(loadConfig({ file, env: { ...process.env, ...env } }));
  let worker = await startWorker(file, env);
  const disks = async (): Promise<{ temporalMb: number; postgresMb: number }> => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows: found } = await client.query('select pg_database_size(current_database()) as bytes');
    await client.end();
    const files = [temporalFile, `${temporalFile}-wal`].filter((file) => existsSync(file));
    const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
    return { temporalMb: bytes / MB, postgresMb: Number(found[0]?.bytes ?? 0) / MB };
  };
  const rows: Record<string, Record<string, string | number>> = {};
  const note = (what: string, found: Record<string, number>): void => {
    rows[what] = Object.fromEntries(
      Object.entries(found).map(([key, n]) => [key, n < 10 ? Number(n.toPrecision(2)) : Math.round(n)]),
    );
    say(`${what}: ${JSON.stringify(rows[what])}`);
  };
  try {
    note('no incident', { 'worker, MB': rssMb(worker), 'start, ms': worker.startMs });
    const burstAt = performance.now();
    const burst = await open(parts, 0, BURST, 32);
    const takenMs = performance.now() - burstAt;
    await settled(parts, BURST);
    note(`${BURST} at once`, {
      'all taken after, ms': takenMs,
      'taken p50, ms': quantile(burst.ms, 0.5),
      'taken p95, ms': quantile(burst.ms, 0.95),
      'all wait for people after, ms': performance.now() - burstAt,
      'worker, MB': rssMb(worker),
    });
    const few = await updates(parts, burst.ids, UPDATES);
    note(`${BURST} open`, { 'update p50, ms': quantile(few, 0.5), 'update p95, ms': quantile(few, 0.95) });
    const [cpuBefore, disksBefore] = [cpuSeconds(worker), await disks()];
    const openedAt = performance.now();
    const ids = [...burst.ids];
    while (ids.length < COUNT && performance.now() - openedAt < MINUTES * 60_000) {
      const next = Math.min(COUNT, ids.length + ROUND);
      const round = await open(parts, ids.length, next, LANES);
      await settled(parts, round.ids.length);
      ids.push(...round.ids);
      say(`${ids.length} open`);
    }
    const [more, disksAfter] = [ids.length - BURST, await disks()];
    const perIncident = {
      temporalMb: (disksAfter.temporalMb - disksBefore.temporalMb) / more,
      postgresMb: (disksAfter.postgresMb - disksBefore.postgresMb) / more,
    };
    note(`each of ${more} more`, {
      'to wait for people, ms': (performance.now() - openedAt) / more,
      'worker CPU, ms': ((cpuSeconds(worker) - cpuBefore) / more) * 1_000,
      'Temporal on disk, kB': perIncident.temporalMb * 1024,
      'Postgres on disk, kB': perIncident.postgresMb * 1024,
    });
    const { largestKb, events, kb } = await historiesOf(parts, ids);
    note('their histories', { events, kB: kb, 'largest event, kB': largestKb });
    const idleFrom = cpuSeconds(worker);
    await pause(IDLE_MS);
    note(`${ids.length} open, nothing happens`, {
      'worker CPU, %': ((cpuSeconds(worker) - idleFrom) / (IDLE_MS / 1_000)) * 100,
    });
    const warm = await updates(parts, ids, UPDATES);
    note(`${ids.length} open`, {
      'update p50, ms': quantile(warm, 0.5),
      'update p95, ms': quantile(warm, 0.95),
      'left as signals': UPDATES - warm.length,
      'worker, MB': rssMb(worker),
    });
    await end(worker);
    worker = await startWorker(file, env);
    const startMb = rssMb(worker);
    const cold = await updates(parts, ids, UPDATES);
    note(`${ids.length} open, a new worker`, {
      'start, ms': worker.startMs,
      'worker at start, MB': startMb,
      'first updates p50, ms': quantile(cold, 0.5),
      'first updates p95, ms': quantile(cold, 0.95),
      'left as signals': UPDATES - cold.length,
      'worker, MB': rssMb(worker),
    });
    note('50,000 open, by these', {
      'Temporal on disk, MB': perIncident.temporalMb * 50_000,
      'Postgres on disk, MB': perIncident.postgresMb * 50_000,
    });
  } finally {
    await end(worker);
    await parts.close();
    await slack.close();
    await database.stop();
    await temporal.stop();
    rmSync(dir, { recursive: true, force: true });
  }
  console.table(rows);
  const machine = { cores: cpus().length, load: loadavg().map((n) => Math.round(n)) };
  writeFileSync(
    new URL('open-incidents.json', import.meta.url),
    `${JSON.stringify({ asked: COUNT, machine, rows }, null, 2)}\n`,
  );
}

await main();

/**
 * Many open incidents on one server: `node --import tsx bench/open-incidents.ts [--count 3000] [--burst 200]`.
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
import { openParts, type Parts } from '../src/compose/parts.ts';
import { loadConfig } from '../src/config.ts';
import { sampleSecrets, sampleSettings } from '../src/embedded/sample/config.ts';
import { freePort } from '../src/embedded/ports.ts';
import { startPostgres } from '../src/embedded/postgres/server.ts';
import { sampleWorkspace } from '../src/embedded/slack/sample-workspace.ts';
import { startSlackStandIn } from '../src/embedded/slack/stand-in.ts';
import { startTemporalServer } from '../src/embedded/temporal/server.ts';
import { proseOf } from '../src/slack/prose.ts';
import { longSession } from './long-session.ts';
import { historiesOf } from './open-incidents/histories.ts';
import { cpuSeconds, end, rssMb, startWorker } from './open-incidents/worker.ts';
import { untilTaken } from './until-taken.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '3000' },
    burst: { type: 'string', default: '200' },
    updates: { type: 'string', default: '100' },
    lanes: { type: 'string', default: '8' },
  },
});
const [COUNT, BURST, UPDATES, LANES] = [values.count, values.burst, values.updates, values.lanes].map(
  Number,
) as [number, number, number, number];
const AGENTS = 50;
const IDLE_MS = 15_000;
const MB = 1024 * 1024;
const dir = mkdtempSync(join(tmpdir(), 'holdpoint-bench-'));
const agentOf = (i: number): string => `agent-${i % AGENTS}`;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const quantile = (sorted: number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;

/** Alerts of incidents `from` to `to`, some at once; ms until each was taken, and their ids. */
async function open(
  parts: Parts,
  from: number,
  to: number,
  lanes: number,
): Promise<{ ids: string[]; ms: number[] }> {
  const ids: string[] = [];
  const ms: number[] = [];
  let next = from;
  const lane = async (): Promise<void> => {
    while (next < to) {
      const i = next;
      next += 1;
      const agent = agentOf(i);
      const sessionId = `session-${i}`;
      await parts.store.spans.insert(agent, [
        ...longSession({ sessionId, agent, steps: 20, actions: 3, tools: 3 }),
      ]);
      const ack = { agent, sessionId, seq: 0, state: 'ended' as const, pid: null, atMs: Date.now() };
      await parts.store.switches.ack(ack);
      const startedAt = performance.now();
      const answer = await untilTaken(() =>
        parts.incidents.alert({
          agent,
          dedupKey: null,
          by: { kind: 'source', id: 'source:bench' },
          alert: {
            alertId: `alert-${i}`,
            source: 'bench',
            title: 'Decline rate 100 %',
            sessionId,
            firedAtMs: Date.now(),
            kind: 'semantic',
            severity: 'sev2',
            wrongValue: null,
            entityId: null,
            url: null,
          },
        }),
      );
      ms.push(performance.now() - startedAt);
      ids.push(answer.incidentId);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { ids, ms: ms.sort((a, b) => a - b) };
}

/** Until every incident waits for a person: analysed, its blast radius mapped. */
async function settled(parts: Parts, count: number): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const rows = await parts.store.incidents.list({ status: 'open', limit: count });
    const ready = rows.filter(({ state }) => state.blast !== null).length;
    say(`  ${ready} of ${count} wait for people (${((performance.now() - startedAt) / 1_000).toFixed(0)} s)`);
    if (ready >= count) return performance.now() - startedAt;
    // All states are read to know it: seldom, where they are many.
    await pause(Math.max(2_000, 4 * count));
  }
}

async function updates(parts: Parts, ids: string[], count: number): Promise<number[]> {
  const ms: number[] = [];
  const step = Math.max(1, Math.floor(ids.length / count));
  for (let i = 0; i < count; i += 1) {
    const id = ids[(i * step) % ids.length] ?? '';
    const by = {
      kind: 'person',
      id: 'ana',
      roles: ['responder'],
      via: 'api',
      verifiedBy: 'token',
      proof: null,
    } as const;
    const startedAt = performance.now();
    const words = {
      type: 'addNote' as const,
      id: `note-${id}-${i}-${startedAt}`,
      text: proseOf('Looked at.'),
    };
    const answer = await untilTaken(() => parts.incidents.send(id, words, { ...by, roles: [...by.roles] }));
    if (!answer.ok) throw new Error(answer.refusal.sentence);
    if (!answer.pending) ms.push(performance.now() - startedAt);
  }
  return ms.sort((a, b) => a - b);
}

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
    const rest = await open(parts, BURST, COUNT, LANES);
    await settled(parts, COUNT);
    const ids = [...burst.ids, ...rest.ids];
    const [more, disksAfter] = [COUNT - BURST, await disks()];
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
    note(`${COUNT} open, nothing happens`, {
      'worker CPU, %': ((cpuSeconds(worker) - idleFrom) / (IDLE_MS / 1_000)) * 100,
    });
    const warm = await updates(parts, ids, UPDATES);
    note(`${COUNT} open`, {
      'update p50, ms': quantile(warm, 0.5),
      'update p95, ms': quantile(warm, 0.95),
      'left as signals': UPDATES - warm.length,
      'worker, MB': rssMb(worker),
    });
    await end(worker);
    worker = await startWorker(file, env);
    const startMb = rssMb(worker);
    const cold = await updates(parts, ids, UPDATES);
    note(`${COUNT} open, a new worker`, {
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
    `${JSON.stringify({ count: COUNT, machine, rows }, null, 2)}\n`,
  );
}

await main();

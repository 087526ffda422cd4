/** A receiver with live flags on its own Postgres, as a process of its own; tells its parent where it is and how it fares. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createBaseline } from '../../src/activities/baseline.ts';
import { Secret } from '../../src/config/secret.ts';
import type { LiveConfig } from '../../src/config/types.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { startPostgres } from '../../src/embedded/postgres/server.ts';
import { lexicalSimilarity } from '../../src/forensics/text/similarity.ts';
import { listen } from '../../src/http/listen.ts';
import { otlpRoutes } from '../../src/http/otlp.ts';
import { Detector } from '../../src/live/detector.ts';
import { createStore } from '../../src/store/create.ts';

const AGENT = 'ingest-load';
export const BENCH_KEY = 'bench-key-0123456789';

/** Everything is judged and noted; who is stopped is another measurement. */
const live: LiveConfig = {
  mode: 'observe',
  alertFrom: 'warning',
  containFrom: 'critical',
  lessons: 'contain',
};

const dir = mkdtempSync(join(tmpdir(), 'holdpoint-ingest-'));
const postgres = await startPostgres({ dataDir: join(dir, 'postgres'), port: await freePort() });
const store = await createStore({ url: postgres.url });
const log = (entry: { message: string; detail?: string }): void =>
  void process.stderr.write(`${entry.message} ${entry.detail ?? ''}\n`);
const baseline = createBaseline(store);
const detector = new Detector({
  agents: [AGENT],
  spans: store.spans,
  sessions: store.sessions,
  knowledgeOf: async (agent) => ({
    context: {
      profile: await baseline.profileFor(agent),
      tools: null,
      tokenBudget: 1_000_000,
      similarity: lexicalSimilarity,
    },
    lessons: [],
    live,
  }),
  responder: {
    contain: () => Promise.reject(new Error('nobody is stopped here')),
    alert: () => Promise.reject(new Error('nobody is told here')),
  },
  log,
});
const isFlagging = process.argv[2] !== 'no-flags';
if (isFlagging) await detector.start();
const listening = await listen(
  otlpRoutes({
    spans: store.spans,
    keys: [
      { id: 'bench', kind: 'bearer', secret: new Secret(BENCH_KEY, 'KEY'), agents: [AGENT], may: ['traces'] },
    ],
    agents: [AGENT],
    ...(isFlagging ? { live: detector } : {}),
    log,
  }),
  { host: '127.0.0.1', port: 0 },
);

const database = new pg.Client({ connectionString: postgres.url });
await database.connect();
const one = async (sql: string): Promise<Record<string, unknown>> =>
  (await database.query<Record<string, unknown>>(sql)).rows[0] ?? {};

/** How it fares; waits until everything taken is also judged and written down where asked to. */
const stats = async (isSettled: boolean): Promise<object> => {
  if (isSettled) await detector.flush();
  const stored = await one('select coalesce(sum(json_array_length(spans)), 0)::int as spans from span_trace');
  const seen = await one(
    'select count(*)::int as sessions, coalesce(sum(spans), 0)::int as spans, count(*) filter (where settled)::int as settled from session',
  );
  const disk = await one('select pg_database_size(current_database())::float8 as bytes');
  return { stored: stored['spans'], seen, diskBytes: disk['bytes'] };
};

let stopping: Promise<void> | null = null;
const stop = (): Promise<void> =>
  (stopping ??= (async () => {
    await listening.close();
    await detector.stop();
    await database.end();
    await store.close();
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  })());
/** Also when whoever asks has gone. */
process.once('disconnect', () => void stop());

process.on('message', (ask: 'usage' | 'stats' | 'settled' | 'stop') => {
  void (async () => {
    const { rss, heapUsed } = process.memoryUsage();
    const usage = { rss, heapUsed, cpu: process.cpuUsage(), load: detector.load };
    if (ask === 'usage') process.send?.(usage);
    else if (ask === 'stop') {
      await stop();
      process.send?.({});
      process.disconnect();
    } else process.send?.({ ...usage, ...(await stats(ask === 'settled')) });
  })();
});
process.send?.({ url: listening.url });

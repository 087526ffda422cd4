/**
 * The pages over a store of 10,000 incidents, each lived through the decider and put on record, read over HTTP one after
 * the other. Prints median and p95 in ms and the size in kB; writes bench/pages.json.
 *
 *   npm run bench:pages -- [--incidents 10000] [--requests 200] [--keep folder] [--fill-only]
 *
 * With `--keep` the filled database stays in the folder, and the next run begins with it: filling takes minutes, and what
 * is measured does not.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { configFrom } from '../src/config.ts';
import { startPostgres } from '../src/embedded/postgres/server.ts';
import { createServer, listen } from '../src/http/server.ts';
import { createStore } from '../src/store/create.ts';
import type { Store } from '../src/store/port.ts';
import { manyIncidents } from '../test/web/support/many.ts';

const { values } = parseArgs({
  options: {
    incidents: { type: 'string', default: '10000' },
    requests: { type: 'string', default: '200' },
    keep: { type: 'string' },
    'fill-only': { type: 'boolean', default: false },
  },
});
const COUNT = Number(values.incidents);
const REQUESTS = Number(values.requests);
const WRITERS = 4;
const ENV = { TOKEN_ANA: 'ana-token-0123456789', SMTP_URL: 'smtp://127.0.0.1:2525' };

const settings = {
  server: { port: 0 },
  agents: { 'loan-agent': { containment: { kind: 'stop-switch' }, tools: {} } },
  people: {
    ana: { name: 'Ana Ruiz', roles: ['responder', 'approver'], tokenEnv: 'TOKEN_ANA' },
    ben: { name: 'Ben Okafor', roles: ['approver'] },
  },
  onCall: { primary: ['ana'] },
  mail: { from: 'holdpoint@example.com' },
  distribution: { platform: [{ mail: 'p@example.com' }], onCall: [{ mail: 'o@example.com' }] },
};

interface Filled {
  events: number;
  filledMs: number;
  /** An open incident with a blast radius. */
  open: string;
}

async function fill(store: Store): Promise<Filled> {
  const startedAt = performance.now();
  let events = 0;
  let open = '';
  const lives = manyIncidents(COUNT);
  const write = async (): Promise<void> => {
    for (const lived of lives) {
      await store.audit.append(lived.state.incidentId, lived.events);
      events += lived.events.length;
      if (lived.state.status === 'open' && lived.state.blast) open = lived.state.incidentId;
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  return { events, open, filledMs: Math.round(performance.now() - startedAt) };
}

/** What an earlier run left in the folder, else filled now. */
async function filledIn(folder: string, store: Store): Promise<Filled> {
  const note = join(folder, 'filled.json');
  if (existsSync(note)) return JSON.parse(readFileSync(note, 'utf8')) as Filled;
  const filled = await fill(store);
  writeFileSync(note, JSON.stringify(filled));
  return filled;
}

const quantile = (sorted: number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? 0;

async function measure(url: string, paths: readonly string[]) {
  const times: number[] = [];
  let bytes = 0;
  let cpuBefore = process.cpuUsage();
  for (let i = 0; i < REQUESTS + 10; i += 1) {
    const startedAt = performance.now();
    const response = await fetch(`${url}${paths[i % paths.length]}`, {
      headers: { authorization: `Bearer ${ENV.TOKEN_ANA}` },
    });
    const body = await response.arrayBuffer();
    if (!response.ok) throw new Error(`${paths[i % paths.length]}: ${response.status}`);
    // The first few warm the pool up.
    if (i === 9) cpuBefore = process.cpuUsage();
    if (i >= 10) times.push(performance.now() - startedAt);
    bytes = Math.max(bytes, body.byteLength);
  }
  times.sort((a, b) => a - b);
  const { user, system } = process.cpuUsage(cpuBefore);
  const round = (ms: number): number => Math.round(ms * 10) / 10;
  return {
    'median ms': round(quantile(times, 0.5)),
    'p95 ms': round(quantile(times, 0.95)),
    // Of this process, which asks and answers: what a busy machine does not change.
    'CPU ms': round((user + system) / 1_000 / REQUESTS),
    'largest kB': round(bytes / 1_000),
  };
}

const dir = values.keep ?? mkdtempSync(join(tmpdir(), 'holdpoint-bench-'));
mkdirSync(dir, { recursive: true });
const postgres = await startPostgres({ dataDir: join(dir, 'postgres') });
const store = await createStore({ url: postgres.url });

async function measureAll({ events, open, filledMs }: Filled): Promise<void> {
  const app = createServer({
    config: configFrom(settings, { name: 'bench', folder: dir, env: ENV }),
    incidents: {
      alert: () => Promise.reject(new Error('none')),
      send: () => Promise.reject(new Error('none')),
    } as never,
    store,
    switches: store.switches,
  });
  const listening = await listen(app, { host: '127.0.0.1', port: 0 });
  const pages = {
    overview: ['/'],
    'overview, filtered': ['/?agent=loan-agent&severity=sev1', '/?phase=sign_off', '/?owner=nobody'],
    'search, words': [
      '/incidents?q=decline+rate',
      '/incidents?q=refund',
      '/incidents?q=letter+wrong',
      '/incidents?q=zzz',
    ],
    'search, filters': [
      '/incidents?status=ended&mode=tool_misfire',
      '/incidents?late=true',
      '/incidents?from=2026-01-01&to=2026-02-01',
    ],
    'search, JSON, 200 a page': ['/api/v1/incidents?limit=200'],
    incident: [`/incidents/${open}`],
    agents: ['/agents'],
    metrics: ['/measures', '/measures?agent=loan-agent'],
  };
  const table: Record<string, Awaited<ReturnType<typeof measure>>> = {};
  for (const [name, paths] of Object.entries(pages)) table[name] = await measure(listening.url, paths);
  await listening.close();
  console.log(
    `${COUNT} incidents, ${events} events, lived and put on record in ${filledMs} ms; load ${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores`,
  );
  console.table(table);
  const result = {
    incidents: COUNT,
    events,
    filledMs,
    requests: REQUESTS,
    load1: loadavg()[0],
    cores: cpus().length,
    pages: table,
  };
  writeFileSync(new URL('./pages.json', import.meta.url), `${JSON.stringify(result, null, 2)}\n`);
}

try {
  const filled = await filledIn(dir, store);
  if (!values['fill-only']) await measureAll(filled);
} finally {
  await store.close();
  await postgres.stop();
  if (values.keep === undefined) rmSync(dir, { recursive: true, force: true });
}

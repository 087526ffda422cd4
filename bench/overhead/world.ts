import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createStopSwitch } from '../../src/adapters/containment/stop-switch.ts';
import { createWebhook } from '../../src/adapters/containment/webhook.ts';
import { toOtlpJson } from '../../src/adapters/traces/otlp-text.ts';
import type { TraceExport, TraceStore } from '../../src/adapters/traces/port.ts';
import { createStoreTraces } from '../../src/adapters/traces/store.ts';
import { createIncidents } from '../../src/client/incidents.ts';
import { openParts, workflowSettings, type Parts } from '../../src/compose/parts.ts';
import { startServer } from '../../src/compose/server.ts';
import { startWorker } from '../../src/compose/worker.ts';
import { configFrom } from '../../src/config.ts';
import { startLoanServices } from '../../src/embedded/sample/loans.ts';
import { AGENT, loanAgent, sampleSecrets, sampleSettings } from '../../src/embedded/sample/config.ts';
import { Scenario } from '../../src/embedded/sample/scenario.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { startDatabase, startMail, startSlack, startTemporal } from '../../src/embedded/up/parts.ts';
import { Stops } from '../../src/embedded/up/stops.ts';
import type { IncidentEvent } from '../../src/domain/incident/event.ts';
import type { Store } from '../../src/store/port.ts';

export { AGENT };
export const burstAgent = (n: number): string => `burst-${n}`;
const SECRET = 'bench-control-secret-0123456789';
const quiet = (): void => undefined;

/** Counts that only a measurement needs. */
export interface Counters {
  statements: number;
  /** When each session was told to stop, `performance.now()`. */
  stoppedAt: Map<string, number>;
}

export interface World {
  parts: Parts;
  /** Waits for an answer as long as it takes, so that no command turns into a signal under load. */
  patient: Parts['incidents'];
  slackCalls(): number;
  counters: Counters;
  /** Called with every record that became durable. */
  onRecord(listener: (incidentId: string, events: IncidentEvent[]) => void): void;
  /** The sample's own incident: the agent fails, an alert is posted. */
  sampleIncident(): Promise<{ incidentId: string; stop(): Promise<void> }>;
  /** From now on every session is this one under another id, and every agent obeys its control endpoint at once. */
  record(sessionId: string): Promise<void>;
  stop(): Promise<void>;
}

/** An agent's control endpoint that obeys at once. */
async function startAgents(stoppedAt: Counters['stoppedAt']) {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString('utf8');
    const said = body ? (JSON.parse(body) as { sessionId: string | null }) : null;
    if (said?.sessionId && !stoppedAt.has(said.sessionId)) stoppedAt.set(said.sessionId, performance.now());
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"state":"paused"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/control`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function countStatements(counters: Counters): void {
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function counted(this: pg.Client, ...args: Parameters<typeof query>) {
    counters.statements += 1;
    return Reflect.apply(query, this, args) as ReturnType<typeof query>;
  } as typeof query;
}

const tellsOf = (store: Store, tell: (incidentId: string, events: IncidentEvent[]) => void): Store => ({
  ...store,
  audit: {
    ...store.audit,
    append: async (incidentId, events) => {
      const head = await store.audit.append(incidentId, events);
      tell(incidentId, events);
      return head;
    },
  },
});

/** Holdpoint whole in this process, on real parts of its own: Temporal on a file, Postgres, Slack stand-in, SMTP. */
export async function startWorld(burst: number): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'holdpoint-bench-'));
  const stops = new Stops(new AbortController().signal);
  stops.add(async () => rmSync(dir, { recursive: true, force: true }));
  const counters: Counters = { statements: 0, stoppedAt: new Map() };
  const secrets = sampleSecrets(dir);
  const [temporal, database, mail] = await Promise.all([
    stops.keep(startTemporal(dir, quiet)),
    stops.keep(startDatabase(dir, quiet)),
    stops.keep(startMail(dir, quiet)),
  ]);
  const port = await freePort();
  const slack = await startSlack(dir, secrets, `http://127.0.0.1:${port}/slack/events`, quiet);
  stops.add(() => slack.close());
  const loansDir = join(dir, 'loans');
  const loans = await stops.keep(startLoanServices(loansDir));
  const agents = await stops.keep(startAgents(counters.stoppedAt));
  const sample = loanAgent(loans.urls.applications);
  const benchAgent = {
    ...sample,
    containment: { kind: 'webhook', url: agents.url, secretEnv: 'BENCH_CONTROL_SECRET' },
  };
  const names = Array.from({ length: burst }, (_, n) => burstAgent(n));
  const { value, env } = sampleSettings({
    dir,
    port,
    slackApiUrl: slack.apiUrl,
    smtpUrl: mail.smtpUrl,
    databaseUrl: database.url,
    temporalAddress: temporal.address,
    secrets,
    agents: { [AGENT]: sample, ...Object.fromEntries(names.map((name) => [name, benchAgent])) },
  });
  const config = configFrom(
    { ...value, breaker: { agents: burst + 10, window: '10m' } },
    { name: 'the benchmark', folder: dir, env: { ...env, BENCH_CONTROL_SECRET: SECRET } },
  );
  countStatements(counters);
  const opened = await openParts(config);
  stops.add(() => opened.close());
  const listeners: ((incidentId: string, events: IncidentEvent[]) => void)[] = [];
  const parts: Parts = {
    ...opened,
    store: tellsOf(opened.store, (id, events) => listeners.forEach((listener) => listener(id, events))),
  };
  const server = await startServer(parts);
  stops.add(() => server.stop());
  const { store, signer, client } = parts;
  let recording: TraceExport | null = null;
  const storeTraces = createStoreTraces({ spans: store.spans, agent: AGENT, retentionMs: null });
  const played: TraceStore = {
    name: 'recording',
    exportSession: async () => recording ?? Promise.reject(new Error('nothing was recorded')),
    retentionDeadlineMs: async () => null,
  };
  const webhook = (agent: string) =>
    createWebhook({ targets: { [agent]: { url: agents.url, secret: SECRET } } });
  const worker = await startWorker(parts, {
    containment: (agent) =>
      recording === null ? createStopSwitch({ store: store.switches }) : webhook(agent),
    traces: () => (recording === null ? storeTraces : played),
  });
  stops.add(() => worker.stop());
  return {
    parts,
    patient: createIncidents({
      client,
      signer,
      publicKeys: { [signer.keyId]: signer.publicKey },
      taskQueue: config.temporal.taskQueue,
      settings: workflowSettings,
      deadlineMs: 60_000,
      config,
      projection: store.incidents,
    }),
    slackCalls: () => slack.state.calls.length,
    counters,
    onRecord: (listener) => void listeners.push(listener),
    sampleIncident: async () => {
      const scenario = new Scenario({
        dir,
        loansDir,
        urls: loans.urls,
        endpoint: server.url,
        key: secrets.HOLDPOINT_SAMPLE_KEY,
        store,
        baseline: parts.baseline,
        say: quiet,
      });
      const { incidentId } = await scenario.toIncident();
      return { incidentId, stop: () => scenario.stop() };
    },
    record: async (sessionId) => {
      const { spans } = await storeTraces.exportSession(sessionId);
      const body = new TextEncoder().encode(toOtlpJson(spans));
      const page = { source: 'a recording', contentType: 'application/json', body };
      recording = { spans, pages: [page], warnings: [], stable: true };
    },
    stop: () => stops.run(),
  };
}

export const newSession = (): string => `bench-${randomUUID().slice(0, 13)}`;

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
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
import { startDatabase, startTemporal } from '../../src/embedded/up/parts.ts';
import { Stops } from '../../src/embedded/up/stops.ts';
import type { IncidentEvent } from '../../src/domain/incident/event.ts';
import type { Store } from '../../src/store/port.ts';
import { type Outside, startOutside } from './outside-client.ts';

export { AGENT };
export const burstAgent = (n: number): string => `burst-${n}`;
const SECRET = 'bench-control-secret-0123456789';
const quiet = (): void => undefined;

/** Counts that only a measurement needs. */
export interface Counters {
  statements: number;
  /** How often each statement was given, by its beginning. */
  texts: Map<string, number>;
}

export interface World {
  parts: Parts;
  /** Waits for an answer as long as it takes, so that no command turns into a signal under load. */
  patient: Parts['incidents'];
  outside: Outside;
  counters: Counters;
  /** Called with every record that became durable. */
  onRecord(listener: (incidentId: string, events: IncidentEvent[]) => void): void;
  /** The sample's own incident: the agent fails, an alert is posted. */
  sampleIncident(): Promise<{ incidentId: string; stop(): Promise<void> }>;
  /** From now on every session is this one under another id, and every agent obeys its control endpoint at once. */
  record(sessionId: string): Promise<void>;
  /** The same with spans that were made up. */
  play(spans: TraceExport['spans']): void;
  stop(): Promise<void>;
}

function countStatements(counters: Counters): void {
  const ask = pg.Client.prototype.query;
  pg.Client.prototype.query = function counted(this: pg.Client, ...args: Parameters<typeof ask>) {
    counters.statements += 1;
    const [query] = args as unknown as [string | { text: string }];
    const text = (typeof query === 'string' ? query : query.text).replace(/\s+/g, ' ').slice(0, 90);
    counters.texts.set(text, (counters.texts.get(text) ?? 0) + 1);
    return Reflect.apply(ask, this, args) as ReturnType<typeof ask>;
  } as typeof ask;
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
  const counters: Counters = { statements: 0, texts: new Map() };
  const secrets = sampleSecrets(dir);
  const port = await freePort();
  const [temporal, database, outside] = await Promise.all([
    stops.keep(startTemporal(dir, quiet)),
    stops.keep(startDatabase(dir, quiet)),
    stops.keep(
      startOutside({
        dir: join(dir, 'mail'),
        signingSecret: secrets.SLACK_SIGNING_SECRET,
        botToken: secrets.SLACK_BOT_TOKEN,
        requestUrl: `http://127.0.0.1:${port}/slack/events`,
      }),
    ),
  ]);
  const loansDir = join(dir, 'loans');
  const loans = await stops.keep(startLoanServices(loansDir));
  const sample = loanAgent(loans.urls.applications);
  const benchAgent = {
    ...sample,
    containment: { kind: 'webhook', url: outside.controlUrl, secretEnv: 'BENCH_CONTROL_SECRET' },
  };
  const names = Array.from({ length: burst }, (_, n) => burstAgent(n));
  const { value, env } = sampleSettings({
    dir,
    port,
    slackApiUrl: outside.slackApiUrl,
    smtpUrl: outside.smtpUrl,
    databaseUrl: database.url,
    temporalAddress: temporal.address,
    secrets,
    agents: { [AGENT]: sample, ...Object.fromEntries(names.map((name) => [name, benchAgent])) },
  });
  const config = configFrom(
    {
      ...value,
      breaker: { agents: burst + 10, window: '10m' },
      keys: { sample: { env: 'HOLDPOINT_SAMPLE_KEY', agents: [AGENT] } },
    },
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
  const { store, signer, client } = parts;
  let recording: TraceExport | null = null;
  const storeTraces = createStoreTraces({ spans: store.spans, agent: AGENT, retentionMs: null });
  const played: TraceStore = {
    name: 'recording',
    exportSession: async () => recording ?? Promise.reject(new Error('nothing was recorded')),
    retentionDeadlineMs: async () => null,
  };
  const play = (spans: TraceExport['spans']): void => {
    const body = new TextEncoder().encode(toOtlpJson(spans));
    const page = { source: 'a recording', contentType: 'application/json', body };
    recording = { spans, pages: [page], warnings: [], stable: true };
  };
  const webhook = (agent: string) =>
    createWebhook({ targets: { [agent]: { url: outside.controlUrl, secret: SECRET } } });
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
    outside,
    counters,
    onRecord: (listener) => void listeners.push(listener),
    sampleIncident: async () => {
      // Measured is the worker: a server beside it would add what its live detector asks for all agents.
      const server = await startServer(parts);
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
      return {
        incidentId,
        stop: async () => {
          await scenario.stop();
          await server.stop();
        },
      };
    },
    record: async (sessionId) => play((await storeTraces.exportSession(sessionId)).spans),
    play,
    stop: () => stops.run(),
  };
}

export const newSession = (): string => `bench-${randomUUID().slice(0, 13)}`;

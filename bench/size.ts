/**
 * One very long session through the real activities: `node --import tsx bench/size.ts [--steps 100000] [--actions 5000]
 * [--classes 40]`. Prints a table and writes bench/size.json.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createAnalyseActivities } from '../src/activities/analyse.ts';
import { createOnSession } from '../src/activities/long/on-session.ts';
import { createPreserveActivities } from '../src/activities/preserve.ts';
import { createFilesystemEvidence } from '../src/adapters/evidence/filesystem.ts';
import { createStoreTraces } from '../src/adapters/traces/store.ts';
import { freePort } from '../src/embedded/ports.ts';
import { startPostgres } from '../src/embedded/postgres/server.ts';
import type { Seal } from '../src/domain/incident/vocabulary.ts';
import type { RawSpan } from '../src/forensics/read/raw-span.ts';
import { createStore } from '../src/store/create.ts';
import { longSession, toolsOf } from './long-session.ts';

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '100000' },
    actions: { type: 'string', default: '5000' },
    classes: { type: 'string', default: '40' },
  },
});
const shape = {
  sessionId: 'session-of-many-steps',
  agent: 'queue-agent',
  steps: Number(values.steps),
  actions: Number(values.actions),
  tools: Number(values.classes),
};
const MB = 1024 * 1024;
const dir = mkdtempSync(join(tmpdir(), 'holdpoint-bench-'));

interface Row {
  what: string;
  seconds: number;
  /** Longest time that nothing else of the process could run, s. */
  blockedSeconds: number;
  rssMb: number;
  payloadKb: number | null;
}
const rows: Row[] = [];

async function measured<T>(what: string, work: () => Promise<T>, isPayload = true): Promise<T> {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 100);
  const startedAt = performance.now();
  try {
    const result = await work();
    peak = Math.max(peak, process.memoryUsage().rss);
    rows.push({
      what,
      seconds: (performance.now() - startedAt) / 1_000,
      blockedSeconds: delay.max / 1e9,
      rssMb: peak / MB,
      payloadKb: isPayload ? Buffer.byteLength(JSON.stringify(result) ?? '') / 1024 : null,
    });
    return result;
  } finally {
    clearInterval(watch);
    delay.disable();
  }
}

async function main(): Promise<void> {
  const database = await startPostgres({
    dataDir: join(dir, 'postgres'),
    port: await freePort(),
    durable: false,
  });
  const store = await createStore({ url: database.url });
  const evidence = createFilesystemEvidence({ dir: join(dir, 'evidence') });
  const tools = toolsOf(shape.tools);
  const preserve = createPreserveActivities({
    evidence,
    sourceFor: () =>
      createStoreTraces({ spans: store.spans, agent: shape.agent, joinAgents: [], retentionMs: null }),
    profileFor: () => Promise.resolve(null),
  });
  const analyse = createAnalyseActivities({
    evidence,
    documents: store.documents,
    spans: store.spans,
    onSession: createOnSession(evidence),
    toolsFor: () => tools,
    profileFor: () => Promise.resolve(null),
    cleanSessions: () => Promise.resolve([]),
    isAllowListed: () => false,
  });
  const environment = new MockActivityEnvironment();
  const run = (seal: (sealNumber: number) => Promise<Seal>): Promise<Seal> =>
    environment.run<[number], Seal, typeof seal>(seal, 1);
  try {
    await measured('spans stored', () => insert(store.spans), false);
    const { agent, sessionId } = shape;
    const order = { incidentId: 'inc-size', agent, sessionId };
    const seal = await measured('sealed', () =>
      run((sealNumber) => preserve.sealSession({ ...order, sealNumber })),
    );
    const { uri: manifestUri, manifestSha256 } = seal;
    const { analysis } = await measured('analysed', () =>
      analyse.analyseSession({ ...order, manifestUri, manifestSha256, alert: null }),
    );
    const { analysisUri } = analysis;
    const map = await measured('blast radius mapped', () =>
      analyse.mapBlastRadius({
        incidentId: 'inc-size',
        agent,
        sessions: [{ sessionId, manifestUri, analysisUri, originSteps: [1] }],
        executed: [],
        classified: {},
      }),
    );
    await measured('hashed again', () =>
      preserve.rehash({ incidentId: 'inc-size', manifests: [{ uri: manifestUri, sha256: manifestSha256 }] }),
    );
    const { steps, pages } = seal;
    const result = {
      ...shape,
      sealedSteps: steps,
      pages,
      classes: map.classes.length,
      total: map.total,
      rows,
    };
    console.table(
      Object.fromEntries(
        rows.map(({ what, seconds, blockedSeconds, rssMb, payloadKb }) => [
          what,
          {
            seconds: seconds.toFixed(1),
            'blocked, s': blockedSeconds.toFixed(1),
            'memory, MB': rssMb.toFixed(0),
            'payload, kB': payloadKb?.toFixed(1) ?? '–',
          },
        ]),
      ),
    );
    console.log(`${steps} steps, ${pages} pages, ${map.total} actions in ${map.classes.length} classes`);
    writeFileSync(new URL('size.json', import.meta.url), `${JSON.stringify(result, null, 2)}\n`);
  } finally {
    await store.close();
    await database.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function insert(spans: { insert(agent: string, spans: RawSpan[]): Promise<unknown> }): Promise<void> {
  let batch: RawSpan[] = [];
  for (const span of longSession(shape)) {
    batch.push(span);
    if (batch.length < 500) continue;
    await spans.insert(shape.agent, batch);
    batch = [];
  }
  if (batch.length > 0) await spans.insert(shape.agent, batch);
}

await main();

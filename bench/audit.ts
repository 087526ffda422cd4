// How long an auditor waits: node --import tsx bench/audit.ts [--verify 1000] [--rebuild 10000] [--keep folder]
// Makes incidents through the decider, exports 1,000 of them, verifies the export, rebuilds the projection of 10,000;
// with --keep of those that `bench:pages --keep` left in the folder, which saves minutes.
import { ed25519 } from '@noble/curves/ed25519.js';
import {
  chmodSync,
  createReadStream,
  createWriteStream,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { exportSet } from '../src/audit/export.ts';
import { verifyExport } from '../src/audit/verify-set.ts';
import { freePort } from '../src/embedded/ports.ts';
import { startPostgres } from '../src/embedded/postgres/server.ts';
import { createStore } from '../src/store/create.ts';
import { appendIncidents } from '../test/audit/incidents.ts';

const { values } = parseArgs({
  options: {
    verify: { type: 'string', default: '1000' },
    rebuild: { type: 'string', default: '10000' },
    keep: { type: 'string' },
  },
});
const verified = Number(values.verify);
const rebuilt = Number(values.rebuild);
const dir = mkdtempSync(join(tmpdir(), 'holdpoint-bench-'));
chmodSync(dir, 0o711);
const postgres = await startPostgres({ dataDir: join(dir, 'postgres'), port: await freePort() });
const privateKey = ed25519.utils.randomSecretKey();
const store = await createStore({ url: postgres.url, signing: { keyId: 'bench', privateKey } });
const file = join(dir, 'export.jsonl');

const timed = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
  const started = performance.now();
  return [await work(), Math.round(performance.now() - started)];
};

type Rebuilt = [{ incidents: number; differing: string[] }, number];

async function rebuild(): Promise<Rebuilt> {
  if (values.keep === undefined) {
    await appendIncidents(store.audit, rebuilt, { atOnce: 200, from: verified });
    return timed(() => store.incidents.rebuild({ check: true }));
  }
  const kept = await startPostgres({ dataDir: join(values.keep, 'postgres') });
  const keptStore = await createStore({ url: kept.url });
  try {
    return await timed(() => keptStore.incidents.rebuild({ check: true }));
  } finally {
    await keptStore.close();
    await kept.stop();
  }
}

try {
  const [, appendMs] = await timed(() => appendIncidents(store.audit, verified));
  const lines = exportSet(store, { fromMs: null, toMs: null, atMs: Date.now() });
  const [, exportMs] = await timed(() => pipeline(Readable.from(lines), createWriteStream(file)));
  const publicKeys = [ed25519.getPublicKey(privateKey)];
  const cpuBefore = process.cpuUsage();
  const [verdict, verifyMs] = await timed(() => verifyExport(createReadStream(file, 'utf8'), { publicKeys }));
  const verifyCpuMs = Math.round(process.cpuUsage(cpuBefore).user / 1_000);
  if (!verdict.ok) throw new Error(verdict.problems[0]);
  const [{ incidents, differing }, rebuildMs] = await rebuild();
  if (differing.length > 0) throw new Error(`${differing.length} rows differ`);
  const result = {
    at: new Date().toISOString(),
    machine: `${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`,
    export: {
      incidents: verdict.incidents,
      records: verdict.rows,
      bytes: statSync(file).size,
      appendMs,
      exportMs,
    },
    verify: { signedHeads: verdict.signaturesChecked, verifyMs, cpuMs: verifyCpuMs },
    rebuild: { incidents, rebuildMs },
  };
  console.table({
    'export ms': exportMs,
    records: verdict.rows,
    MB: Math.round(statSync(file).size / 1e5) / 10,
    'verify ms': verifyMs,
    'verify CPU ms': verifyCpuMs,
    'rebuild incidents': incidents,
    'rebuild ms': rebuildMs,
  });
  writeFileSync(new URL('audit.json', import.meta.url), `${JSON.stringify(result, null, 2)}\n`);
} finally {
  await store.close();
  await postgres.stop();
  rmSync(dir, { recursive: true, force: true });
}

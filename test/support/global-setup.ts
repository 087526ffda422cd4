import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflows } from '../../src/compose/workflow-bundle.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { startPostgres } from '../../src/embedded/postgres/server.ts';
import { findExecutable } from '../../src/embedded/temporal/executable.ts';
import { startTemporalServer } from '../../src/embedded/temporal/server.ts';
import { keepForTeardown } from './running.ts';

const report = (line: string) => process.stderr.write(`test: ${line}\n`);

/**
 * Starts, once for the whole run, what tests talk to: a Temporal dev server, a Postgres and the program of the
 * time-skipping server. Test files find them in the environment, through the helpers of this folder.
 */
export default async function globalSetup(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'holdpoint-test-'));
  chmodSync(dir, 0o711);
  const [temporal, postgres, testServer] = await Promise.all([
    startTemporal(join(dir, 'temporal')),
    startPostgres({ dataDir: join(dir, 'postgres'), port: await freePort(), durable: false }),
    findExecutable('temporal-test-server', { report }),
  ]);
  keepForTeardown({ dir, stop: [temporal.stop, postgres.stop] });
  process.env['HOLDPOINT_TEST_TEMPORAL'] = temporal.address;
  process.env['HOLDPOINT_TEST_POSTGRES'] = postgres.url;
  process.env['HOLDPOINT_TEST_SERVER_BIN'] = testServer;
  await bundleOnce(dir);
}

async function startTemporal(dir: string) {
  const [port, uiPort] = [await freePort(), await freePort()];
  return startTemporalServer({ dir, port, uiPort, namespace: 'default', report });
}

/** Bundling takes seconds: once, and every test file loads the result. */
async function bundleOnce(dir: string): Promise<void> {
  try {
    const { code } = await bundleWorkflows();
    const file = join(dir, 'workflow-bundle.js');
    writeFileSync(file, code);
    process.env['HOLDPOINT_TEST_BUNDLE'] = file;
  } catch (error) {
    // The tests that need it fail; the others still say what they have to say.
    process.env['HOLDPOINT_TEST_BUNDLE_ERROR'] = String(error);
    report(`the workflows do not bundle: ${String(error)}`);
  }
}

import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
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
  await bundleWorkflows(dir);
}

async function startTemporal(dir: string) {
  const [port, uiPort] = [await freePort(), await freePort()];
  return startTemporalServer({ dir, port, uiPort, namespace: 'default', report });
}

/** Bundling takes seconds: once, and every test file loads the result. */
async function bundleWorkflows(dir: string): Promise<void> {
  const workflowsPath = resolve('src/workflows/index.ts');
  if (!existsSync(workflowsPath)) return;
  try {
    const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
    const { code } = await bundleWorkflowCode({ workflowsPath, logger });
    const file = join(dir, 'workflow-bundle.js');
    writeFileSync(file, code);
    process.env['HOLDPOINT_TEST_BUNDLE'] = file;
  } catch (error) {
    // The tests that need it fail; the others still say what they have to say.
    process.env['HOLDPOINT_TEST_BUNDLE_ERROR'] = String(error);
    report(`the workflows do not bundle: ${String(error)}`);
  }
}

function quiet(): void {}

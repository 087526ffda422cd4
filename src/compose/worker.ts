import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { heartbeats } from '../activities/heartbeat.ts';
import { createActivities, type Overrides } from './activities.ts';
import type { Parts } from './parts.ts';

/** Beside this file: TypeScript in a checkout, JavaScript once built. */
function workflowsPath(): string {
  const source = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
  return existsSync(source) ? source : source.replace(/\.ts$/, '.js');
}

let quiet = false;
/** One runtime a process: its first worker says where the SDK tells its metrics. */
function quietRuntime(metricsAddress: string | null): void {
  if (quiet) return;
  Runtime.install({
    logger: new DefaultLogger('WARN'),
    telemetryOptions: {
      logging: { filter: 'ERROR', forward: {} },
      ...(metricsAddress ? { metrics: { prometheus: { bindAddress: metricsAddress } } } : {}),
    },
  });
  quiet = true;
}

export interface RunningWorker {
  /** Rejects when the worker fails. */
  run: Promise<void>;
  stop(): Promise<void>;
}

/** Starts a worker for workflows and activities on the configured task queue. */
export async function startWorker(parts: Parts, overrides: Overrides = {}): Promise<RunningWorker> {
  quietRuntime(parts.config.metrics.workerAddress);
  const { address, namespace, taskQueue, apiKey, tls } = parts.config.temporal;
  const key = apiKey?.reveal();
  const connection = await NativeConnection.connect({ address, tls, ...(key ? { apiKey: key } : {}) });
  const logger = new DefaultLogger('WARN');
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle: await bundleWorkflowCode({ workflowsPath: workflowsPath(), logger }),
    activities: createActivities(parts, overrides),
    interceptors: { activity: [heartbeats] },
    maxConcurrentActivityTaskExecutions: 50,
    shutdownGraceTime: '10s',
  });
  const run = worker.run();
  return {
    run,
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await run.catch(() => undefined);
      await connection.close();
    },
  };
}

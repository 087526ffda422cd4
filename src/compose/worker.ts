import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { heartbeats } from '../activities/heartbeat.ts';
import { createStopsFirst } from '../activities/stops-first.ts';
import { stopsQueue } from '../workflows/queues.ts';
import { createActivities, type Overrides } from './activities.ts';
import { brokenDown } from './broken-down.ts';
import { cachedWorkflows } from './cached-workflows.ts';
import { ISOLATE } from './isolate.ts';
import type { Parts } from './parts.ts';
import { workflowBundle } from './workflow-bundle.ts';

/** What the SDK says of a worker without workflows, as the one for stops is. */
const STOPS_ALONE = 'No workflows registered';
const told = new DefaultLogger('WARN');
let quiet = false;
/** One runtime a process: its first worker says where the SDK tells its metrics. */
export function quietRuntime(metricsAddress: string | null): void {
  if (quiet) return;
  Runtime.install({
    logger: new DefaultLogger('WARN', (entry) => {
      if (!entry.message.startsWith(STOPS_ALONE)) told.log(entry.level, entry.message, entry.meta);
    }),
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

/** Starts a worker for workflows and activities on the configured task queue, and one for stops alone beside it. */
export async function startWorker(parts: Parts, overrides: Overrides = {}): Promise<RunningWorker> {
  quietRuntime(parts.config.metrics.workerAddress);
  const { address, namespace, taskQueue, apiKey, tls } = parts.config.temporal;
  const key = apiKey?.reveal();
  const connection = await NativeConnection.connect({ address, tls, ...(key ? { apiKey: key } : {}) });
  const activities = createActivities(parts, overrides);
  const shared = {
    connection,
    namespace,
    interceptors: { activity: [heartbeats, createStopsFirst()] },
    maxConcurrentActivityTaskExecutions: 50,
    shutdownGraceTime: '10s' as const,
  };
  const { contain, release } = activities;
  const workers = [
    await Worker.create({
      ...shared,
      taskQueue,
      workflowBundle: await workflowBundle(),
      ...ISOLATE,
      maxCachedWorkflows: cachedWorkflows(),
      activities,
    }),
    await Worker.create({ ...shared, taskQueue: stopsQueue(taskQueue), activities: { contain, release } }),
  ];
  const leaving = new AbortController();
  const runs = workers.map((worker) => worker.run());
  const broken = workers.map((worker) => brokenDown(worker, leaving.signal));
  const run = Promise.race([Promise.all(runs).then(() => undefined), ...broken]);
  return {
    run,
    stop: async () => {
      leaving.abort();
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await run.catch(() => undefined);
      // Still in use by a worker that broke down and does not end.
      await connection.close().catch(() => undefined);
    },
  };
}

import { WithStartWorkflowOperation } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { heartbeats } from '../../src/activities/heartbeat.ts';
import type { Parts } from '../../src/compose/parts.ts';
import { type BareActivities, bareUpdate } from './bare-workflow.ts';
import type { Run } from './product.ts';
import type { Script } from './script.ts';

const QUEUE = 'bench-bare';
const WORKFLOW = fileURLToPath(new URL('./bare-workflow.ts', import.meta.url));
const text = (bytes: number): string => 'x'.repeat(Math.max(0, bytes - 2));

export interface Bare {
  run(): Promise<Run>;
  /** A workflow with one activity: from its start until the activity ran, ms. */
  stopOnly(): Promise<number>;
  stop(): Promise<void>;
}

/** The bare workflow on the same server with the same worker settings; its activities answer at once, from memory. */
export async function startBare({ config, client }: Parts, script: Script): Promise<Bare> {
  // Below the checkout, so that the bundle finds its packages.
  const cache = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));
  mkdirSync(cache, { recursive: true });
  const dir = mkdtempSync(join(cache, 'holdpoint-bare-'));
  const entry = join(dir, 'workflows.js');
  writeFileSync(
    entry,
    `import { makeBare } from ${JSON.stringify(WORKFLOW)};
export { bareChild, bareStop } from ${JSON.stringify(WORKFLOW)};
export const bare = makeBare(${JSON.stringify(script)});\n`,
  );
  const ran = new Map<string, Set<string>>();
  const steps = new EventEmitter().setMaxListeners(0);
  const activities: BareActivities = {
    async answer(workflowId, key, resultBytes) {
      const keys = ran.get(workflowId) ?? new Set();
      ran.set(workflowId, keys.add(key));
      steps.emit(workflowId);
      return text(resultBytes);
    },
  };
  const connection = await NativeConnection.connect({ address: config.temporal.address });
  const worker = await Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue: QUEUE,
    workflowBundle: await bundleWorkflowCode({ workflowsPath: entry, logger: new DefaultLogger('WARN') }),
    activities: { ...activities },
    interceptors: { activity: [heartbeats] },
    maxConcurrentActivityTaskExecutions: 50,
  });
  const running = worker.run();
  const activityKeys = new Set(
    script.tasks.flatMap(({ steps }) =>
      steps.flatMap((step) => (step.kind === 'activity' ? [step.key] : [])),
    ),
  );
  const until = async (workflowId: string, keys: readonly string[]): Promise<void> => {
    while (!keys.every((key) => ran.get(workflowId)?.has(key))) await once(steps, workflowId);
  };
  const optionsOf = (workflowId: string) => ({
    workflowId,
    taskQueue: QUEUE,
    args: [text(script.startBytes)] as [string],
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
  });

  const run = async (): Promise<Run> => {
    const workflowId = `bare-${randomUUID()}`;
    const startedAt = performance.now();
    const [first, ...others] = script.updates;
    await client.workflow.executeUpdateWithStart(bareUpdate, {
      startWorkflowOperation: new WithStartWorkflowOperation('bare', optionsOf(workflowId)),
      args: [text(first?.inputBytes ?? 2)],
    });
    const acknowledgedMs = performance.now() - startedAt;
    const stopped = until(workflowId, [script.stop]).then(() => performance.now() - startedAt);
    const handle = client.workflow.getHandle(workflowId);
    const updatesMs: number[] = [];
    for (const update of others) {
      await until(
        workflowId,
        update.after.filter((key) => activityKeys.has(key)),
      );
      const sentAt = performance.now();
      await handle.executeUpdate(bareUpdate, { args: [text(update.inputBytes)] });
      updatesMs.push(performance.now() - sentAt);
    }
    await handle.result();
    return {
      id: workflowId,
      totalMs: performance.now() - startedAt,
      acknowledgedMs,
      stoppedMs: await stopped,
      updatesMs,
    };
  };

  return {
    run,
    stopOnly: async () => {
      const workflowId = `bare-stop-${randomUUID()}`;
      const startedAt = performance.now();
      await client.workflow.start('bareStop', { workflowId, taskQueue: QUEUE });
      await until(workflowId, ['stop']);
      return performance.now() - startedAt;
    },
    stop: async () => {
      worker.shutdown();
      await running;
      await connection.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

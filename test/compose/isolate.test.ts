import { Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { ISOLATE } from '../../src/compose/isolate.ts';
import { testEnvironment, workflowBundle } from '../support/temporal.ts';

test('the SDK takes the time that an activation may last, though it does not declare it', async () => {
  const environment = await testEnvironment();
  try {
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      taskQueue: `isolate-${randomUUID()}`,
      workflowBundle: workflowBundle(),
      ...ISOLATE,
    });
    await worker.runUntil(async () => expect(worker.options.isolateExecutionTimeoutMs).toBe(60_000));
  } finally {
    await environment.teardown();
  }
});

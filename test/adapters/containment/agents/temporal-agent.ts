import { resolve } from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';

/** An agent that is itself a workflow: the worker process that runs it. */
const main = async (): Promise<void> => {
  const connection = await NativeConnection.connect({ address: process.env['ADDRESS'] ?? '' });
  const worker = await Worker.create({
    connection,
    namespace: 'default',
    taskQueue: process.env['TASK_QUEUE'] ?? '',
    workflowsPath: resolve('test/adapters/containment/agents/temporal-workflows.ts'),
  });
  process.once('SIGTERM', () => worker.shutdown());
  const running = worker.run();
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
  await running;
  await connection.close();
};

void main();

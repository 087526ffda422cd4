import { openParts } from './compose/parts.ts';
import { keepRetention } from './compose/retention.ts';
import { startServer } from './compose/server.ts';
import { startWorker } from './compose/worker.ts';
import type { Config } from './config/types.ts';

/** A process composed from the configuration. */
interface Composed {
  /** What to open or look at. */
  where: string;
  /** Rejects when it fails. */
  failed?: Promise<never>;
  close(): Promise<void>;
}

/** The server process of a configuration. */
export async function composeServer(config: Config): Promise<Composed> {
  const parts = await openParts(config);
  const server = await startServer(parts);
  const close = async (): Promise<void> => {
    await server.stop();
    await parts.close();
  };
  return { where: server.url, close };
}

/** The worker process of a configuration. */
export async function composeWorker(config: Config): Promise<Composed> {
  const parts = await openParts(config);
  await keepRetention(parts.client, config);
  const worker = await startWorker(parts);
  const failed = worker.run.then(() => new Promise<never>(() => undefined));
  failed.catch(() => undefined);
  const close = async (): Promise<void> => {
    await worker.stop();
    await parts.close();
  };
  return { where: `task queue ${config.temporal.taskQueue} at ${config.temporal.address}`, failed, close };
}

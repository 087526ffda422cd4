import { loadConfig } from '../../config.ts';
import { openParts } from '../../compose/parts.ts';
import { startServer } from '../../compose/server.ts';
import { startWorker } from '../../compose/worker.ts';
import { homeDir } from '../home.ts';
import { type Say, startDatabase, startTemporal, told } from './parts.ts';

/** With a `holdpoint.yaml`: server and worker in one process, and an embedded part for whatever has no address. */
export async function upConfigured(file: string, say: Say, stopped: Promise<void>): Promise<number> {
  const env = { ...process.env };
  const stops: (() => Promise<void>)[] = [];
  try {
    if (!env['TEMPORAL_ADDRESS']) {
      const temporal = await startTemporal(homeDir(), say);
      stops.push(() => temporal.stop());
      env['TEMPORAL_ADDRESS'] = temporal.address;
    }
    if (!env['DATABASE_URL']) {
      const database = await startDatabase(homeDir(), say);
      stops.push(() => database.stop());
      env['DATABASE_URL'] = database.url;
    }
    const config = loadConfig({ file, env });
    for (const warning of config.warnings) say(`note: ${warning}`);
    const parts = await openParts(config);
    stops.push(() => parts.close());
    const server = await told(say, 'Holdpoint server', startServer(parts));
    stops.push(() => server.stop());
    const worker = await told(say, 'Holdpoint worker', startWorker(parts));
    stops.push(() => worker.stop());
    say(`Holdpoint runs at ${server.url}`);
    await Promise.race([stopped, worker.run]);
    return 0;
  } finally {
    for (const stop of stops.toReversed()) await stop().catch(() => undefined);
  }
}

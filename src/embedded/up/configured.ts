import { loadConfig } from '../../config.ts';
import { openParts } from '../../compose/parts.ts';
import { startServer } from '../../compose/server.ts';
import { startWorker } from '../../compose/worker.ts';
import { homeDir } from '../home.ts';
import { unlessInterrupted } from './interrupted.ts';
import { type Run, startDatabase, startTemporal, told } from './parts.ts';

/** With a `holdpoint.yaml`: server and worker in one process, and an embedded part for whatever has no address. */
export async function upConfigured(file: string, { say, stops, signal }: Run): Promise<number> {
  const env = { ...process.env };
  env['TEMPORAL_ADDRESS'] ||= (await stops.keep(startTemporal(homeDir(), say))).address;
  env['DATABASE_URL'] ||= (await stops.keep(startDatabase(homeDir(), say))).url;
  const config = loadConfig({ file, env });
  for (const warning of config.warnings) say(`note: ${warning}`);
  const parts = await openParts(config);
  stops.add(() => parts.close());
  const server = await stops.keep(told(say, 'Holdpoint server', startServer(parts)));
  const worker = await stops.keep(told(say, 'Holdpoint worker', startWorker(parts)));
  say(`Holdpoint runs at ${server.url}`);
  await unlessInterrupted(signal, worker.run);
  return 0;
}

import { loadavg } from 'node:os';
import { asked, type Processes, type Stats } from './processes.ts';

const PER_SESSION = 50;
const STEPS = 10;
const mb = (bytes: number): number => Math.round(bytes / 1e6);

/** Memory of the receiver, flags on, over many spans of many sessions. Throws where one of them is not stored. */
export const million = async (processes: Processes, spans: number) => {
  const { server, url } = await processes.startServer();
  const samples: { accepted: number; rssMb: number; heapMb: number; sessions: number }[] = [];
  const startedAt = performance.now();
  for (let step = 1; step <= STEPS; step += 1) {
    const { accepted } = await processes.own(url, 'json', 4, [
      ...['--seconds', '600', '--spans', String(spans / STEPS), '--perSession', String(PER_SESSION)],
    ]);
    const now = await asked<Stats>(server, 'usage');
    samples.push({
      accepted: accepted + (samples.at(-1)?.accepted ?? 0),
      rssMb: mb(now.rss),
      heapMb: mb(now.heapUsed),
      sessions: now.load.sessions,
    });
  }
  const wallS = Math.round((performance.now() - startedAt) / 100) / 10;
  const { stored, seen, diskBytes, load } = await asked<Stats>(server, 'settled');
  await asked(server, 'stop');
  if (stored !== spans) throw new Error(`${spans} spans were sent and ${stored} stored`);
  const third = samples[Math.floor(STEPS / 3)]?.rssMb ?? 1;
  return {
    loadAverage: loadavg()[0],
    spans,
    sessions: spans / PER_SESSION,
    wallS,
    spansPerS: Math.round(spans / wallS),
    samples,
    /** Resident memory at the end beside that at 40 % of the spans: flat is about 1. */
    growth: Math.round((100 * (samples.at(-1)?.rssMb ?? 0)) / third) / 100,
    stored,
    seen,
    diskMb: mb(diskBytes),
    left: load,
  };
};

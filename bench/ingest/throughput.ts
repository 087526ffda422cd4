import { cpuBelow } from './cpu.ts';
import { asked, type Load, type Processes, type Stats } from './processes.ts';

type Row = Load & {
  flags: boolean;
  stored: number;
  serverCpuUsPerSpan: number;
  databaseCpuUsPerSpan: number | null;
};

/** Spans a second and round trips, with the flags on and off. Throws where a span that was accepted is not stored. */
export const throughput = async (processes: Processes, seconds: string): Promise<Row[]> => {
  const rows: Row[] = [];
  for (const flags of [true, false]) {
    const { server, url } = await processes.startServer(...(flags ? [] : ['no-flags']));
    await processes.own(url, 'json', 2, ['--seconds', '4']);
    await processes.own(url, 'protobuf', 2, ['--seconds', '4']);
    for (const encoding of ['json', 'protobuf'])
      for (const inFlight of flags ? [1, 4] : [4]) {
        const before = await asked<Stats>(server, 'stats');
        const databaseBefore = cpuBelow(server.pid ?? 0);
        const row = await processes.send(url, encoding, inFlight, seconds);
        const database = (cpuBelow(server.pid ?? 0) ?? 0) - (databaseBefore ?? 0);
        const after = await asked<Stats>(server, 'stats');
        const cpu = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system;
        const stored = after.stored - before.stored;
        const perSpan = (us: number): number => Math.round((10 * us) / Math.max(1, stored)) / 10;
        rows.push({
          ...row,
          flags,
          stored,
          serverCpuUsPerSpan: perSpan(cpu),
          databaseCpuUsPerSpan: databaseBefore === null ? null : perSpan(database),
        });
        if (stored !== row.accepted)
          throw new Error(`${row.accepted} spans were accepted and ${stored} stored`);
      }
    await asked(server, 'stop');
  }
  return rows;
};

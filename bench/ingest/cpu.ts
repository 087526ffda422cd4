import { readdirSync, readFileSync } from 'node:fs';

const TICK_US = 10_000;

interface ProcessStat {
  parent: number;
  cpuUs: number;
}

/** Of every process, out of Linux's /proc; nothing elsewhere. */
const processes = (): Map<number, ProcessStat> => {
  const found = new Map<number, ProcessStat>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const [parent = 0, user = 0, system = 0, deadUser = 0, deadSystem = 0] = [1, 11, 12, 13, 14].map(
        (field) => fields[field],
      );
      found.set(Number(name), { parent, cpuUs: (user + system + deadUser + deadSystem) * TICK_US });
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
};

/** CPU time that the processes below one have used so far, in µs; null where /proc is not Linux's. */
export const cpuBelow = (pid: number): number | null => {
  if (process.platform !== 'linux') return null;
  const all = processes();
  const isBelow = (one: number): boolean => {
    for (let at = all.get(one)?.parent; at !== undefined && at > 0; at = all.get(at)?.parent)
      if (at === pid) return true;
    return false;
  };
  let sum = 0;
  for (const [one, { cpuUs }] of all) if (isBelow(one)) sum += cpuUs;
  return sum;
};

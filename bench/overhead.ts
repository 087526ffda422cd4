/**
 * What Holdpoint costs on top of Temporal, beside a bare workflow on the same server with the same worker settings, in
 * turns. Two parts, each of which ends within four minutes:
 *   node --import tsx bench/overhead.ts whole [--alone 8] [--rounds 4] [--at-once 16]   from the alert to closure
 *   node --import tsx bench/overhead.ts burst [--alone 20] [--agents 200]   alert → agent stopped, alone and in a burst
 * `--minutes 3`: after these it begins nothing more, prints what it has and ends. The bare workflow gives the same
 * sequence of commands with payloads of the same sizes; its activities answer from memory. Each part prints one table
 * and writes its half of `bench/overhead.json`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureBurst } from './overhead/burst.ts';
import { printHead } from './overhead/table.ts';
import { measureWhole } from './overhead/whole.ts';

const FILE = 'bench/overhead.json';
const {
  values,
  positionals: [part],
} = parseArgs({
  allowPositionals: true,
  options: {
    alone: { type: 'string' },
    rounds: { type: 'string', default: '4' },
    'at-once': { type: 'string', default: '16' },
    agents: { type: 'string', default: '200' },
    minutes: { type: 'string', default: '3' },
  },
});
const endAtMs = performance.now() + Number(values.minutes) * 60_000;
const hasTime = (): boolean => performance.now() < endAtMs;
if (part !== 'whole' && part !== 'burst') throw new Error('say which part: `whole` or `burst`');

const machine = {
  cpus: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
  node: process.version,
  load: loadavg().map((value) => Math.round(value * 10) / 10),
};
const took = (): number => Math.round(performance.now() / 1_000);
const { result, print } =
  part === 'whole'
    ? await measureWhole(
        {
          alone: Number(values.alone ?? 8),
          rounds: Number(values.rounds),
          atOnce: Number(values['at-once']),
        },
        hasTime,
      )
    : await measureBurst(Number(values.agents), Number(values.alone ?? 20), hasTime);
console.log(
  `${machine.cpus}, Node ${machine.node}, load before ${machine.load.join(' ')}, after ${took()} s`,
);
printHead();
print();
const before = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, unknown>) : {};
writeFileSync(
  FILE,
  `${JSON.stringify({ ...before, [part]: { ...machine, tookS: took(), ...result } }, null, 2)}\n`,
);
// What is left listens: connections of the stand-ins.
process.exit(0);

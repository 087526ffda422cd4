/**
 * What Holdpoint costs on top of Temporal, beside a bare workflow on the same server with the same worker settings, in
 * turns. Two parts, each of which fits into four minutes:
 *   node --import tsx bench/overhead.ts whole [--alone 4] [--rounds 2]   whole incidents, from the alert to closure
 *   node --import tsx bench/overhead.ts burst [--agents 200]             alert → agent stopped, alone and in a burst
 * The bare workflow gives the same sequence of commands with payloads of the same sizes; its activities answer from
 * memory. Each part prints one table and writes its half of `bench/overhead.json`.
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
    alone: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '2' },
    agents: { type: 'string', default: '200' },
  },
});
if (part !== 'whole' && part !== 'burst') throw new Error('say which part: `whole` or `burst`');

const machine = {
  cpus: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
  node: process.version,
  load: loadavg().map((value) => Math.round(value * 10) / 10),
};
const { result, print } =
  part === 'whole'
    ? await measureWhole(Number(values.alone), Number(values.rounds))
    : await measureBurst(Number(values.agents), Number(values.alone));
console.log(`${machine.cpus}, Node ${machine.node}, load before ${machine.load.join(' ')}`);
printHead();
print();
const before = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, unknown>) : {};
writeFileSync(FILE, `${JSON.stringify({ ...before, [part]: { ...machine, ...result } }, null, 2)}\n`);

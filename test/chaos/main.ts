/**
 * Kills server, worker, Temporal and the database through whole incidents, before and after every outside effect:
 * `npm run chaos -- [--n KILLS] [--seed S] [--each K] [--keep]`. Prints a table; exits 1 when a promise was broken.
 */
import { parseArgs } from 'node:util';
import { newFolder, removeFolder } from '../support/folder.ts';
import { kills, randomOf } from './points.ts';
import { Chaos } from './run.ts';
import { tableOf } from './table.ts';
import { startWorld } from './world.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      n: { type: 'string', default: '20' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      each: { type: 'string', default: '4' },
      keep: { type: 'boolean', default: false },
    },
  });
  const [n, seed, each] = [Number(values.n), Number(values.seed), Number(values.each)];
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  say(`seed ${seed}: ${n} kills, ${each} an incident`);
  const home = newFolder();
  const random = randomOf(seed);
  const plan = kills(random);
  const world = await startWorld(home);
  const chaos = await Chaos.over(world, random, say);
  try {
    // The agent learns what is normal, in peace.
    await chaos.incident([]);
    while (fired(chaos) < n) {
      say(`incident ${chaos.incidents.length + 1}, ${fired(chaos)} kills so far`);
      await chaos.incident(Array.from({ length: Math.min(each, n - fired(chaos)) }, () => plan.next().value));
    }
  } finally {
    process.stdout.write(tableOf(chaos, world.crashes));
    await chaos.close();
    await world.stop();
  }
  const isBroken = chaos.incidents.some(({ findings }) => findings.length > 0);
  process.exitCode = isBroken ? 1 : 0;
  if (isBroken || values.keep) say(`the records stay in ${home}`);
  else removeFolder(home);
}

const fired = (chaos: Chaos): number =>
  chaos.kills.filter(({ firedAfterMs }) => firedAfterMs !== null).length;

void main();

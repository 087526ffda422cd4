/**
 * Kills server, worker, Temporal and the database through whole incidents, before and after every outside effect:
 * `npm run chaos -- [--n KILLS] [--seed S] [--each K] [--worlds W] [--minutes M] [--keep]`. Prints a table; exits 1
 * when a promise was broken. Most of the time is waiting for timeouts, so several worlds, each with its share of the
 * kills, go at once. After M minutes no other incident begins.
 */
import { parseArgs } from 'node:util';
import { newFolder, removeFolder } from '../support/folder.ts';
import { Plan, type PlanOf, randomOf } from './points.ts';
import { Chaos, type IncidentRow, type KillRow } from './run.ts';
import { tableOf } from './table.ts';
import { startWorld } from './world.ts';

interface Found {
  home: string;
  kills: KillRow[];
  incidents: IncidentRow[];
  crashes: string[];
  error: unknown;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** One world until `n` kills came. */
async function runWorld(of: PlanOf, n: number, each: number, untilMs: number): Promise<Found> {
  const home = newFolder();
  const name = of.index + 1;
  const plan = new Plan(of);
  const world = await startWorld(home, of.stop);
  const random = randomOf(of.seed + of.index);
  const chaos = await Chaos.over(world, random, (line) => say(`world ${name}: ${line}`));
  let error: unknown = null;
  try {
    // The agent learns what is normal, in peace.
    await chaos.incident([]);
    for (let left = n; left > 0 && Date.now() < untilMs; left = n - firedIn(chaos.kills)) {
      say(`world ${name}: incident ${chaos.incidents.length + 1}, ${n - left} kills so far`);
      const planned = Array.from({ length: Math.min(each, left) }, () => plan.next());
      await chaos.incident(planned);
      for (const { kill, firedAfterMs } of chaos.kills.slice(-planned.length))
        if (firedAfterMs === null) plan.wasMissed(kill);
    }
  } catch (caught) {
    error = caught;
  } finally {
    await chaos.close();
    await world.stop();
  }
  return { home, kills: chaos.kills, incidents: chaos.incidents, crashes: world.crashes, error };
}

const firedIn = (rows: readonly KillRow[]): number =>
  rows.filter(({ firedAfterMs }) => firedAfterMs !== null).length;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      n: { type: 'string', default: '20' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      each: { type: 'string', default: '4' },
      worlds: { type: 'string', default: '2' },
      minutes: { type: 'string', default: 'Infinity' },
      keep: { type: 'boolean', default: false },
    },
  });
  const [n, seed, each] = [Number(values.n), Number(values.seed), Number(values.each)];
  const worlds = Math.max(1, Math.min(Number(values.worlds), Math.ceil(n / each)));
  say(`seed ${seed}: ${n} kills, ${each} an incident, in ${worlds} worlds`);
  const untilMs = Date.now() + Number(values.minutes) * 60_000;
  const share = (i: number): number => Math.floor((n + worlds - 1 - i) / worlds);
  const found = await Promise.all(
    Array.from({ length: worlds }, (_, index) => {
      // Every other world stops its agent by webhook.
      const stop = index % 2 === 0 ? 'switch' : 'webhook';
      return runWorld({ seed, stop, index, of: worlds }, share(index), each, untilMs);
    }),
  );
  const incidents = found.flatMap((one) => one.incidents);
  process.stdout.write(
    tableOf(
      { kills: found.flatMap((one) => one.kills), incidents },
      found.flatMap((one) => one.crashes),
    ),
  );
  for (const { error } of found) if (error !== null) say(String(error));
  const isBroken =
    found.some(({ error }) => error !== null) || incidents.some(({ findings }) => findings.length > 0);
  process.exitCode = isBroken ? 1 : 0;
  if (isBroken || values.keep) say(`the records stay in ${found.map(({ home }) => home).join(' and ')}`);
  else found.forEach(({ home }) => removeFolder(home));
}

void main();

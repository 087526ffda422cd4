/**
 * What Holdpoint costs on top of Temporal: whole incidents, from the alert to closure, beside a bare workflow that gives
 * the same sequence of commands with payloads of the same sizes and whose activities answer from memory. Both on one
 * server with one worker setting, in turns. Prints one table; writes `bench/overhead.json`.
 *   npx tsx bench/overhead.ts [--alone 8] [--rounds 2] [--burst 200]
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { incidentWorkflowId } from '../src/workflows/ids.ts';
import { startBare } from './overhead/bare.ts';
import { decideAll, Records, type Run, runProduct, runStop } from './overhead/product.ts';
import { scriptOf } from './overhead/script.ts';
import { percentiles, printCount, printHead, printSummary, summary } from './overhead/table.ts';
import { AGENT, burstAgent, newSession, startWorld } from './overhead/world.ts';

const { values } = parseArgs({
  options: {
    alone: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '2' },
    burst: { type: 'string', default: '200' },
  },
});
const [ALONE, ROUNDS, BURST] = [Number(values.alone), Number(values.rounds), Number(values.burst)];
const AT_ONCE = 16;

const world = await startWorld(BURST);
const records = new Records(world);
const { client } = world.parts;

const sizeOf = async (workflowId: string) => {
  const { historyLength, historySize } = await client.workflow.getHandle(workflowId).describe();
  return { events: historyLength, bytes: historySize ?? 0 };
};
const times = <T>(count: number, work: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => work(n)));
/** Runs `count` at once, keeps the runs and the time they took. */
const block = async (into: { runs: Run[]; wallMs: number }, count: number, run: () => Promise<Run>) => {
  const startedAt = performance.now();
  into.runs.push(...(await times(count, run)));
  into.wallMs += performance.now() - startedAt;
};
const product = (): Promise<Run> => runProduct(world, records, AGENT, newSession());
const empty = () => ({ runs: [] as Run[], wallMs: 0 });

try {
  process.stderr.write('the sample agent learns, fails, and is stopped\n');
  const sample = await world.sampleIncident();
  await records.after(sample.incidentId, 0);
  await decideAll(world, records, sample.incidentId);
  await client.workflow.getHandle(incidentWorkflowId(sample.incidentId)).result();
  await sample.stop();
  const sampleSize = await sizeOf(incidentWorkflowId(sample.incidentId));
  await world.record(Object.keys(records.of(sample.incidentId).sessions)[0] ?? '');

  await product();
  const [statements, slackCalls] = [world.counters.statements, world.slackCalls()];
  const recorded = await product();
  const perIncident = {
    statements: world.counters.statements - statements,
    slackCalls: world.slackCalls() - slackCalls,
  };
  const workflowId = incidentWorkflowId(recorded.id);
  const { events = [] } = await client.workflow.getHandle(workflowId).fetchHistory();
  const bare = await startBare(world.parts, scriptOf(events ?? []));
  const sizes = { product: await sizeOf(workflowId), bare: await sizeOf((await bare.run()).id) };

  const alone = { product: empty(), bare: empty() };
  for (let i = 0; i < ALONE; i += 1) {
    await block(alone.product, 1, product);
    await block(alone.bare, 1, bare.run);
  }
  process.stderr.write(`${AT_ONCE} at once\n`);
  const crowded = { product: empty(), bare: empty() };
  for (let i = 0; i < ROUNDS; i += 1) {
    await block(crowded.product, AT_ONCE, product);
    await block(crowded.bare, AT_ONCE, bare.run);
  }
  process.stderr.write(`alerts for ${BURST} agents\n`);
  const burstStops = await times(BURST, (n) => runStop(world, burstAgent(n), newSession()));
  await Promise.all(
    burstStops.map(({ id }) => client.workflow.getHandle(incidentWorkflowId(id)).terminate('measured')),
  );
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const bareStops = await times(BURST, () => bare.stopOnly());
  const burst = { product: percentiles(burstStops.map(({ ms }) => ms)), bare: percentiles(bareStops) };

  const result = {
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
    node: process.version,
    load: loadavg().map((value) => Math.round(value * 10) / 10),
    sample: sampleSize,
    sizes,
    perIncident,
    alone: {
      product: summary(alone.product.runs, alone.product.wallMs),
      bare: summary(alone.bare.runs, alone.bare.wallMs),
    },
    crowded: {
      product: summary(crowded.product.runs, crowded.product.wallMs),
      bare: summary(crowded.bare.runs, crowded.bare.wallMs),
    },
    burst: { agents: BURST, ...burst },
  };
  console.log(`${result.machine}, Node ${result.node}, load ${result.load.join(' ')}`);
  printHead();
  printCount('history events, recorded incident', sizes.product.events, sizes.bare.events);
  printCount('history bytes, recorded incident', sizes.product.bytes, sizes.bare.bytes);
  printCount('history events, the sample incident', sampleSize.events, null);
  printCount('SQL statements an incident', perIncident.statements, null);
  printCount('Slack calls an incident', perIncident.slackCalls, null);
  printSummary('alone', result.alone.product, result.alone.bare);
  printSummary(`${AT_ONCE} at once`, result.crowded.product, result.crowded.bare);
  printCount(`${BURST} agents: alert → stopped p50, ms`, burst.product.p50, burst.bare.p50);
  printCount(`${BURST} agents: alert → stopped p95, ms`, burst.product.p95, burst.bare.p95);
  writeFileSync('bench/overhead.json', `${JSON.stringify(result, null, 2)}\n`);
  await bare.stop();
} finally {
  await world.stop();
}

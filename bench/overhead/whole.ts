import { incidentWorkflowId } from '../../src/workflows/ids.ts';
import { startBare } from './bare.ts';
import { decideAll, Records, type Run, runProduct } from './product.ts';
import { scriptOf } from './script.ts';
import { printCount, printSummary, say, summary } from './table.ts';
import { AGENT, newSession, startWorld, type World } from './world.ts';

interface Block {
  runs: Run[];
  wallMs: number;
  /** Of this process: worker, workflows, and the people who decide. */
  cpuMs: number;
  /** Why each of the others did not come to its end. */
  failures: string[];
}
const empty = (): Block => ({ runs: [], wallMs: 0, cpuMs: 0, failures: [] });

/** Runs `count` at once, keeps the runs and the time they took. */
async function block(into: Block, count: number, run: () => Promise<Run>): Promise<void> {
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const ended = await Promise.allSettled(Array.from({ length: count }, run));
  into.wallMs += performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  into.cpuMs += (user + system) / 1_000;
  for (const one of ended)
    if (one.status === 'fulfilled') into.runs.push(one.value);
    else into.failures.push(String(one.reason));
}

async function sizeOf({ parts }: World, workflowId: string) {
  const { historyLength, historySize } = await parts.client.workflow.getHandle(workflowId).describe();
  return { events: historyLength, bytes: historySize ?? 0 };
}

/** The sample's own incident, as `holdpoint up` shows it; afterwards every session is the one it stopped. */
async function sampleOf(world: World, records: Records) {
  say('the sample agent learns, fails, and is stopped');
  const { incidentId, stop } = await world.sampleIncident();
  await records.after(incidentId, 0);
  await decideAll(world, records, incidentId);
  await world.parts.client.workflow.getHandle(incidentWorkflowId(incidentId)).result();
  await stop();
  await world.record(Object.keys(records.of(incidentId).sessions)[0] ?? '');
  return sizeOf(world, incidentWorkflowId(incidentId));
}

/** Statements and calls of one incident, and its history. */
async function countedRun(world: World, product: () => Promise<Run>) {
  const { counters, outside } = world;
  await product();
  const [statements, slackCalls] = [counters.statements, await outside.slackCalls()];
  counters.texts.clear();
  const { id } = await product();
  const perIncident = {
    statements: counters.statements - statements,
    slackCalls: (await outside.slackCalls()) - slackCalls,
  };
  for (const [text, count] of [...counters.texts].sort((a, b) => b[1] - a[1]).slice(0, 12))
    say(`${String(count).padStart(5)} × ${text}`);
  return { workflowId: incidentWorkflowId(id), perIncident };
}

/** Whole incidents of people who decide at once, one after another and many at once, as long as there is time. */
export async function measureWhole(
  { alone, rounds, atOnce }: { alone: number; rounds: number; atOnce: number },
  hasTime: () => boolean,
) {
  const world = await startWorld(0);
  const records = new Records(world);
  const product = (): Promise<Run> => runProduct(world, records, AGENT, newSession());
  try {
    const sample = await sampleOf(world, records);
    say(`${sample.events} history events; now recorded sessions`);
    const { workflowId, perIncident } = await countedRun(world, product);
    const { events } = await world.parts.client.workflow.getHandle(workflowId).fetchHistory();
    const bare = await startBare(world.parts, scriptOf(events ?? []));
    const sizes = {
      product: await sizeOf(world, workflowId),
      bare: await sizeOf(world, (await bare.run()).id),
    };
    say(`${JSON.stringify({ ...sizes, ...perIncident })}; one after another`);
    const one = { product: empty(), bare: empty() };
    const many = { product: empty(), bare: empty() };
    for (let i = 0; i < alone && hasTime(); i += 1) {
      await block(one.product, 1, product);
      await block(one.bare, 1, bare.run);
    }
    say(`${atOnce} at once`);
    for (let i = 0; i < rounds && hasTime(); i += 1) {
      await block(many.product, atOnce, product);
      await block(many.bare, atOnce, bare.run);
      say(`round ${i + 1}: ${many.product.runs.length} incidents, ${many.bare.runs.length} bare`);
    }
    await bare.stop();
    const both = ({ product: a, bare: b }: typeof one) => ({
      product: { ...summary(a), failures: a.failures },
      bare: { ...summary(b), failures: b.failures },
    });
    const result = { sample, sizes, perIncident, atOnce, alone: both(one), crowded: both(many) };
    return {
      result,
      print: () => {
        printCount('history events, recorded incident', sizes.product.events, sizes.bare.events);
        printCount('history bytes, recorded incident', sizes.product.bytes, sizes.bare.bytes);
        printCount('history events, the sample incident', sample.events, null);
        printCount('SQL statements an incident', perIncident.statements, null);
        printCount('Slack calls an incident', perIncident.slackCalls, null);
        printSummary('alone', result.alone.product, result.alone.bare);
        printSummary(`${atOnce} at once`, result.crowded.product, result.crowded.bare);
      },
    };
  } finally {
    await world.stop();
  }
}

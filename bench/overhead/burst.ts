import { incidentWorkflowId } from '../../src/workflows/ids.ts';
import { longSession } from '../long-session.ts';
import { startBare } from './bare.ts';
import { runStop } from './product.ts';
import { percentiles, printCount, say } from './table.ts';
import { burstAgent, newSession, startWorld } from './world.ts';

const noScript = { startBytes: 2, resultBytes: 2, tasks: [], updates: [], stop: '' };
const times = <T>(count: number, work: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => work(n)));

/** From the alert until the agent was told to stop, beside a bare workflow with that one activity. */
export async function measureBurst(agents: number, alone: number, hasTime: () => boolean) {
  const world = await startWorld(agents);
  const { client } = world.parts;
  try {
    world.play([...longSession({ sessionId: 's', agent: 'a', steps: 20, actions: 3, tools: 3 })]);
    const bare = await startBare(world.parts, noScript);
    const end = (id: string): Promise<unknown> =>
      client.workflow.getHandle(incidentWorkflowId(id)).terminate('measured');
    const one = { product: [] as number[], bare: [] as number[] };
    for (let i = 0; i <= alone && hasTime(); i += 1) {
      const { id, ms } = await runStop(world, burstAgent(i), newSession());
      await end(id);
      const bareMs = await bare.stopOnly();
      // The first of each warms up.
      if (i === 0) continue;
      one.product.push(ms);
      one.bare.push(bareMs);
    }
    say(`alerts for ${agents} agents`);
    const stops = await times(agents, (n) => runStop(world, burstAgent(n), newSession()));
    say('all were told to stop');
    await times(agents, (n) => end(stops[n]?.id ?? ''));
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    say('the same for the bare workflow');
    const bareStops = await times(agents, () => bare.stopOnly());
    say('done');
    await bare.stop();
    const result = {
      agents,
      alone: { product: percentiles(one.product), bare: percentiles(one.bare) },
      burst: { product: percentiles(stops.map(({ ms }) => ms)), bare: percentiles(bareStops) },
    };
    const line = (what: string, { product, bare: beside }: typeof result.alone): void => {
      printCount(`${what}: alert → stopped p50, ms`, product.p50, beside.p50);
      printCount(`${what}: alert → stopped p95, ms`, product.p95, beside.p95);
    };
    return {
      result,
      print: () => {
        line('alone', result.alone);
        line(`${agents} agents`, result.burst);
      },
    };
  } finally {
    await world.stop();
  }
}

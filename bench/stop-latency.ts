/**
 * From the arrival of a faulty span to the stop switch being set, through all of it: receiver, live detector, incident,
 * containment. 100 sessions run at once, five of each of 20 agents; one of each agent's drifts. Prints one table; writes
 * `bench/stop-latency.json`.
 *   npx tsx bench/stop-latency.ts [--agents 20] [--sessions 5]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { toOtlpJson } from '../src/adapters/traces/otlp-text.ts';
import { startStack } from '../src/embedded/up/stack.ts';
import { Stops } from '../src/embedded/up/stops.ts';
import type { RawSpan } from '../src/forensics/read/raw-span.ts';
import { Agent, goodSession, TOOLS } from '../test/live/agent.ts';

const { values } = parseArgs({
  options: { agents: { type: 'string', default: '20' }, sessions: { type: 'string', default: '5' } },
});
const [agentCount, sessionCount] = [Number(values.agents), Number(values.sessions)];
const names = Array.from({ length: agentCount }, (_, i) => `agent-${i}`);

const dir = mkdtempSync(join(tmpdir(), 'holdpoint-stop-'));
const stops = new Stops(new AbortController().signal);
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const stack = await startStack(
  {
    dir,
    say,
    more: { breaker: { agents: 1_000 } },
    agents: Object.fromEntries(
      names.map((name) => [name, { containment: { kind: 'stop-switch' }, tools: TOOLS.tools }]),
    ),
  },
  stops,
);

const as = (agent: string, spans: readonly RawSpan[]): RawSpan[] =>
  spans.map((span) => ({
    ...span,
    resource: Object.assign(Object.create(null), { 'service.name': agent }) as RawSpan['resource'],
  }));
const send = async (agent: string, spans: readonly RawSpan[]): Promise<void> => {
  const post = (): Promise<Response> =>
    fetch(`${stack.server.url}/v1/traces`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${stack.secrets.HOLDPOINT_SAMPLE_KEY}`,
      },
      body: toOtlpJson(as(agent, spans)),
    });
  let answer = await post();
  // As an exporter does when the receiver is busy.
  for (let tries = 0; answer.status === 503 && tries < 20; tries += 1) {
    await pause(250);
    answer = await post();
  }
  if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
};

say('learning what is normal');
for (const agent of names) {
  const good = Array.from({ length: 10 }, (_, i) => `${agent}-good-${i}`);
  for (const [i, id] of good.entries()) await send(agent, goodSession(id, `cus_55${10 + i}`).spans);
  await stack.parts.baseline.learn(agent, good);
}
await pause(3_000);

let isOver = false;
/** A session that goes on asking and answering, a span every quarter of a second. */
const talk = async (agent: string, number: number): Promise<void> => {
  const session = new Agent(`${agent}-s${number}`).user('Please decide on applicant cus_5521.');
  for (let turn = 0; !isOver; turn += 1) {
    const known = session.spans.length;
    session.chat(`I look up cus_5521, turn ${turn}.`);
    await send(agent, session.spans.slice(known));
    await pause(250);
  }
};
const talking = names.flatMap((agent) =>
  Array.from({ length: sessionCount }, (_, number) => talk(agent, number)),
);
await pause(3_000);

const { switches } = stack.parts.store;
const stoppedAfter = async (agent: string): Promise<number> => {
  const sessionId = `${agent}-bad`;
  const session = new Agent(sessionId)
    .user('Please decide on applicant cus_5521.')
    .chat('I look up cus_5521.');
  await send(agent, session.spans);
  session.tool('get_income', { applicant_id: 'cus_5521' }, { gross_yearly: 52_000, currency: 'USD' });
  const startedAt = performance.now();
  await send(agent, session.spans.slice(-1));
  for (;;) {
    const { verdict } = await switches.read(agent, sessionId);
    if (verdict !== 'go') return performance.now() - startedAt;
    if (performance.now() - startedAt > 60_000) throw new Error(`${agent} was not stopped within a minute`);
    await pause(5);
  }
};

const times: number[] = [];
for (const agent of names) {
  times.push(await stoppedAfter(agent));
  await pause(200);
}
isOver = true;
await Promise.all(talking);
times.sort((a, b) => a - b);
const at = (share: number): number =>
  Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
const result = {
  node: process.version,
  loadAverage: loadavg()[0],
  concurrentSessions: agentCount * sessionCount,
  faults: times.length,
  p50Ms: at(0.5),
  p95Ms: at(0.95),
  maxMs: at(1),
};
process.stdout.write(
  `${result.concurrentSessions} sessions at once, ${result.faults} faults: stop switch set after p50 ${result.p50Ms} ms, p95 ${result.p95Ms} ms, longest ${result.maxMs} ms (load average ${result.loadAverage?.toFixed(1)})\n`,
);
const root = fileURLToPath(new URL('..', import.meta.url));
writeFileSync(join(root, 'bench', 'stop-latency.json'), `${JSON.stringify(result, null, 2)}\n`);
await stops.run();
rmSync(dir, { recursive: true, force: true });
process.exit(0);

/**
 * How long a person waits for Slack's acknowledgement: 50 incidents open (analysed, waiting for people), 5 of them worked on, on a real Temporal server
 * and Postgres, each click a signed request of the stand-in. Then the same clicks while no worker runs: accepted, and in
 * effect once one does. Prints one table; writes `bench/slack.json`.
 *   npx tsx bench/slack.ts [--open 50] [--active 5] [--rounds 6]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { longSession } from './long-session.ts';
import { Unreachable } from '../src/client/errors.ts';
import { startWorker } from '../src/compose/worker.ts';
import { AGENT, loanAgent } from '../src/embedded/sample/config.ts';
import type { Acted } from '../src/embedded/slack/people/person.ts';
import { CHANNELS, PEOPLE } from '../src/embedded/slack/sample-workspace.ts';
import { startStack, type Stack } from '../src/embedded/up/stack.ts';
import { Stops } from '../src/embedded/up/stops.ts';

const { values } = parseArgs({
  options: {
    open: { type: 'string', default: '50' },
    active: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '6' },
  },
});
const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function until<T>(what: string, find: () => T | null | Promise<T | null>): Promise<T> {
  const deadline = Date.now() + 240_000;
  for (;;) {
    const found = await find();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await pause(100);
  }
}

interface Desk extends Pick<Stack, 'parts' | 'slack' | 'worker'> {
  restartWorker(): Promise<void>;
}

async function start(dir: string, stops: Stops): Promise<Desk> {
  const agents = { [AGENT]: loanAgent('http://127.0.0.1:9') };
  const { parts, slack, worker } = await startStack({ dir, say, agents, slackRateLimits: 'off' }, stops);
  const desk: Desk = {
    parts,
    slack,
    worker,
    restartWorker: async () => {
      desk.worker = await stops.keep(startWorker(parts));
    },
  };
  return desk;
}

const source = { kind: 'source', id: 'bench' } as const;

/** Opens as an agent's failure does: its session is in the store, and the agent has ended by itself. */
async function openOne({ parts }: Desk, i: number): Promise<string> {
  const sessionId = `bench-session-${i}`;
  const spans = [...longSession({ sessionId, agent: AGENT, steps: 20, actions: 3, tools: 3 })];
  await parts.store.spans.insert(AGENT, spans);
  const ack = { agent: AGENT, sessionId, seq: 0, state: 'ended' as const, pid: null, atMs: Date.now() };
  await parts.store.switches.ack(ack);
  const alert = {
    alertId: `bench-${i}`,
    source: 'bench',
    title: `Decline rate 100 % (${i})`,
    sessionId,
    firedAtMs: Date.now(),
    kind: 'semantic' as const,
    severity: 'sev2' as const,
    wrongValue: null,
    entityId: null,
    url: null,
  };
  // A busy server may not answer in time; the same alert again counts once.
  const opened = () =>
    parts.incidents
      .alert({ agent: AGENT, dedupKey: `bench-${i}`, alert, by: source })
      .catch((error: unknown) => (error instanceof Unreachable ? null : Promise.reject(error as Error)));
  return (await until(`alert ${i}`, opened)).incidentId;
}

/** Until each waits for a person: contained, sealed, analysed, mapped, its card posted. */
async function waiting(desk: Desk, ids: string[]): Promise<void> {
  await until('analysed', async () => {
    const rows = await desk.parts.store.incidents.list({ status: 'open', limit: ids.length });
    return rows.filter(({ state }) => state.blast !== null).length === ids.length ? true : null;
  });
  await until('a card each', () => (ids.every((id) => cardOf(desk, id)) ? true : null));
}

const cardOf = ({ slack }: Desk, incidentId: string) =>
  slack.state.workspace.messages.find(
    ({ blocks, threadTs }) => threadTs === null && JSON.stringify(blocks).includes(`\\"${incidentId}\\"`),
  ) ?? null;

type Samples = Map<string, { latencyMs: number; ok: boolean }[]>;
const keep = (samples: Samples, what: string, latencyMs: number, ok: boolean): void =>
  void samples.set(what, [...(samples.get(what) ?? []), { latencyMs, ok }]);

/** What the machine takes for a signed request that asks nothing: the floor below every other row. */
async function bare({ slack }: Desk, samples: Samples): Promise<void> {
  const startedMs = performance.now();
  const ok = await slack.verifyRequestUrl();
  keep(samples, 'signature alone', performance.now() - startedMs, ok);
}

/** One person's round at one incident, each interaction a sample. */
async function round(desk: Desk, incidentId: string, note: string, samples: Samples): Promise<void> {
  const ana = desk.slack.person(PEOPLE.ana);
  const took = (what: string, { delivery, ok }: Acted): void =>
    keep(samples, what, delivery?.latencyMs ?? 0, ok);
  const card = cardOf(desk, incidentId);
  if (!card) throw new Error(`no card of ${incidentId}`);
  const press = (label: string) => ana.click(CHANNELS.incidents, card.ts, { label });
  const modal = async (filled: string): Promise<string> =>
    await until(`${filled} of ${incidentId}`, () => {
      const { views, stacks } = desk.slack.state.workspace;
      const view = views[stacks[PEOPLE.ana]?.at(-1) ?? ''];
      return view && JSON.stringify(view.blocks).includes(filled) ? view.id : null;
    });
  await bare(desk, samples);
  const button = card.blocks.some((block) => JSON.stringify(block).includes('holdpoint.acknowledge'));
  if (button) took('decide by a button', await press('Acknowledge'));
  took('open a modal', await press('More'));
  took('push a modal', await ana.clickInView(await modal('Add a note'), { label: 'Add a note' }));
  took('submit a form', await ana.submitView(await modal('plain_text_input'), { text: note }));
  took('open the checklist', await press('Checklist'));
  await ana.closeView(await modal('of 11 proven'), true);
  took('open Home', await ana.openHome());
  took('/incident list', await ana.slash('/incident', 'list', CHANNELS.incidents));
}

const at = (sorted: number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;

const ms = (nanoseconds: number): number => Math.round(nanoseconds / 1e6);

const table = (samples: Samples) =>
  [...samples].map(([interaction, all]) => {
    const sorted = all.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
    return {
      interaction,
      n: all.length,
      failed: all.filter(({ ok }) => !ok).length,
      p50Ms: Math.round(at(sorted, 0.5)),
      p95Ms: Math.round(at(sorted, 0.95)),
      maxMs: Math.round(sorted.at(-1) ?? 0),
    };
  });

async function main(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'holdpoint-bench-slack-'));
  const stops = new Stops(new AbortController().signal);
  try {
    const desk = await start(dir, stops);
    const ids: string[] = [];
    while (ids.length < Number(values.open)) ids.push(await openOne(desk, ids.length));
    await waiting(desk, ids);
    say(`${ids.length} incidents wait for people`);
    const active = ids.slice(0, Number(values.active));
    const well: Samples = new Map();
    const loop = monitorEventLoopDelay({ resolution: 10 });
    loop.enable();
    for (let i = 0; i < Number(values.rounds); i += 1)
      for (const id of active) await round(desk, id, `with a worker, round ${i}`, well);
    loop.disable();
    await desk.worker.stop();
    say('the worker is away');
    const away: Samples = new Map();
    for (const id of active) await round(desk, id, 'while the worker is away', away);
    const before = await Promise.all(
      active.map(async (id) => (await desk.parts.store.incidents.get(id))?.state.notes),
    );
    await desk.restartWorker();
    const expected = Number(values.rounds) + 1;
    const after = await until('every note in effect', async () => {
      const rows = await Promise.all(active.map((id) => desk.parts.store.incidents.get(id)));
      const notes = rows.map((row) => row?.state.notes ?? 0);
      return notes.every((count) => count === expected) ? notes : null;
    });
    const result = {
      at: new Date().toISOString(),
      cores: availableParallelism(),
      load: loadavg().map((one) => Number(one.toFixed(1))),
      open: ids.length,
      active: active.length,
      /** How late the one process that holds Slack's side and the worker gets to its work, ms. */
      eventLoopDelayMs: { p50: ms(loop.percentile(50)), p95: ms(loop.percentile(95)), max: ms(loop.max) },
      worker: table(well),
      away: table(away),
      notesBeforeTheWorkerCameBack: before,
      notesAfter: after,
    };
    writeFileSync(
      fileURLToPath(new URL('slack.json', import.meta.url)),
      `${JSON.stringify(result, null, 2)}\n`,
    );
    console.table(result.worker);
    console.table(result.away);
  } finally {
    await stops.run();
    rmSync(dir, { recursive: true, force: true });
  }
}

await main();

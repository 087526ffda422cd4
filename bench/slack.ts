/**
 * How long a person waits for Slack's acknowledgement: 50 incidents open, 5 of them worked on, on a real Temporal server
 * and Postgres, each click a signed request of the stand-in. Then the same clicks while no worker runs: accepted, and in
 * effect once one does. Prints one table; writes `bench/slack.json`.
 *   npx tsx bench/slack.ts [--open 50] [--active 5] [--rounds 6]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Unreachable } from '../src/client/errors.ts';
import { openParts, type Parts } from '../src/compose/parts.ts';
import { startServer } from '../src/compose/server.ts';
import { startWorker } from '../src/compose/worker.ts';
import { startMailCatcher } from '../src/embedded/mail/catcher.ts';
import { freePort } from '../src/embedded/ports.ts';
import { startPostgres } from '../src/embedded/postgres/server.ts';
import { AGENT, loanAgent, sampleConfig, sampleSecrets } from '../src/embedded/sample/config.ts';
import type { Acted } from '../src/embedded/slack/people/person.ts';
import { CHANNELS, PEOPLE, sampleWorkspace } from '../src/embedded/slack/sample-workspace.ts';
import { startSlackStandIn, type SlackStandIn } from '../src/embedded/slack/stand-in.ts';
import { startTemporalServer } from '../src/embedded/temporal/server.ts';
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

interface Desk {
  parts: Parts;
  slack: SlackStandIn;
  worker: { stop(): Promise<void> };
  restartWorker(): Promise<void>;
}

async function start(dir: string, stops: Stops): Promise<Desk> {
  const secrets = sampleSecrets(dir);
  const [temporal, database, mail] = await Promise.all([
    stops.keep(
      startTemporalServer({ dir: join(dir, 'temporal'), dbFile: join(dir, 'temporal.db'), report: say }),
    ),
    stops.keep(startPostgres({ dataDir: join(dir, 'postgres') })),
    stops.keep(startMailCatcher({ dir: join(dir, 'mail') })),
  ]);
  const port = await freePort(0);
  const slack = await startSlackStandIn({
    ...sampleWorkspace(),
    host: '127.0.0.1',
    signingSecret: secrets.SLACK_SIGNING_SECRET,
    botToken: secrets.SLACK_BOT_TOKEN,
    requestUrl: `http://127.0.0.1:${port}/slack/events`,
    rateLimits: 'off',
  });
  stops.add(() => slack.close());
  const config = sampleConfig({
    dir,
    port,
    slackApiUrl: slack.apiUrl,
    smtpUrl: mail.smtpUrl,
    databaseUrl: database.url,
    temporalAddress: temporal.address,
    secrets,
    agents: { [AGENT]: loanAgent('http://127.0.0.1:9') },
  });
  const parts = await openParts(config);
  stops.add(() => parts.close());
  await stops.keep(startServer(parts));
  const desk: Desk = {
    parts,
    slack,
    worker: await startWorker(parts),
    restartWorker: async () => {
      desk.worker = await startWorker(parts);
    },
  };
  stops.add(() => desk.worker.stop());
  return desk;
}

const source = { kind: 'source', id: 'bench' } as const;

async function open({ parts }: Desk, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const alert = {
      alertId: `bench-${i}`,
      source: 'bench',
      title: `Decline rate 100 % (${i})`,
      sessionId: `bench-session-${i}`,
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
        .alert({ agent: AGENT, dedupKey: null, alert, by: source })
        .catch((error: unknown) => (error instanceof Unreachable ? null : Promise.reject(error as Error)));
    ids.push((await until(`alert ${i}`, opened)).incidentId);
  }
  return ids;
}

const cardOf = ({ slack }: Desk, incidentId: string) =>
  slack.state.workspace.messages.find(
    ({ blocks, threadTs }) => threadTs === null && JSON.stringify(blocks).includes(`\\"${incidentId}\\"`),
  ) ?? null;

type Samples = Map<string, { latencyMs: number; ok: boolean }[]>;

/** One person's round at one incident, each interaction a sample. */
async function round(desk: Desk, incidentId: string, note: string, samples: Samples): Promise<void> {
  const ana = desk.slack.person(PEOPLE.ana);
  const took = (what: string, { delivery, ok }: Acted): void =>
    void samples.set(what, [...(samples.get(what) ?? []), { latencyMs: delivery?.latencyMs ?? 0, ok }]);
  const card = cardOf(desk, incidentId);
  if (!card) throw new Error(`no card of ${incidentId}`);
  const press = (label: string) => ana.click(CHANNELS.incidents, card.ts, { label });
  const modal = async (filled: string): Promise<string> =>
    await until(`${filled} of ${incidentId}`, () => {
      const { views, stacks } = desk.slack.state.workspace;
      const view = views[stacks[PEOPLE.ana]?.at(-1) ?? ''];
      return view && JSON.stringify(view.blocks).includes(filled) ? view.id : null;
    });
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
    const ids = await open(desk, Number(values.open));
    await until('a card each', () => (ids.every((id) => cardOf(desk, id)) ? true : null));
    say(`${ids.length} incidents open, a card each`);
    const active = ids.slice(0, Number(values.active));
    const well: Samples = new Map();
    for (let i = 0; i < Number(values.rounds); i += 1)
      for (const id of active) await round(desk, id, `with a worker, round ${i}`, well);
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

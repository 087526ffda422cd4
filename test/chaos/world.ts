import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import { z } from 'zod';
import { AGENT, loanAgent, sampleSecrets, sampleSettings } from '../../src/embedded/sample/config.ts';
import { type LoanUrls, startLoanServices } from '../../src/embedded/sample/loans.ts';
import { startMailCatcher, type MailCatcher } from '../../src/embedded/mail/catcher.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { startPostgres } from '../../src/embedded/postgres/server.ts';
import { until } from '../../src/embedded/processes.ts';
import type { SlackStandIn } from '../../src/embedded/slack/stand-in.ts';
import { startTemporalServer } from '../../src/embedded/temporal/server.ts';
import { startSlack } from '../../src/embedded/up/parts.ts';
import { runFile, type Running } from '../support/processes.ts';
import { FOLDER_HOOK, folderTapEnv, startFolderTap } from './folder-tap.ts';
import { startPager, type PagerStandIn } from './pager.ts';
import { type ControlStandIn, startControl } from './control.ts';
import { edges, type Edge, type Stop, type Victim } from './points.ts';
import { startTap, type Watcher } from './tap.ts';

type Program = 'server' | 'worker';
const programs: readonly Program[] = ['server', 'worker'];
const victimsOf: Record<Victim, readonly (Program | 'temporal' | 'database')[]> = {
  worker: ['worker'],
  server: ['server'],
  both: programs,
  temporal: ['temporal'],
  database: ['database'],
};

const stoppedBy = (control: string | null): object =>
  control === null
    ? {}
    : { containment: { kind: 'webhook', url: `${control}/control`, secretEnv: 'CONTROL_SECRET' } };
const NOTES_ONLY = { alertFrom: 'never', containFrom: 'never', lessons: 'note' };
const CLI = 'src/cli/main.ts';
const START_MS = 150_000;
const MOST_FAILED_STARTS = 20;
const quiet = (): void => undefined;
const Pid = z.object({ pid: z.int().positive() });

/** Everything that an incident needs, each part a process that can be killed, with taps at the edges. */
export interface World {
  home: string;
  /** Where alerts and spans go: the server, behind its tap. */
  endpoint: string;
  key: string;
  databaseUrl: string;
  loans: { dir: string; urls: LoanUrls };
  slack: SlackStandIn;
  mail: MailCatcher;
  pager: PagerStandIn;
  /** What stops the agent; null where its switch does. */
  control: ControlStandIn | null;
  /** SIGKILL now; resolves when what was killed runs again. */
  kill(victim: Victim, downMs: number): Promise<void>;
  /** Processes that ended without being killed; what they said last. */
  crashes: string[];
  /** Starts that did not succeed, by program: what they stand on may have been down at that moment. */
  failedStarts: ReadonlyMap<string, number>;
  /** Called with each moment that is reached. */
  watch(watcher: Watcher): void;
  /** Resolves when nothing is being started any more. */
  standing(): Promise<void>;
  stop(): Promise<void>;
}

export async function startWorld(home: string, stopBy: Stop = 'switch'): Promise<World> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (let end = stops.pop(); end; end = stops.pop()) await end().catch(quiet);
  };
  try {
    return { ...(await assemble(home, stopBy, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function assemble(
  home: string,
  stopBy: Stop,
  stops: (() => Promise<void>)[],
): Promise<Omit<World, 'stop'>> {
  const secrets = sampleSecrets(home);
  let watcher: Watcher = () => false;
  const watching: Watcher = (moment, side) => watcher(moment, side);
  const tap = async (edge: Edge, port: number): Promise<number> => {
    const started = await startTap(() => ({ host: '127.0.0.1', port }), edges[edge], watching);
    stops.push(() => started.stop());
    return started.port;
  };
  const temporalDir = join(home, 'temporal');
  const startTemporal = () =>
    startTemporalServer({ dir: temporalDir, dbFile: join(temporalDir, 'temporal.db') });
  const dataDir = join(home, 'postgres');
  const startDatabase = () => startPostgres({ dataDir });
  const serverPort = await freePort();
  const serverTap = await tap('server', serverPort);
  const endpoint = `http://127.0.0.1:${serverTap}`;
  const loansDir = join(home, 'loans');
  const [temporal, database, mail, slack, loans, pager, folderTap] = await Promise.all([
    startTemporal(),
    startDatabase(),
    startMailCatcher({ dir: join(home, 'mail'), smtpPort: await freePort(), httpPort: await freePort() }),
    startSlack(home, secrets, `${endpoint}/slack/events`, quiet),
    startLoanServices(loansDir),
    startPager(),
    startFolderTap(edges.evidence, watching),
  ]);
  stops.push(() => endOf(join(temporalDir, 'temporal.json')));
  stops.push(() => endOf(join(dataDir, 'postgres.json')));
  stops.push(
    () => mail.stop(),
    () => slack.close(),
    () => loans.stop(),
    () => pager.stop(),
    () => folderTap.stop(),
  );

  const controlSecret = randomBytes(24).toString('hex');
  const control = stopBy === 'webhook' ? await startControl(database.url, controlSecret) : null;
  if (control) stops.push(() => control.stop());

  const behind = async (edge: Edge, url: string): Promise<string> => {
    const tapped = new URL(url);
    tapped.port = String(await tap(edge, Number(tapped.port)));
    return tapped.href.replace(/\/$/, '');
  };
  const settings = (of: {
    slackApiUrl: string;
    smtpUrl: string;
    databaseUrl: string;
    applications: string;
    pager: string;
    control: string | null;
  }) =>
    sampleSettings({
      ...of,
      dir: home,
      port: serverPort,
      temporalAddress: temporal.address,
      secrets,
      // A lesson of the first incident would stop the agent before the next one has done harm.
      agents: { [AGENT]: { ...loanAgent(of.applications), ...stoppedBy(of.control), live: NOTES_ONLY } },
      more: { pager: { kind: 'webhook', url: `${of.pager}/page`, secretEnv: 'PAGER_SECRET' } },
    });
  const of = {
    server: settings({
      slackApiUrl: slack.apiUrl,
      smtpUrl: mail.smtpUrl,
      databaseUrl: database.url,
      applications: loans.urls.applications,
      pager: pager.url,
      control: control?.url ?? null,
    }),
    worker: settings({
      slackApiUrl: `${await behind('slack', slack.apiUrl)}/`,
      smtpUrl: await behind('mail', mail.smtpUrl),
      databaseUrl: await behind('workerDatabase', database.url),
      applications: await behind('applications', loans.urls.applications),
      pager: await behind('pager', pager.url),
      control: control && (await behind('control', control.url)),
    }),
  };
  for (const name of programs) writeFileSync(join(home, `${name}.yaml`), stringify(of[name].value));

  const more = {
    ...folderTapEnv(folderTap, join(home, 'evidence')),
    PAGER_SECRET: randomBytes(24).toString('hex'),
    CONTROL_SECRET: controlSecret,
  };
  const running = new Map<Program, Running>();
  const killed = new WeakSet<Running>();
  const crashes: string[] = [];
  const failedStarts = new Map<Program, number>();
  let leaving = false;
  /** As a supervisor would: what ends by itself is started again, also when what it stands on is down just now. */
  const start = async (name: Program): Promise<void> => {
    let failures = 0;
    while (!leaving) {
      const file = join(home, `${name}.yaml`);
      const env = { ...process.env, ...of[name].env, ...more, HOLDPOINT_CONFIG: file };
      const before = name === 'worker' ? [FOLDER_HOOK] : [];
      const one = runFile(CLI, [name, '--config', file], { env, before });
      running.set(name, one);
      const how: { ended?: number | NodeJS.Signals } = {};
      void one.ended.then((code) => {
        how.ended = code;
        appendFileSync(
          join(home, `${name}.log`),
          `${new Date().toISOString()} ended (${code})\n${one.errors()}`,
        );
      });
      const stands = (): boolean => one.errors().includes(`holdpoint ${name}: `);
      await until(() => how.ended !== undefined || stands(), START_MS);
      if (how.ended === undefined) {
        void one.ended.then((code) => {
          if (killed.has(one) || leaving) return undefined;
          crashes.push(`${name} ended by itself (${code}): ${last(one)}`);
          return start(name);
        });
        return;
      }
      failedStarts.set(name, (failedStarts.get(name) ?? 0) + 1);
      failures += 1;
      // What it stands on is down for seconds at most.
      if (failures > MOST_FAILED_STARTS) throw new Error(`${name} does not start: ${last(one)}`);
      await pause(500);
    }
  };
  const killProgram = (name: Program): void => {
    const one = running.get(name);
    if (!one) return;
    killed.add(one);
    one.kill('SIGKILL');
  };
  stops.push(async () => {
    leaving = true;
    for (const name of programs) killProgram(name);
    await Promise.all([...running.values()].map(({ ended }) => ended));
  });

  const revive = {
    server: () => start('server'),
    worker: () => start('worker'),
    temporal: async () => void (await startTemporal()),
    database: async () => void (await startDatabase()),
  };
  const starting = new Map<keyof typeof revive, Promise<void>>();
  const kill = async (victim: Victim, downMs: number): Promise<void> => {
    const all = victimsOf[victim].filter((name) => !starting.has(name));
    for (const name of all) {
      if (name === 'temporal') killServer(join(temporalDir, 'temporal.json'));
      else if (name === 'database') killServer(join(dataDir, 'postgres.json'));
      else killProgram(name);
    }
    const again = async (name: keyof typeof revive): Promise<void> => {
      await pause(downMs);
      await revive[name]();
      starting.delete(name);
    };
    const revived = all.map((name) => again(name));
    all.forEach((name, i) => starting.set(name, revived[i] ?? Promise.resolve()));
    await Promise.all(revived);
  };
  await Promise.all(programs.map(start));

  return {
    home,
    endpoint,
    key: secrets.HOLDPOINT_SAMPLE_KEY,
    databaseUrl: database.url,
    loans: { dir: loansDir, urls: loans.urls },
    slack,
    mail,
    pager,
    control,
    kill,
    crashes,
    failedStarts,
    watch: (next) => {
      watcher = next;
    },
    standing: async () => {
      while (starting.size > 0) await Promise.all(starting.values());
    },
  };
}

const last = (one: Running): string =>
  one
    .errors()
    .trim()
    .split('\n')
    .filter((line) => !/^\s+at |^\s*\d+: 0x/.test(line))
    .slice(-8)
    .join(' | ')
    .slice(-600);

const pidIn = (record: string): number => Pid.parse(JSON.parse(readFileSync(record, 'utf8'))).pid;

function killServer(record: string): void {
  try {
    process.kill(pidIn(record), 'SIGKILL');
  } catch {
    // It is being started, or has just been killed.
  }
}

async function endOf(record: string): Promise<void> {
  const pid = pidIn(record);
  const isGone = (): boolean => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  };
  if (!isGone()) process.kill(pid, 'SIGINT');
  if (!(await until(isGone, 10_000))) killServer(record);
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import {
  AGENT,
  loanAgent,
  sampleSecrets,
  sampleSettings,
  type Secrets,
} from '../../src/embedded/sample/config.ts';
import { type LoanUrls, startLoanServices } from '../../src/embedded/sample/loans.ts';
import { startMailCatcher, type MailCatcher } from '../../src/embedded/mail/catcher.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { until } from '../../src/embedded/processes.ts';
import { startSlack } from '../../src/embedded/up/parts.ts';
import { startTemporalServer } from '../../src/embedded/temporal/server.ts';
import type { SlackStandIn } from '../../src/embedded/slack/stand-in.ts';
import { freshDatabase } from '../support/postgres.ts';
import { runFile, type Running } from '../support/processes.ts';

const CLI = 'src/cli/main.ts';
const START_MS = 150_000;
const quiet = (): void => undefined;

/** What server and worker stand on, and how they are started from a `holdpoint.yaml`. */
export interface System {
  home: string;
  secrets: Secrets;
  /** Where the server listens once it runs. */
  endpoint: string;
  databaseUrl: string;
  loans: { dir: string; urls: LoanUrls };
  slack: SlackStandIn;
  mail: MailCatcher;
  /** Resolves when the process says that it runs. */
  start(process: 'server' | 'worker'): Promise<Running>;
  /** Runs another command to its end with the same configuration. */
  command(args: readonly string[]): Promise<{ code: number | string; errors: string }>;
  stop(): Promise<void>;
}

/** Everything but server and worker: Temporal on a file, a database, mail, Slack and the loan services. `agents`: others. */
export async function startSystem(
  home: string,
  more: { agents?: (urls: LoanUrls) => Record<string, unknown> } = {},
): Promise<System> {
  const secrets = sampleSecrets(home);
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (let end = stops.pop(); end; end = stops.pop()) await end().catch(quiet);
  };
  try {
    return { ...(await assemble(home, secrets, stops, more)), home, secrets, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function assemble(
  home: string,
  secrets: Secrets,
  stops: (() => Promise<void>)[],
  { agents }: Parameters<typeof startSystem>[1] & object,
): Promise<Omit<System, 'home' | 'secrets' | 'stop'>> {
  const port = await freePort();
  const dir = join(home, 'temporal');
  const ports = { port: await freePort(), uiPort: await freePort() };
  const temporal = await startTemporalServer({ dir, dbFile: join(dir, 'temporal.db'), ...ports });
  stops.push(() => temporal.stop());
  const database = await freshDatabase();
  stops.push(() => database.drop());
  const mailPorts = { smtpPort: await freePort(), httpPort: await freePort() };
  const mail = await startMailCatcher({ dir: join(home, 'mail'), ...mailPorts });
  stops.push(() => mail.stop());
  const slack = await startSlack(home, secrets, `http://127.0.0.1:${port}/slack/events`, quiet);
  stops.push(() => slack.close());
  const loansDir = join(home, 'loans');
  const loans = await startLoanServices(loansDir);
  stops.push(() => loans.stop());
  const { value, env } = sampleSettings({
    dir: home,
    port,
    slackApiUrl: slack.apiUrl,
    smtpUrl: mail.smtpUrl,
    databaseUrl: database.url,
    temporalAddress: temporal.address,
    secrets,
    agents: { [AGENT]: loanAgent(loans.urls.applications), ...agents?.(loans.urls) },
  });
  const file = join(home, 'holdpoint.yaml');
  writeFileSync(file, stringify(value));
  const run = (args: readonly string[]): Running =>
    runFile(CLI, args, { env: { ...process.env, ...env, HOLDPOINT_CONFIG: file } });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    databaseUrl: database.url,
    loans: { dir: loansDir, urls: loans.urls },
    slack,
    mail,
    start: async (name) => {
      const running = run([name, '--config', file]);
      stops.push(() => end(running));
      let ended = false;
      void running.ended.then(() => (ended = true));
      await until(() => ended || running.errors().includes(`holdpoint ${name}: `), START_MS);
      if (running.errors().includes(`holdpoint ${name}: `)) return running;
      throw new Error(`the ${name} does not start:\n${running.errors()}`);
    },
    command: async (args) => {
      const running = run(args);
      return { code: await running.ended, errors: running.errors() };
    },
  };
}

async function end(running: Running): Promise<void> {
  running.kill('SIGKILL');
  await running.ended;
}

import type { RunningServer } from '../../compose/server.ts';
import { startServer } from '../../compose/server.ts';
import { openParts, type Parts } from '../../compose/parts.ts';
import { startWorker } from '../../compose/worker.ts';
import { privateDir } from '../home.ts';
import { freePort } from '../ports.ts';
import { sampleConfig, sampleSecrets, type Secrets } from '../sample/config.ts';
import { CHANNELS, PEOPLE } from '../slack/sample-workspace.ts';
import { type Say, startDatabase, startMail, startSlack, startTemporal, told } from './parts.ts';
import type { Overrides } from '../../compose/activities.ts';
import type { MailCatcher } from '../mail/catcher.ts';
import type { SlackStandIn } from '../slack/stand-in.ts';

/** Holdpoint with everything embedded, on loopback. */
export interface Stack {
  dir: string;
  secrets: Secrets;
  parts: Parts;
  server: RunningServer;
  slack: SlackStandIn;
  mail: MailCatcher;
  temporalUi: string;
  addresses: string[];
  stop(): Promise<void>;
}

/** Ends what was started, the last first; one that fails does not keep the others. */
class Stops {
  private readonly all: (() => Promise<void>)[] = [];
  add(stop: () => Promise<void>): void {
    this.all.push(stop);
  }
  async run(): Promise<void> {
    for (const stop of this.all.toReversed()) await stop().catch(() => undefined);
  }
}

export interface StackOptions {
  dir: string;
  say: Say;
  /** The section `agents` of the configuration. */
  agents: Record<string, unknown>;
  overrides?: Overrides;
}

/** Starts everything that the sample needs; what a start that failed had begun is ended. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const stops = new Stops();
  try {
    return await assemble({ ...options, dir: privateDir(options.dir) }, stops);
  } catch (error) {
    await stops.run();
    throw error;
  }
}

async function assemble({ dir, say, agents, overrides }: StackOptions, stops: Stops): Promise<Stack> {
  const secrets = sampleSecrets(dir);
  const keep = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const started = await starting;
    stops.add(() => started.stop());
    return started;
  };
  const [temporal, database, mail] = await Promise.all([
    keep(startTemporal(dir, say)),
    keep(startDatabase(dir, say)),
    keep(startMail(dir, say)),
  ]);
  const port = await freePort(7400);
  const slack = await startSlack(dir, secrets, `http://127.0.0.1:${port}/slack/events`, say);
  stops.add(() => slack.close());
  const config = sampleConfig({
    dir,
    port,
    slackApiUrl: slack.apiUrl,
    smtpUrl: mail.smtpUrl,
    databaseUrl: database.url,
    temporalAddress: temporal.address,
    secrets,
    agents,
  });
  const parts = await openParts(config);
  stops.add(() => parts.close());
  const server = await keep(told(say, 'Holdpoint server', startServer(parts)));
  await keep(told(say, 'Holdpoint worker', startWorker(parts, overrides)));
  return {
    dir,
    secrets,
    parts,
    server,
    slack,
    mail,
    temporalUi: temporal.uiUrl,
    addresses: [
      `Slack stand-in   ${slack.pageFor(PEOPLE.ana, CHANNELS.incidents)}`,
      `status page      ${server.url}/`,
      `mails            ${mail.webUrl}`,
      `Temporal         ${temporal.uiUrl}`,
    ],
    stop: () => stops.run(),
  };
}

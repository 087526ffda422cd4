import type { RunningServer } from '../../compose/server.ts';
import { startServer } from '../../compose/server.ts';
import { openParts, type Parts } from '../../compose/parts.ts';
import { startWorker, type RunningWorker } from '../../compose/worker.ts';
import { privateDir } from '../home.ts';
import { freePort } from '../ports.ts';
import { sampleConfig, sampleSecrets, type Secrets } from '../sample/config.ts';
import { CHANNELS, PEOPLE } from '../slack/sample-workspace.ts';
import type { Stops } from './stops.ts';
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
  worker: RunningWorker;
  slack: SlackStandIn;
  mail: MailCatcher;
  temporalUi: string;
  addresses: string[];
}

export interface StackOptions {
  dir: string;
  say: Say;
  /** The section `agents` of the configuration. */
  agents: Record<string, unknown>;
  /** Other sections of the configuration, such as `breaker`. */
  more?: Record<string, unknown>;
  overrides?: Overrides;
  /** `off`: the stand-in answers more often than Slack allows. */
  slackRateLimits?: 'slack' | 'off';
}

/** Starts everything that the sample needs; `stops` ends it, also what a start that failed had begun. */
export async function startStack(
  { dir, say, agents, more, overrides, slackRateLimits }: StackOptions,
  stops: Stops,
): Promise<Stack> {
  privateDir(dir);
  const secrets = sampleSecrets(dir);
  const [temporal, database, mail] = await Promise.all([
    stops.keep(startTemporal(dir, say)),
    stops.keep(startDatabase(dir, say)),
    stops.keep(startMail(dir, say)),
  ]);
  const port = await freePort(7400);
  const slack = await startSlack(dir, secrets, `http://127.0.0.1:${port}/slack/events`, say, slackRateLimits);
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
    more,
  });
  const parts = await openParts(config);
  stops.add(() => parts.close());
  const server = await stops.keep(told(say, 'Holdpoint server', startServer(parts)));
  const worker = await stops.keep(told(say, 'Holdpoint worker', startWorker(parts, overrides)));
  return {
    dir,
    secrets,
    parts,
    server,
    worker,
    slack,
    mail,
    temporalUi: temporal.uiUrl,
    addresses: [
      `Slack stand-in   ${slack.pageFor(PEOPLE.ana, CHANNELS.incidents)}`,
      `status page      ${server.url}/`,
      `mails            ${mail.webUrl}`,
      `Temporal         ${temporal.uiUrl}`,
    ],
  };
}

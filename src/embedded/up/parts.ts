import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type MailCatcher, startMailCatcher } from '../mail/catcher.ts';
import { type PostgresServer, startPostgres } from '../postgres/server.ts';
import { type SlackStandIn, startSlackStandIn } from '../slack/stand-in.ts';
import { sampleWorkspace } from '../slack/sample-workspace.ts';
import { startTemporalServer, type TemporalServer } from '../temporal/server.ts';
import { freePort } from '../ports.ts';
import { REPORT_SHORTCUT } from '../../slack/listeners/report.ts';
import type { Secrets } from '../sample/config.ts';
import type { Stops } from './stops.ts';

export type Say = (line: string) => void;

/** One `holdpoint up`: where it tells, what ends with it, and the signal that it is to end. */
export interface Run {
  say: Say;
  stops: Stops;
  signal: AbortSignal;
}

/** Tells what starts and how long it took, one line each. */
export async function told<T>(say: Say, what: string, work: Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await work;
  say(`${what} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  return result;
}

export const startTemporal = (dir: string, say: Say): Promise<TemporalServer> =>
  told(
    say,
    'Temporal dev server',
    startTemporalServer({
      dir: join(dir, 'temporal'),
      dbFile: join(dir, 'temporal', 'temporal.db'),
      report: say,
    }),
  );

export const startDatabase = (dir: string, say: Say): Promise<PostgresServer> =>
  told(say, 'Postgres', startPostgres({ dataDir: join(dir, 'postgres') }));

export const startMail = (dir: string, say: Say): Promise<MailCatcher> =>
  told(say, 'mail catcher', startMailCatcher({ dir: join(dir, 'mail') }));

/** The stand-in for Slack, with the sample's people. What it keeps on disk wins over the seed. */
export async function startSlack(
  dir: string,
  secrets: Secrets,
  requestUrl: string,
  say: Say,
  rateLimits: 'slack' | 'off' = 'slack',
): Promise<SlackStandIn> {
  const { users, channels, userGroups, team, app } = sampleWorkspace();
  const starting = startSlackStandIn({
    host: '127.0.0.1',
    port: await freePort(7401),
    stateFile: join(dir, 'slack.json'),
    signingSecret: secrets.SLACK_SIGNING_SECRET,
    botToken: secrets.SLACK_BOT_TOKEN,
    requestUrl,
    rateLimits,
    users,
    channels,
    userGroups,
    team,
    app,
    commands: ['/incident'],
    shortcuts: [{ callbackId: REPORT_SHORTCUT, name: 'Report an agent failure', type: 'message' }],
  });
  return told(say, 'Slack stand-in', starting);
}

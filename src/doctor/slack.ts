import { createHmac } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Config, SlackConfig } from '../config/types.ts';
import { SLACK_PATH } from '../slack/app.ts';
import { createSlackClient } from '../slack/client.ts';
import { missingScopes } from '../slack/scopes.ts';
import { attempt, PATIENCE_MS, type Finding } from './attempt.ts';

const Tested = z.looseObject({
  team_id: z.string().optional(),
  team: z.string().optional(),
  response_metadata: z.looseObject({ scopes: z.array(z.string()).optional() }).optional(),
});

const INSTALL = 'Update the app from deploy/slack-manifest.yaml and install it again.';

async function token(client: WebClient, settings: SlackConfig): Promise<string> {
  const { team_id: team, team: name } = Tested.parse(await client.auth.test());
  if (team !== settings.teamId)
    throw new Error(`the token is of team ${team}, slack.team says ${settings.teamId}`);
  return `team ${name ?? team}`;
}

async function scopes(client: WebClient, { approverGroups, room }: SlackConfig): Promise<string> {
  const given = Tested.parse(await client.auth.test()).response_metadata?.scopes ?? [];
  const missing = missingScopes(given, { approverGroups: approverGroups.length > 0, room });
  if (missing.length > 0) throw new Error(`the token lacks ${missing.join(', ')}`);
  return `${given.length} scopes, every one that is used`;
}

/** Reading its history takes membership, and no scope that is not needed anyway. */
async function channel(client: WebClient, settings: SlackConfig): Promise<string> {
  await client.conversations.history({ channel: settings.channel, limit: 1 });
  return `the app is a member of ${settings.channel}`;
}

async function group(client: WebClient, usergroup: string): Promise<string> {
  const { users = [] } = await client.usergroups.users.list({ usergroup });
  if (users.length < 2) throw new Error(`${users.length} members; an irreversible action needs two people`);
  return `${users.length} members`;
}

async function appToken(settings: SlackConfig, secret: string): Promise<string> {
  const { url } = await createSlackClient({
    botToken: secret,
    slackApiUrl: settings.apiUrl ?? undefined,
  }).apps.connections.open();
  if (!url) throw new Error('Slack handed out no connection');
  return 'Socket Mode: Slack hands out connections';
}

/** Does what Slack does when an app's address is set, signed with our secret; the server that runs must agree. */
async function signingSecret({ server, slack }: Config): Promise<string> {
  const address = `${server.publicUrl}${SLACK_PATH}`;
  const challenge = `doctor-${Date.now()}`;
  const body = JSON.stringify({ type: 'url_verification', challenge });
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const secret = slack?.signingSecret.reveal() ?? '';
  const sum = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  const headers = {
    'content-type': 'application/json',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${sum}`,
  };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(address, { method: 'POST', headers, body, redirect: 'manual', signal }).catch(
    () => null,
  );
  if (!answer) return `not tried: no server answers at ${address}; run the doctor again when it does`;
  if (answer.status === 401) throw new Error(`the server at ${address} has another signing secret`);
  if (answer.status !== 200 || !(await answer.text()).includes(challenge))
    throw new Error(`${address} answered ${answer.status} to a signed challenge`);
  return `the server at ${address} agrees`;
}

/** Token, scopes, channel, user groups, and how Slack reaches us. */
export async function examineSlack(config: Config): Promise<Finding[]> {
  const { slack: settings } = config;
  if (!settings) return [];
  const client = createSlackClient({
    botToken: settings.botToken.reveal(),
    slackApiUrl: settings.apiUrl ?? undefined,
  });
  const socket = settings.appToken;
  return await Promise.all([
    attempt('slack token', 'Set SLACK_BOT_TOKEN to the bot token of the app.', () => token(client, settings)),
    attempt('slack scopes', INSTALL, () => scopes(client, settings)),
    attempt('slack channel', `Invite the app to ${settings.channel}, the channel of slack.channel.`, () =>
      channel(client, settings),
    ),
    ...settings.approverGroups.map((usergroup) =>
      attempt(`slack group ${usergroup}`, 'Check slack.approverGroups, and who is in the group.', () =>
        group(client, usergroup),
      ),
    ),
    socket
      ? attempt(
          'slack app token',
          'Make an app-level token with connections:write, and turn Socket Mode on.',
          () => appToken(settings, socket.reveal()),
        )
      : attempt(
          'slack signing secret',
          'Copy it from "Basic Information" of the app into SLACK_SIGNING_SECRET.',
          () => signingSecret(config),
        ),
  ]);
}

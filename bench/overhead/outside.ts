/**
 * The outside of the measured process, as a process of its own: Slack stand-in, mail catcher, and an agent's control
 * endpoint that obeys at once. In one process with the worker they would wait for each other's turns, and nobody waits
 * for Slack like that.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { sampleWorkspace } from '../../src/embedded/slack/sample-workspace.ts';
import { startSlackStandIn } from '../../src/embedded/slack/stand-in.ts';
import { startMailCatcher } from '../../src/embedded/mail/catcher.ts';
import type { Said } from './outside-client.ts';

const Order = z.object({
  dir: z.string(),
  signingSecret: z.string(),
  botToken: z.string(),
  requestUrl: z.string(),
});
const order = Order.parse(JSON.parse(process.argv[2] ?? '{}'));
const say = (said: Said): void => void process.send?.(said);
const now = (): number => performance.timeOrigin + performance.now();

const mail = await startMailCatcher({ dir: order.dir });
const { users, channels, userGroups, team, app } = sampleWorkspace();
const slack = await startSlackStandIn({
  host: '127.0.0.1',
  port: 0,
  signingSecret: order.signingSecret,
  botToken: order.botToken,
  requestUrl: order.requestUrl,
  users,
  channels,
  userGroups,
  team,
  app,
  // Slack takes one message a second and channel; the cost of Holdpoint is asked for, not Slack's patience.
  rateLimits: 'off',
});

const told = new Set<string>();
const Stop = z.object({ sessionId: z.string().nullable() });
const agents = createServer(async (request, response) => {
  const atMs = now();
  // A question after the state has no body.
  const body = Buffer.concat(await request.toArray()).toString('utf8') || '{"sessionId":null}';
  const { sessionId } = Stop.parse(JSON.parse(body));
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"state":"paused"}');
  if (sessionId === null || told.has(sessionId)) return;
  told.add(sessionId);
  say({ kind: 'stopped', sessionId, atMs });
});
await new Promise<void>((resolve) => agents.listen(0, '127.0.0.1', resolve));

process.on('message', () => say({ kind: 'calls', slack: slack.state.calls.length }));
process.once('disconnect', () => process.exit(0));
say({
  kind: 'ready',
  slackApiUrl: slack.apiUrl,
  smtpUrl: mail.smtpUrl,
  controlUrl: `http://127.0.0.1:${(agents.address() as AddressInfo).port}/control`,
});

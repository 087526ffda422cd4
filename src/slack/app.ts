import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { App, HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Incidents } from '../client/port.ts';
import { clientOptions, createSlackClient } from './client.ts';
import type { EvidenceReader } from './evidence.ts';
import { createIdentity } from './identity.ts';
import type { ListenerDeps, Recipients } from './listeners/deps.ts';
import { type Patience, usualPatience } from './listeners/in-time.ts';
import { registerAll } from './listeners/index.ts';
import { stderrLog, type SlackLog } from './log.ts';
import type { PeopleConfig } from './people.ts';

/** Where Slack posts interactions, commands and events. */
export const SLACK_PATH = '/slack/events';

export interface SlackAppDeps {
  signingSecret: string;
  botToken: string;
  /** Given: Socket Mode, for a laptop without a public address. Otherwise HTTP. */
  appToken?: string | undefined;
  incidents: Incidents;
  store: ListenerDeps['store'];
  people: PeopleConfig;
  evidence: EvidenceReader;
  /** Elsewhere than slack.com; ends in `/api/`. */
  slackApiUrl?: string | undefined;
  /** Agents that people may report, by name. */
  agents?: readonly string[];
  /** Who gets a postmortem, for the preview. */
  recipients?: Recipients;
  pageUrl?: (incidentId: string) => string | null;
  /** Own server on `host`:`port`; without it, mount `handle`. */
  listen?: { host: string; port: number } | undefined;
  now?: () => number;
  /** Other waits than the usual ones. */
  patience?: Partial<Patience>;
  log?: SlackLog;
}

export interface SlackApp {
  app: App;
  client: WebClient;
  /** For one's own HTTP server: answers 404 to whatever is not a POST to `SLACK_PATH`; never throws. */
  handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Resolves with the port that was taken, or null in Socket Mode and when mounted. */
  start(): Promise<{ port: number | null }>;
  stop(): Promise<void>;
}

/** Slack's side of Holdpoint: translates clicks into commands, and answers each one. */
export function createSlackApp(deps: SlackAppDeps): SlackApp {
  const log = deps.log ?? stderrLog;
  const now = deps.now ?? Date.now;
  const socket = deps.appToken !== undefined;
  const patience = { ...usualPatience, ...deps.patience };
  const { slackApiUrl } = deps;
  const calls = { slackApiUrl, log, timeoutMs: patience.callMs };
  const receiver = receiverOf(deps, patience, log);
  const app = new App({
    token: deps.botToken,
    receiver,
    tokenVerificationEnabled: false,
    logger: log,
    clientOptions: clientOptions(calls),
  });
  // Rethrown, so that Slack hears 500: an event comes again, and a person sees that nothing was done.
  app.error(async (error) => {
    log.error('a listener failed', error);
    throw error;
  });
  const client = createSlackClient({ botToken: deps.botToken, ...calls });
  const { later, settled } = background(log);
  registerAll(app, {
    incidents: deps.incidents,
    store: deps.store,
    evidence: deps.evidence,
    identity: createIdentity({
      client,
      people: deps.people,
      directory: deps.store.directory,
      lookUpMs: patience.lookUpMs,
      now,
    }),
    client,
    agents: deps.agents ?? [],
    recipients: deps.recipients ?? { platform: [], onCall: [] },
    pageUrl: deps.pageUrl ?? (() => null),
    now,
    patience,
    log,
    later,
  });
  const handle = (request: IncomingMessage, response: ServerResponse): void =>
    receiver instanceof HTTPReceiver ? guarded(receiver, request, response) : notFound(response);
  let server: Server | null = null;
  return {
    app,
    client,
    handle,
    start: async () => {
      if (socket) {
        await app.start();
        return { port: null };
      }
      if (!deps.listen) return { port: null };
      server = await listening(createServer(handle), deps.listen);
      const address = server.address();
      return { port: typeof address === 'object' && address !== null ? address.port : null };
    },
    stop: async () => {
      if (socket) await app.stop();
      if (server) await closed(server);
      server = null;
      await settled();
    },
  };
}

function receiverOf(
  deps: SlackAppDeps,
  { ackMs }: Patience,
  log: SlackLog,
): HTTPReceiver | SocketModeReceiver {
  if (deps.appToken !== undefined)
    return new SocketModeReceiver({
      appToken: deps.appToken,
      logger: log,
      installerOptions: { clientOptions: clientOptions({ slackApiUrl: deps.slackApiUrl, log }) },
    });
  return new HTTPReceiver({
    signingSecret: deps.signingSecret,
    endpoints: SLACK_PATH,
    processBeforeResponse: true,
    unhandledRequestTimeoutMillis: ackMs,
    logger: log,
  });
}

/** Bolt's own listener throws on any other path, which would end the process for an unauthenticated GET. */
function guarded(receiver: HTTPReceiver, request: IncomingMessage, response: ServerResponse): void {
  const path = (request.url ?? '').split('?')[0];
  if (request.method !== 'POST' || path !== SLACK_PATH) return notFound(response);
  if (isOfTheFuture(request)) {
    response.writeHead(401, { 'content-type': 'text/plain; charset=utf-8' }).end('Of the future\n');
    return;
  }
  receiver.requestListener(request, response);
}

/** As far as Slack's own rule goes back; Bolt itself looks back only. */
const FUTURE_MS = 5 * 60_000;

const isOfTheFuture = ({ headers }: IncomingMessage): boolean =>
  Number(headers['x-slack-request-timestamp']) * 1_000 > Date.now() + FUTURE_MS;

function notFound(response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('Not found\n');
}

function background(log: SlackLog) {
  const underWay = new Set<Promise<void>>();
  return {
    later: (work: () => Promise<void>): void => {
      const running = work()
        .catch((error: unknown) => log.warn('work after an answer failed', error))
        .finally(() => underWay.delete(running));
      underWay.add(running);
    },
    settled: async (): Promise<void> => {
      await Promise.all(underWay);
    },
  };
}

const listening = (server: Server, { host, port }: { host: string; port: number }): Promise<Server> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server);
    });
  });

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

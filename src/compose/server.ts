import { loadSealedSession } from '../activities/preserve.ts';
import { createLive } from '../http/live.ts';
import { createServer, listen, type ReadyCheck } from '../http/server.ts';
import { otlpRoutes } from '../http/otlp.ts';
import { createSlackApp, SLACK_PATH, type SlackApp } from '../slack/app.ts';
import { incidentPage } from './activities.ts';
import { createDetector, startPurging } from './live.ts';
import type { Parts } from './parts.ts';
import { evidenceReader, slackPeople } from './slack.ts';

export interface RunningServer {
  url: string;
  stop(): Promise<void>;
}

function slackOf(parts: Parts): SlackApp | null {
  const { config, incidents, store } = parts;
  const { slack } = config;
  if (!slack) return null;
  return createSlackApp({
    signingSecret: slack.signingSecret.reveal(),
    botToken: slack.botToken.reveal(),
    appToken: slack.appToken?.reveal(),
    slackApiUrl: slack.apiUrl ?? undefined,
    incidents,
    store,
    people: slackPeople(config, slack),
    evidence: evidenceReader(parts),
    agents: Object.keys(config.agents),
    recipients: {
      platform: config.distribution.platform.map(({ address }) => address),
      onCall: config.distribution.onCall.map(({ address }) => address),
    },
    pageUrl: (incidentId) => incidentPage(config, incidentId),
  });
}

async function ready({ client, store }: Parts): Promise<ReadyCheck[]> {
  const check = async (name: string, work: Promise<unknown>): Promise<ReadyCheck> => {
    try {
      await work;
      return { name, ok: true, detail: 'answers' };
    } catch {
      return { name, ok: false, detail: 'does not answer' };
    }
  };
  return Promise.all([
    check('temporal', client.workflowService.describeNamespace({ namespace: client.options.namespace })),
    check('database', store.documents.get('ready', 'check')),
  ]);
}

/** Its signature, which nobody else sees, is the secret that all servers of an installation share. */
const SESSIONS = new TextEncoder().encode('holdpoint/browser-sessions/1');

/** Starts the HTTP server: intake, OTLP, API, pages, stop switch and Slack on one port. */
export async function startServer(parts: Parts): Promise<RunningServer> {
  const { config, incidents, store } = parts;
  const slack = slackOf(parts);
  const live = createLive(store);
  const detector = createDetector(parts);
  await detector.start();
  const purging = startPurging(parts);
  const app = createServer({
    otlp: otlpRoutes({
      spans: store.spans,
      keys: config.keys,
      agents: Object.keys(config.agents),
      live: detector,
    }),
    config,
    incidents,
    store,
    spans: store.spans,
    switches: store.switches,
    evidence: { ...evidenceReader(parts), loadSession: (uri) => loadSealedSession(parts.evidence, uri) },
    live,
    sessionSecret: parts.signer.signBytes(SESSIONS),
    ready: () => ready(parts),
  });
  const { host, port } = config.server;
  const listening = await listen(app, {
    host,
    port,
    mounts: slack && !config.slack?.appToken ? { [SLACK_PATH]: slack.handle } : {},
  });
  await slack?.start();
  return {
    url: listening.url,
    stop: async () => {
      live.close();
      await purging.stop();
      await listening.close();
      await detector.stop();
      await slack?.stop();
    },
  };
}

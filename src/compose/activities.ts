import { createSmtpMailer } from '../adapters/mail/smtp.ts';
import { createOpenAiAdvisor } from '../adapters/advisor/openai.ts';
import type { ContainmentAdapter } from '../adapters/containment/port.ts';
import { pagerFrom } from '../adapters/pager/index.ts';
import type { TraceStore } from '../adapters/traces/port.ts';
import { createAnalyseActivities } from '../activities/analyse.ts';
import { createContainActivities } from '../activities/contain.ts';
import { createDistributeActivities, type Recipient } from '../activities/distribute.ts';
import { createNotifyActivities } from '../activities/notify.ts';
import { createOnSession } from '../activities/long/on-session.ts';
import { createPreserveActivities, loadSealedSession } from '../activities/preserve.ts';
import { createRetainActivities } from '../activities/retain.ts';
import { recordFirst } from '../activities/record-first.ts';
import { createRecordActivities } from '../activities/record.ts';
import { createReverseActivities } from '../activities/reverse.ts';
import { createShowActivities } from '../activities/show.ts';
import type { IncidentActivities, RetainActivities } from '../activities/types.ts';
import type { Config } from '../config/types.ts';
import { createSlackClient } from '../slack/client.ts';
import { containmentAdapters, reversalTools } from './adapters.ts';
import { createChannelPost } from './channel-post.ts';
import type { Parts } from './parts.ts';
import { evidenceReader, slackPeople } from './slack.ts';
import { traceStoreOf } from './traces.ts';

export const incidentPage = (config: Config, incidentId: string): string =>
  `${config.server.publicUrl}/incidents/${encodeURIComponent(incidentId)}`;

const recipientsOf = (config: Config): Recipient[] => [
  ...config.distribution.platform.map((one) => ({ ...one, team: 'platform' as const })),
  ...config.distribution.onCall.map((one) => ({ ...one, team: 'on_call' as const })),
];

/** What may take the place of a configured adapter: a recorded session has ended already, and lies in a file. */
export interface Overrides {
  containment?: (agent: string) => ContainmentAdapter;
  traces?: (agent: string) => TraceStore | null;
}

/** Every activity of a worker, from the configuration. */
export function createActivities(
  parts: Parts,
  overrides: Overrides = {},
): IncidentActivities & RetainActivities {
  const { config, store, evidence, client, incidents, baseline } = parts;
  const sources = overrides.traces ?? traceStoreOf(parts);
  const { slack, mail } = config;
  if (!slack || !mail)
    throw new Error('Set the sections `slack` and `mail` in holdpoint.yaml: incidents are run there.');
  const loadSession = (uri: string) => loadSealedSession(evidence, uri);
  const toolsFor = (agent: string) => config.agents[agent]?.tools ?? null;
  const subagents = new Set(Object.values(config.agents).flatMap((agent) => agent.subagentsAllowed));
  const slackClient = createSlackClient({
    botToken: slack.botToken.reveal(),
    slackApiUrl: slack.apiUrl ?? undefined,
  });
  const toolsOf = reversalTools(config);
  const pager = pagerFrom(config.pager);
  const recording = createRecordActivities({ store, evidence, client });
  const notifying = createNotifyActivities({
    client: slackClient,
    store,
    evidence: evidenceReader(parts),
    people: slackPeople(config, slack),
    config: { channel: slack.channel, signOffsIn: 'thread', room: slack.room },
    page: async (page) => pager?.page(page),
    settlePage: async (key, as) => pager?.settle?.(key, as),
    pageUrl: (incidentId) => incidentPage(config, incidentId),
  });
  const effects = {
    ...createContainActivities({
      adapterFor: overrides.containment ?? containmentAdapters(config, store.switches, client),
      documents: store.documents,
      breaker: config.breaker,
    }),
    ...createPreserveActivities({ evidence, sourceFor: sources, profileFor: baseline.profileFor }),
    ...createAnalyseActivities({
      advisor: config.advisor && createOpenAiAdvisor(config.advisor),
      evidence,
      documents: store.documents,
      spans: store.spans,
      onSession: createOnSession(evidence),
      toolsFor,
      profileFor: baseline.profileFor,
      cleanSessions: baseline.cleanSessions,
      isAllowListed: (agent) => subagents.has(agent),
    }),
    ...createReverseActivities({
      evidence,
      ledger: store.ledger,
      incidents,
      toolFor: async (incidentId) => toolsOf((await store.incidents.get(incidentId))?.state.agent ?? ''),
    }),
    ...createDistributeActivities({
      store,
      evidence,
      mailer: createSmtpMailer({
        url: mail.url.reveal(),
        from: { name: 'Holdpoint', address: mail.from },
        timeoutMs: 20_000,
      }),
      slackPost: createChannelPost(slackClient),
      recipients: recipientsOf(config),
      messageIdDomain: mail.from.split('@')[1] ?? 'holdpoint.invalid',
      links: { incident: (incidentId) => incidentPage(config, incidentId) },
      loadSession,
      clock: Date.now,
    }),
  };
  return {
    ...effects,
    ...recordFirst(recording, effects),
    ...recording,
    ...createRetainActivities({ erasures: store.erasures, nowMs: Date.now }),
    ...notifying,
    ...createShowActivities({ ...recording, ...notifying }),
  };
}

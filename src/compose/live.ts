import type { Config } from '../config/types.ts';
import { stderrLog, type Log } from '../http/problem.ts';
import { Detector } from '../live/detector.ts';
import { createFirstStop } from '../live/first-stop.ts';
import { createKnowledge } from '../live/knowledge.ts';
import { createResponder } from '../live/respond.ts';
import { createSlackClient } from '../slack/client.ts';
import { containmentAdapters } from './adapters.ts';
import type { Parts } from './parts.ts';

const HOUR_MS = 3_600_000;
/** A session that said something so lately still runs. */
const STILL_RUNNING_MS = HOUR_MS;

function tellOf({ slack }: Config): ((text: string) => Promise<void>) | null {
  if (!slack) return null;
  const client = createSlackClient({
    botToken: slack.botToken.reveal(),
    slackApiUrl: slack.apiUrl ?? undefined,
  });
  return async (text) => {
    await client.chat.postMessage({ channel: slack.channel, text, unfurl_links: false });
  };
}

/** The live detector of the configured agents whose spans come to us. */
export function createDetector(parts: Parts, log: Log = stderrLog): Detector {
  const { config, store, incidents, baseline, client } = parts;
  const { profileFor } = baseline;
  return new Detector({
    agents: Object.keys(config.agents),
    spans: store.spans,
    sessions: store.sessions,
    knowledgeOf: createKnowledge({ agents: config.agents, profileFor, documents: store.documents }),
    responder: createResponder({
      incidents,
      ledger: store.ledger,
      firstStop: createFirstStop({
        hasSwitch: (agent) => config.agents[agent]?.containment.kind === 'stop-switch',
        documents: store.documents,
        breaker: config.breaker,
        switches: store.switches,
        nowMs: Date.now,
      }),
      containmentOf: containmentAdapters(config, store.switches, client),
      tell: tellOf(config),
      sessionsUrl: (agent, pattern) =>
        `${config.server.publicUrl}/sessions?${new URLSearchParams({ agent, pattern })}`,
      nowMs: Date.now,
    }),
    log,
  });
}

/** Removes spans past their retention, now and every hour. `stop` waits for what is under way. */
export function startPurging({ config, store }: Parts, log: Log = stderrLog): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const purge = async (): Promise<void> => {
    for (const { name, traces } of Object.values(config.agents)) {
      if (stopping.signal.aborted) return;
      if (traces.kind !== 'store' || traces.retentionMs === null) continue;
      await store.spans.purge(name, { retentionMs: traces.retentionMs, quietMs: STILL_RUNNING_MS });
    }
  };
  const run = (): Promise<void> =>
    purge().catch((error: unknown) =>
      log({ level: 'error', message: 'spans past their retention were not removed', detail: String(error) }),
    );
  let last = run();
  const timer = setInterval(() => (last = run()), HOUR_MS);
  timer.unref();
  return {
    stop: async () => {
      stopping.abort();
      clearInterval(timer);
      await last;
    },
  };
}

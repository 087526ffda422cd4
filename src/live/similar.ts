import { readSession } from '../activities/baseline.ts';
import { PATTERN_KEY } from '../client/dedup.ts';
import type { IncidentState } from '../domain/incident/state.ts';
import type { ToolManifest } from '../domain/tools.ts';
import { analyse } from '../forensics/analyse.ts';
import type { Profile } from '../forensics/learned/profile.ts';
import type { SpanStore } from '../store/port.ts';

export interface SimilarDeps {
  spans: SpanStore;
  /** Agents whose spans in joined traces are an agent's own. */
  subagentsOf: (agent: string) => string[];
  toolsFor: (agent: string) => ToolManifest | null;
  profileFor: (agent: string) => Promise<Profile | null>;
}

export interface Similar {
  patterns: string[];
  /** Sessions that were looked at, and whether there were more in the window than are looked at. */
  looked: number;
  hasMore: boolean;
  sessions: {
    sessionId: string;
    startedAtMs: number;
    pattern: string;
    step: number | null;
    reason: string;
  }[];
}

/** As many sessions as are analysed for one question; each takes some ten milliseconds. */
const MOST = 300;

/** What the incident's own sessions failed by: their analyses say it, or the detector that opened it. */
export const patternsOf = ({ sessions, dedupKey }: IncidentState): string[] => {
  const analysed = Object.values(sessions).flatMap(({ analysis }) => analysis?.failurePattern ?? []);
  const keyed = dedupKey.startsWith(PATTERN_KEY) ? [dedupKey.slice(PATTERN_KEY.length)] : [];
  return [...new Set([...analysed, ...keyed])];
};

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Which other sessions of the agent show a pattern of the incident, among those that began in the window: each is read
 * out of the span store and analysed as a sealed one is.
 */
export const findSimilar = async (
  deps: SimilarDeps,
  state: IncidentState,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<Similar> => {
  const patterns = patternsOf(state);
  const { agent } = state;
  const window = { fromMs, toMs, entityId: null, limit: MOST + 1 };
  const inWindow = patterns.length === 0 ? [] : await deps.spans.findSessions(agent, window);
  const others = inWindow.slice(0, MOST).filter(({ sessionId }) => !Object.hasOwn(state.sessions, sessionId));
  const options = { tools: deps.toolsFor(agent), profile: await deps.profileFor(agent) };
  const scope = { agent, joinAgents: deps.subagentsOf(agent) };
  const found: Similar['sessions'] = [];
  for (const { sessionId, startedAtMs } of others) {
    const { failurePattern, faultOrigin } = analyse(await readSession(deps.spans, sessionId, scope), options);
    const [best] = faultOrigin.candidates;
    if (patterns.includes(failurePattern))
      found.push({
        sessionId,
        startedAtMs,
        pattern: failurePattern,
        step: best?.step ?? null,
        reason: best?.reason ?? '',
      });
    // Each analysis blocks; what else the process does goes on between two of them.
    await breathe();
  }
  return { patterns, looked: others.length, hasMore: inWindow.length > MOST, sessions: found };
};

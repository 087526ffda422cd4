import type { Hono } from 'hono';
import { checkOf, newestSession } from '../../doctor/trace-check.ts';
import type { SpanStore } from '../../store/port.ts';
import { allowAgent, allowUse, type KeyRing } from '../auth/keys.ts';

export interface TraceCheckDeps {
  keys: KeyRing;
  spans: Pick<SpanStore, 'findSessions' | 'sessionSpans'>;
  nowMs: () => number;
}

/**
 * `GET /api/v1/agents/:agent/trace-check`: counts and missing fields of the agent's newest session, for whoever connects
 * it. Told to the agent's own key; nothing of the session's content.
 */
export function traceCheckRoutes(app: Hono, { keys, spans, nowMs }: TraceCheckDeps): void {
  app.get('/api/v1/agents/:agent/trace-check', async (context) => {
    const agent = context.req.param('agent');
    const { key } = keys.bearer((name) => context.req.header(name));
    allowUse(key, 'traces');
    allowAgent(key, agent);
    const newest = await newestSession(spans, agent, nowMs());
    return context.json({ agent, session: newest && checkOf(newest) });
  });
}

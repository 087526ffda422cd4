import type { Hono } from 'hono';
import type { Baseline } from '../../activities/baseline.ts';
import type { Config } from '../../config/types.ts';
import { findSimilar, type SimilarDeps } from '../../live/similar.ts';
import type { Projection, Sessions } from '../../store/port.ts';
import { iso } from '../../web/views/fields.ts';
import { SessionQuery, sessionsView, sessionView } from '../../web/views/sessions.ts';
import { HIDDEN, sightOf, type SightRule } from '../../web/views/sight.ts';
import { SimilarQuery, ValidationBody } from '../api/schemas.ts';
import type { PeopleGate } from '../auth/people.ts';
import { parseJson, readBody } from '../body.ts';
import { incidentOr404 } from '../incident-or-404.ts';
import { Problem } from '../problem.ts';
import { queryOf } from '../query.ts';

export interface SessionRoutesDeps {
  config: Pick<Config, 'agents'> & {
    server: SightRule & Pick<Config['server'], 'maxBodyBytes' | 'bodyTimeoutMs'>;
  };
  people: PeopleGate;
  sessions: Sessions;
  incidents: Pick<Projection, 'get'>;
  similar: SimilarDeps;
  baseline: Pick<Baseline, 'learn'>;
  nowMs: () => number;
}

const HOUR_MS = 3_600_000;
const bad = (field: string, detail: string, remedy: string, status: 404 | 409 | 422 = 422): Problem =>
  new Problem({ status, code: 'bad-session-request', field, detail, remedy });

/** `GET /api/v1/sessions`, `/:agent/:session`, `/incidents/:id/similar`, and `POST /api/v1/sessions/validate`. */
export function sessionRoutes(app: Hono, deps: SessionRoutesDeps): void {
  const { config, people, sessions, incidents, similar, nowMs } = deps;

  app.get('/api/v1/sessions', async (context) => {
    const sight = sightOf(people.reader(context), config.server);
    return context.json(await sessionsView(sessions, queryOf(context, SessionQuery), sight));
  });

  app.get('/api/v1/sessions/:agent/:session', async (context) => {
    const sight = sightOf(people.reader(context), config.server);
    const { agent, session } = context.req.param();
    const isName = /^\P{Cc}{1,200}$/u;
    const row = isName.test(agent) && isName.test(session) ? await sessions.get(agent, session) : null;
    if (!row)
      throw bad(
        'session',
        'No session of this id is on record for this agent.',
        'GET /api/v1/sessions lists them; one appears a second after its first span.',
        404,
      );
    return context.json(sessionView(row, sight));
  });

  app.get('/api/v1/incidents/:id/similar', async (context) => {
    const sight = sightOf(people.reader(context), config.server);
    const { hours } = queryOf(context, SimilarQuery);
    const { state } = await incidentOr404(incidents, context.req.param('id'));
    const window = { fromMs: state.openedAt - hours * HOUR_MS, toMs: nowMs() };
    const found = await findSimilar(similar, state, window);
    return context.json({
      ...found,
      sessions: found.sessions.map(({ startedAtMs, reason, ...rest }) => ({
        ...rest,
        startedAt: iso(startedAtMs),
        reason: sight.trace ? reason : HIDDEN,
      })),
    });
  });

  app.post('/api/v1/sessions/validate', async (context) =>
    validate(context.req.raw, people.actor(context), deps),
  );
}

/** A person says that sessions were good, and the agent's baseline is learned from all such sessions anew. */
async function validate(
  sent: Request,
  { roles }: { roles: readonly string[] },
  { config, sessions, baseline, nowMs }: SessionRoutesDeps,
): Promise<Response> {
  if (!roles.includes('responder'))
    throw new Problem({
      status: 403,
      code: 'not-a-responder',
      detail: 'Sessions are validated by responders.',
      remedy: 'Ask a person with the role responder.',
    });
  const { maxBodyBytes: maxBytes, bodyTimeoutMs: timeoutMs } = config.server;
  const parsed = ValidationBody.safeParse(
    parseJson(await readBody(sent, { maxBytes, timeoutMs }), sent.headers.get('content-type') ?? undefined),
  );
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.') || 'body';
    throw bad(
      field,
      `${field}: ${parsed.error.issues[0]?.message}.`,
      'Send {"agent": "…", "sessions": ["…"]}.',
    );
  }
  const { agent, sessions: ids } = parsed.data;
  if (!Object.hasOwn(config.agents, agent))
    throw bad('agent', `No agent ${agent.slice(0, 100)} is configured.`, 'Name an agent of holdpoint.yaml.');
  const rows = await Promise.all(ids.map((id) => sessions.get(agent, id)));
  const unknown = ids.filter((_, index) => !rows[index]);
  if (unknown.length > 0)
    throw bad(
      'sessions',
      `Not on record: ${unknown.slice(0, 5).join(', ')}.`,
      'Leave them out; nothing was validated.',
    );
  const flagged = rows.flatMap((row) =>
    row && (row.flags.length > 0 || row.incidentId) ? [row.sessionId] : [],
  );
  if (flagged.length > 0)
    throw bad(
      'sessions',
      `Flagged, or part of an incident: ${flagged.slice(0, 5).join(', ')}.`,
      'Leave them out: what is normal is learned from good sessions only. Nothing was validated.',
      409,
    );
  await sessions.validate(agent, ids, nowMs());
  const all = await sessions.validated(agent);
  const profile = await baseline.learn(agent, all);
  return Response.json({ agent, validated: ids.length, baseline: { sessions: profile.sessions } });
}

import type { Hono } from 'hono';
import { etag } from 'hono/etag';
import { checklistOf } from '../../domain/incident/checklist.ts';
import type { IncidentState } from '../../domain/incident/state.ts';
import type { AuditLog, Projection } from '../../store/port.ts';
import { type Reading, SearchQuery } from '../../web/reading.ts';
import { lineView } from '../../web/views/line.ts';
import { sightOf, type SightRule, withoutTrace } from '../../web/views/sight.ts';
import type { PeopleGate } from '../auth/people.ts';
import { incidentOr404 } from '../incident-or-404.ts';
import { queryOf } from '../query.ts';

export interface IncidentRoutesDeps {
  config: { server: SightRule };
  people: PeopleGate;
  incidents: Pick<Projection, 'get'>;
  audit: Pick<AuditLog, 'rows' | 'words' | 'signedHeads'>;
  reading: Pick<Reading, 'search' | 'names'>;
  nowMs: () => number;
}

/** Ids of decided commands serve the engine alone. */
const shown = ({ decided: _decided, ...state }: IncidentState): Omit<IncidentState, 'decided'> => state;

/** `GET /api/v1/incidents`, `/:id`, `/:id/audit`, from the projection and the audit log. */
export function incidentRoutes(app: Hono, deps: IncidentRoutesDeps): void {
  const { config, people, incidents, audit, reading, nowMs } = deps;

  app.get('/api/v1/incidents', async (context) => {
    people.reader(context);
    return context.json(await reading.search(queryOf(context, SearchQuery)));
  });

  app.get('/api/v1/incidents/:id', async (context) => {
    const sight = sightOf(people.reader(context), config.server);
    const row = await incidentOr404(incidents, context.req.param('id'));
    const state = sight.trace ? row.state : withoutTrace(row.state);
    const nameOf = await reading.names(row.state.ownerId === null ? [] : [row.state.ownerId]);
    return context.json({
      ...lineView(row, nameOf, nowMs()),
      checklist: checklistOf(row.state),
      auditHead: row.head,
      state: shown(state),
    });
  });

  app.get('/api/v1/incidents/:id/audit', async (context) => {
    people.reader(context, 'auditor');
    const { incidentId } = await incidentOr404(incidents, context.req.param('id'));
    const [rows, words, heads] = await Promise.all([
      audit.rows(incidentId),
      audit.words(incidentId),
      audit.signedHeads(incidentId),
    ]);
    return context.json({ incidentId, rows, words, heads });
  });
}

/** Whoever has an answer already and asks again with its `ETag` is answered 304. */
export function tagAnswers(app: Hono): void {
  const tag = etag();
  const paths = ['incidents', 'incidents/*', 'overview', 'agents', 'measures'];
  for (const path of paths)
    app.get(`/api/v1/${path}`, async (context, next) => {
      const answer = await tag(context, next);
      context.res.headers.set('cache-control', 'private, no-cache');
      context.res.headers.append('vary', 'authorization, cookie');
      return answer;
    });
}

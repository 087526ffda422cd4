import type { Context, Hono } from 'hono';
import type { Config } from '../config/types.ts';
import type { PeopleGate, Reader } from '../http/auth/people.ts';
import { mayDecide } from '../http/forms/catalogue.ts';
import { queryOf } from '../http/query.ts';
import { incidentOr404 } from '../http/incident-or-404.ts';
import type { PenOf } from '../http/routes/pen.ts';
import { shown } from '../http/routes/shown.ts';
import type { Projection } from '../store/port.ts';
import { agentsPage } from './pages/agents.ts';
import type { Choices } from './pages/filters.ts';
import { incidentPage } from './pages/incident.ts';
import type { Chrome } from './pages/layout.ts';
import { measuresPage } from './pages/measures.ts';
import { incidentPath, overviewPage } from './pages/overview.ts';
import { signOffPath } from './pages/pen.ts';
import { searchPage } from './pages/search.ts';
import { IncidentQuery, MeasuresQuery, OverviewQuery, type Reading, SearchQuery } from './reading.ts';
import { addressOf } from './views/query.ts';
import { sightOf, type SightRule } from './views/sight.ts';

export interface PageRoutesDeps {
  config: Pick<Config, 'agents' | 'people'> & { server: SightRule };
  people: PeopleGate;
  incidents: Pick<Projection, 'get'>;
  reading: Reading;
  /** What the person may decide on an incident's page. */
  pen: PenOf;
  nowMs: () => number;
}

const PAGE_LIMIT = 25;

const decides = (reader: Reader): boolean => reader.kind === 'person' && mayDecide(reader.person.roles);

/** The pages: what is going on, for whoever may look. */
export function pageRoutes(
  app: Hono,
  { config, people, incidents, reading, pen, nowMs }: PageRoutesDeps,
): void {
  const choices: Choices = {
    agents: Object.keys(config.agents),
    people: config.people
      .filter(({ roles }) => mayDecide(roles))
      .map(({ actorId: id, name }) => ({ id, name })),
  };
  const chromeOf = (context: Context, reader: Reader, at: string, more: Chrome): Chrome => ({
    at,
    reader: reader.kind === 'person' ? reader.person.name : null,
    canSignOut: reader.kind === 'person' && people.hasSession(context),
    reloads: true,
    ...more,
  });
  const liveOf = async (incidentId?: string): Promise<string> =>
    addressOf('/live', { incident: incidentId, seen: await reading.version(incidentId) });
  const jsonOf = (context: Context, path: string): string => {
    const { search } = new URL(context.req.url);
    return `${path}${search}`;
  };

  app.get('/', (context) =>
    shown(context, people, async () => {
      const reader = people.reader(context);
      const query = queryOf(context, OverviewQuery);
      const [live, view] = [await liveOf(), await reading.overview(query)];
      return overviewPage({
        view,
        query,
        choices,
        signOffPath: ({ incidentId, requestId }) =>
          decides(reader) ? signOffPath(incidentId, requestId) : incidentPath(incidentId),
        nowMs: nowMs(),
        chrome: chromeOf(context, reader, '/', { live, json: jsonOf(context, '/api/v1/overview') }),
      });
    }),
  );

  app.get('/incidents', (context) =>
    shown(context, people, async () => {
      const reader = people.reader(context);
      const query = queryOf(context, SearchQuery.omit({ limit: true }));
      const { before, ...filter } = query;
      const [live, view] = [await liveOf(), await reading.search({ ...query, limit: PAGE_LIMIT })];
      return searchPage({
        view,
        query: filter,
        before: before ?? null,
        choices,
        nowMs: nowMs(),
        chrome: chromeOf(context, reader, '/incidents', {
          live,
          json: jsonOf(context, '/api/v1/incidents'),
          q: filter.q ?? '',
        }),
      });
    }),
  );

  app.get('/incidents/:id', (context) =>
    shown(context, people, async () => {
      const reader = people.reader(context);
      const query = queryOf(context, IncidentQuery);
      const { incidentId, state } = await incidentOr404(incidents, context.req.param('id'));
      const sight = sightOf(reader, config.server);
      const [live, view] = [await liveOf(incidentId), await reading.incident(incidentId, query, sight)];
      const written = await pen(context, reader, state);
      return incidentPage({
        view,
        pen: written,
        signOffPath: (requestId) => (decides(reader) ? signOffPath(incidentId, requestId) : null),
        nowMs: nowMs(),
        chrome: chromeOf(context, reader, '', {
          live,
          json: jsonOf(context, `/api/v1/incidents/${encodeURIComponent(incidentId)}/view`),
          reloads: written === '',
        }),
      });
    }),
  );

  app.get('/agents', (context) =>
    shown(context, people, async () => {
      const reader = people.reader(context);
      const [live, view] = [await liveOf(), await reading.agents()];
      return agentsPage(view, chromeOf(context, reader, '/agents', { live, json: '/api/v1/agents' }));
    }),
  );

  app.get('/measures', (context) =>
    shown(context, people, async () => {
      const reader = people.reader(context);
      const query = queryOf(context, MeasuresQuery);
      const [live, view] = [await liveOf(), await reading.measures(query)];
      return measuresPage({
        view,
        query,
        choices,
        chrome: chromeOf(context, reader, '/measures', { live, json: jsonOf(context, '/api/v1/measures') }),
      });
    }),
  );
}

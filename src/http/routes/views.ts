import type { Hono } from 'hono';
import { IncidentQuery, MeasuresQuery, OverviewQuery, type Reading } from '../../web/reading.ts';
import { sightOf, type SightRule } from '../../web/views/sight.ts';
import type { PeopleGate } from '../auth/people.ts';
import { queryOf } from '../query.ts';

export interface ViewRoutesDeps {
  config: { server: SightRule };
  people: PeopleGate;
  reading: Reading;
}

/** What the pages show, as JSON: `GET /api/v1/overview`, `/agents`, `/measures`, `/incidents/:id/view`. */
export function viewRoutes(app: Hono, { config, people, reading }: ViewRoutesDeps): void {
  app.get('/api/v1/overview', async (context) => {
    people.reader(context);
    return context.json(await reading.overview(queryOf(context, OverviewQuery)));
  });
  app.get('/api/v1/agents', async (context) => {
    people.reader(context);
    return context.json(await reading.agents());
  });
  app.get('/api/v1/measures', async (context) => {
    people.reader(context);
    return context.json(await reading.measures(queryOf(context, MeasuresQuery)));
  });
  app.get('/api/v1/incidents/:id/view', async (context) => {
    const sight = sightOf(people.reader(context), config.server);
    const query = queryOf(context, IncidentQuery);
    return context.json(await reading.incident(context.req.param('id'), query, sight));
  });
}

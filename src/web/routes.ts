import type { Hono } from 'hono';
import type { PeopleGate } from '../http/auth/people.ts';
import { Problem } from '../http/problem.ts';
import type { PenOf } from '../http/routes/decisions.ts';
import { shown } from '../http/routes/shown.ts';
import type { Directory, Projection } from '../store/port.ts';
import { incidentPage } from './incident.ts';
import { listPage } from './list.ts';

export interface PageRoutesDeps {
  people: PeopleGate;
  incidents: Pick<Projection, 'get' | 'list'>;
  directory: Pick<Directory, 'names'>;
  /** What the person may decide on an incident's page. */
  pen: PenOf;
  nowMs: () => number;
}

const PER_PAGE = 50;

/** `GET /` and `GET /incidents/:id`: what is going on, for whoever may look. */
export function pageRoutes(app: Hono, { people, incidents, directory, pen, nowMs }: PageRoutesDeps): void {
  app.get('/', (context) =>
    shown(context, people, async () => {
      people.reader(context);
      const [, at, beforeId] = /^(\d{1,15}):(.{1,200})$/.exec(context.req.query('before') ?? '') ?? [];
      const place = at === undefined || beforeId === undefined ? {} : { before: Number(at), beforeId };
      const rows = await incidents.list({ limit: PER_PAGE, ...place });
      const last = rows.length === PER_PAGE ? rows.at(-1) : undefined;
      const next = last
        ? `/?before=${encodeURIComponent(`${last.state.openedAt}:${last.incidentId}`)}`
        : null;
      return listPage({ rows, next, nowMs: nowMs() });
    }),
  );

  app.get('/incidents/:id', (context) =>
    shown(context, people, async () => {
      const reader = people.reader(context);
      const id = context.req.param('id');
      const row = id.length <= 200 ? await incidents.get(id) : null;
      if (!row)
        throw new Problem({
          status: 404,
          code: 'unknown-incident',
          detail: 'There is no such incident.',
          remedy: 'Look at the list.',
        });
      const { ownerId } = row.state;
      const names = ownerId === null ? {} : await directory.names([ownerId]);
      return incidentPage(
        row,
        (actorId) => (actorId === null ? 'nobody yet' : (names[actorId] ?? actorId)),
        nowMs(),
        pen(context, reader, row.state),
      );
    }),
  );
}

import type { Context, Hono } from 'hono';
import type { Config } from '../config/types.ts';
import type { PeopleGate } from '../http/auth/people.ts';
import { queryOf } from '../http/query.ts';
import { shown } from '../http/routes/shown.ts';
import type { Sessions } from '../store/port.ts';
import { sessionsPage } from './pages/sessions.ts';
import { SessionQuery, sessionsView } from './views/sessions.ts';
import { sightOf, type SightRule } from './views/sight.ts';

export interface SessionPagesDeps {
  config: Pick<Config, 'agents'> & { server: SightRule };
  people: PeopleGate;
  sessions: Pick<Sessions, 'list' | 'rates'>;
}

/** `GET /sessions`: outcomes and cohorts. */
export function sessionPages(app: Hono, { config, people, sessions }: SessionPagesDeps): void {
  app.get('/sessions', (context: Context) =>
    shown(context, people, async () => {
      const reader = people.reader(context);
      const query = queryOf(context, SessionQuery);
      const view = await sessionsView(sessions, query, sightOf(reader, config.server));
      return sessionsPage({
        view,
        query,
        choices: { agents: Object.keys(config.agents) },
        chrome: {
          at: '/sessions',
          reader: reader.kind === 'person' ? reader.person.name : null,
          canSignOut: reader.kind === 'person' && people.hasSession(context),
          live: '/live?of=sessions',
          reloads: true,
          json: `/api/v1/sessions${new URL(context.req.url).search}`,
        },
      });
    }),
  );
}

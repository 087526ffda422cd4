import { z } from 'zod';
import type { Config } from '../config/types.ts';
import { incidentOr404 } from '../http/incident-or-404.ts';
import type { AuditLog, Directory, Documents, Lists, Projection, Sessions } from '../store/port.ts';
import { createNames, peopleIn } from './names.ts';
import type { Read, Sketches } from './sketches.ts';
import { agentsView, type AgentsView, type SessionCounts } from './views/agents.ts';
import { drawnSession, incidentView, type IncidentView } from './views/incident.ts';
import { measuresView, type MeasuresView } from './views/measures.ts';
import { overviewView, type NamesOf, type OverviewView } from './views/overview.ts';
import { CURSOR, placeOf, searchView, type SearchView } from './views/search.ts';
import { FilterQuery, filterOf } from './views/query.ts';
import type { Sight } from './views/sight.ts';

export const OverviewQuery = FilterQuery.pick({
  agent: true,
  severity: true,
  phase: true,
  mode: true,
  owner: true,
});
export const SearchQuery = FilterQuery.extend({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z.string().regex(CURSOR).describe('the `next` of the page before').optional(),
});
export const MeasuresQuery = FilterQuery.pick({
  agent: true,
  severity: true,
  mode: true,
  from: true,
  to: true,
}).extend({ unit: z.enum(['week', 'month']).default('month') });
export const IncidentQuery = z.object({
  session: z.string().max(200).describe('the session to draw').optional(),
  beforeSeq: z.coerce
    .number()
    .int()
    .min(1)
    .max(2_147_483_647)
    .describe('timeline entries older than this')
    .optional(),
});

export interface ReadingDeps {
  config: Pick<Config, 'people' | 'agents'>;
  store: {
    incidents: Pick<Projection, 'get' | 'list'>;
    lists: Lists;
    audit: Pick<AuditLog, 'events'>;
    directory: Pick<Directory, 'names'>;
    sessions: Pick<Sessions, 'rates' | 'flagRates'>;
    documents: Pick<Documents, 'get'>;
  };
  /** Null: sealed sessions cannot be read here. */
  sketches: Sketches | null;
  nowMs: () => number;
}

/** What pages and API show, made from the projection and the sealed evidence. */
export interface Reading {
  overview(query: z.infer<typeof OverviewQuery>): Promise<OverviewView>;
  search(query: z.infer<typeof SearchQuery>): Promise<SearchView>;
  incident(incidentId: string, query: z.infer<typeof IncidentQuery>, sight: Sight): Promise<IncidentView>;
  agents(): Promise<AgentsView>;
  measures(query: z.infer<typeof MeasuresQuery>): Promise<MeasuresView>;
  version(incidentId?: string): Promise<string>;
  names: NamesOf;
}

/** Of a learned profile: from how many validated sessions. */
const LearnedFrom = z.object({ sessions: z.int() });

async function sessionCounts(
  sessions: Pick<Sessions, 'rates' | 'flagRates'>,
  agent: string,
): Promise<SessionCounts | null> {
  const [rates, flags] = await Promise.all([sessions.rates({ agent }), sessions.flagRates(agent)]);
  if (rates.sessions === 0) return null;
  return { sessions: rates.sessions, steps: flags.steps, outcomes: rates.outcomes, flags: flags.findings };
}

export function createReading({ config, store, sketches, nowMs }: ReadingDeps): Reading {
  const names = createNames(config.people, store.directory);
  const readOf = async (session: ReturnType<typeof drawnSession>, sight: Sight): Promise<Read | null> => {
    if (!session || !sight.trace) return null;
    return sketches ? await sketches.read(session) : { state: 'unreadable' };
  };
  return {
    names,
    version: (incidentId) => store.lists.version(incidentId),
    overview: (query) => overviewView(store.lists, filterOf(query), { nameOf: names, nowMs: nowMs() }),
    search: ({ limit, before, ...query }) =>
      searchView(store, filterOf(query), {
        nameOf: names,
        nowMs: nowMs(),
        limit,
        place: before === undefined ? null : placeOf(before),
      }),
    incident: async (incidentId, { session: asked, beforeSeq }, sight) => {
      const row = await incidentOr404(store.incidents, incidentId);
      const session = drawnSession(row.state, asked ?? null);
      const [events, read] = await Promise.all([store.audit.events(incidentId), readOf(session, sight)]);
      // The row may be older than the record: what is not in the row yet is not in the timeline either.
      const seen = events.filter(({ seq }) => seq <= row.seq);
      const nameOf = await names([...peopleIn(row.state), ...peopleIn(seen.map(({ by }) => by.id))]);
      return incidentView({
        row,
        events: seen,
        session,
        read,
        nameOf,
        sight,
        nowMs: nowMs(),
        beforeSeq: beforeSeq ?? null,
      });
    },
    agents: () =>
      agentsView({
        lists: store.lists,
        configured: Object.keys(config.agents),
        validatedSessions: async (agent) => {
          const profile = LearnedFrom.safeParse(await store.documents.get('profile', agent));
          return profile.success ? profile.data.sessions : null;
        },
        sessionCounts: (agent) => sessionCounts(store.sessions, agent),
      }),
    measures: ({ unit, ...query }) => measuresView(store.lists, filterOf(query), { unit, nowMs: nowMs() }),
  };
}

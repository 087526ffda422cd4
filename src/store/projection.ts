import { sql } from 'kysely';
import type { IncidentState } from '../domain/incident/state.ts';
import type { Database } from './connection.ts';
import { conditionsOf } from './incident-filter.ts';
import type { IncidentRow, Projection } from './port.ts';
import { rebuild } from './rebuild.ts';

export const columns = ['incident_id', 'seq', 'head', 'state'] as const;
export const toRow = (row: {
  incident_id: string;
  seq: number;
  head: string;
  state: unknown;
}): IncidentRow => ({
  incidentId: row.incident_id,
  seq: row.seq,
  head: row.head,
  state: row.state as IncidentState,
});

export const createProjection = ({ db, now }: { db: Database; now: () => number }): Projection => ({
  get: async (incidentId) => {
    const row = await db
      .selectFrom('incident')
      .select(columns)
      .where('incident_id', '=', incidentId)
      .executeTakeFirst();
    return row ? toRow(row) : null;
  },
  list: async ({ limit, before, beforeId, ...filter }) => {
    let query = db.selectFrom('incident').select(columns);
    for (const condition of conditionsOf(filter)) query = query.where(condition);
    if (before !== undefined && beforeId !== undefined)
      query = query.where(sql<boolean>`(opened_at_ms, incident_id) < (${before}, ${beforeId})`);
    else if (before !== undefined) query = query.where('opened_at_ms', '<', before);
    const rows = await query
      .orderBy('opened_at_ms', 'desc')
      .orderBy('incident_id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toRow);
  },
  rebuild: (options) => rebuild(db, now, options),
});

import { sql } from 'kysely';
import { canonical } from '../domain/canonical.ts';
import { fold } from '../domain/incident/evolve.ts';
import type { IncidentState } from '../domain/incident/state.ts';
import { readEvents, readRows } from './audit-read.ts';
import type { Database } from './connection.ts';
import { conditionsOf } from './incident-filter.ts';
import type { IncidentRow, Projection } from './port.ts';
import { moveProjection } from './projection-row.ts';

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
  rebuild: async () => {
    const ids = await sql<{ id: string }>`
      select incident_id as id from audit_event union select incident_id from incident order by id`.execute(
      db,
    );
    const differing: string[] = [];
    for (const { id } of ids.rows) if (await rebuildOne(db, now, id)) differing.push(id);
    return { incidents: ids.rows.length, differing };
  },
});

/** True when the row was not what the audit log makes of it. */
const rebuildOne = (db: Database, now: () => number, incidentId: string): Promise<boolean> =>
  db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('incident')
      .select(['seq', 'head', 'revision', 'state'])
      .where('incident_id', '=', incidentId)
      .forUpdate()
      .executeTakeFirst();
    const last = (await readRows(trx, incidentId)).at(-1);
    if (!last) {
      await trx.deleteFrom('incident').where('incident_id', '=', incidentId).execute();
      return row !== undefined;
    }
    const state = fold(await readEvents(trx, incidentId));
    const { seq, hash: head } = last;
    if (row && row.seq === seq && row.head === head && canonical(row.state) === canonical(state))
      return false;
    const from = row ?? { seq: 0, head: '', revision: 0 };
    await sql`${moveProjection(incidentId, from, { seq, head, at: now(), state })}`.execute(trx);
    return true;
  });

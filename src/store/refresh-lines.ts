import { sql } from 'kysely';
import type { IncidentState } from '../domain/incident/state.ts';
import type { Database } from './connection.ts';
import { columnsOf, LINE_VERSION } from './projection-row.ts';

const AT_ONCE = 200;

/** Fills the columns that a row's state decides where an older release left them; a row written meanwhile is newer. */
export async function refreshLines(db: Database): Promise<number> {
  for (let filled = 0; ;) {
    const rows = await db
      .selectFrom('incident')
      .select(['incident_id', 'revision', 'state'])
      .where('line_version', '<', LINE_VERSION)
      .limit(AT_ONCE)
      .execute();
    if (rows.length === 0) return filled;
    for (const { incident_id: id, revision, state } of rows) {
      const sets = Object.entries(columnsOf(state as IncidentState)).map(
        ([name, value]) => sql`${sql.ref(name)} = ${value}`,
      );
      await sql`update incident set ${sql.join(sets)} where incident_id = ${id} and revision = ${revision}`.execute(
        db,
      );
    }
    filled += rows.length;
  }
}

import { sql } from 'kysely';
import { fold } from '../domain/incident/evolve.ts';
import type { IncidentEvent } from '../domain/incident/event.ts';
import { readRows, readWords } from './audit-read.ts';
import type { Database } from './connection.ts';
import { columnsOf, moveProjection } from './projection-row.ts';
import { withProse } from './prose.ts';

/** While one incident is folded, the rows of others are on their way. */
const AT_ONCE = 4;

/** Every row made again from the audit log, or only compared: byte for byte, the columns beside the state too. */
export const rebuild = async (
  db: Database,
  now: () => number,
  { check = false }: { check?: boolean } = {},
): Promise<{ incidents: number; differing: string[] }> => {
  const ids = await sql<{ id: string }>`
    select incident_id as id from audit_event union select incident_id from incident order by id`.execute(db);
  const differing: string[] = [];
  const left = ids.rows.values();
  const work = async (): Promise<void> => {
    for (const { id } of left) if (await rebuildOne(db, now, id, check)) differing.push(id);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { incidents: ids.rows.length, differing: differing.toSorted() };
};

/** The driver gives the numbers of an array as text. */
const asStored = (value: unknown): string => JSON.stringify(Array.isArray(value) ? value.map(Number) : value);

/** True when the row was not what the audit log makes of it. */
const rebuildOne = (db: Database, now: () => number, incidentId: string, check: boolean): Promise<boolean> =>
  db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('incident')
      .selectAll()
      .select(sql<string>`state::text`.as('stateText'))
      .where('incident_id', '=', incidentId)
      .forUpdate()
      .executeTakeFirst();
    const rows = await readRows(trx, incidentId);
    const last = rows.at(-1);
    if (!last) {
      if (!check) await trx.deleteFrom('incident').where('incident_id', '=', incidentId).execute();
      return row !== undefined;
    }
    const words = await readWords(trx, incidentId);
    const state = fold(rows.map(({ event }) => withProse(event, words) as IncidentEvent));
    const { seq, hash: head } = last;
    const columns = { seq, head, ...columnsOf(state) };
    const isSame =
      row !== undefined &&
      row.stateText === JSON.stringify(state) &&
      Object.entries(columns).every(
        ([name, value]) => asStored(row[name as keyof typeof row]) === asStored(value),
      );
    if (isSame) return false;
    if (check) return true;
    const from = row ?? { seq: 0, head: '', revision: 0 };
    await sql`${moveProjection(incidentId, from, { seq, head, at: now(), state })}`.execute(trx);
    return true;
  });

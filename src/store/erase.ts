import { sql } from 'kysely';
import { fold } from '../domain/incident/evolve.ts';
import { readEvents } from './audit-read.ts';
import type { Database } from './connection.ts';
import { moveProjection } from './projection-row.ts';

/**
 * Erases words of an incident: the text and its trace in the projection; the chain keeps the digest and stays valid.
 * False when there are no such words, or when they were erased before.
 */
export const eraseWords = (
  { db, now }: { db: Database; now: () => number },
  incidentId: string,
  sha256: string,
): Promise<boolean> =>
  db.transaction().execute(async (trx) => {
    // Appends wait here, and then see another revision.
    const row = await trx
      .selectFrom('incident')
      .select(['seq', 'head', 'revision'])
      .where('incident_id', '=', incidentId)
      .forUpdate()
      .executeTakeFirst();
    const erased = await trx
      .updateTable('prose')
      .set({ text: null, erased_at_ms: now() })
      .where('incident_id', '=', incidentId)
      .where('sha256', '=', sha256)
      .where('text', 'is not', null)
      .executeTakeFirst();
    if (!row || erased.numUpdatedRows === 0n) return false;
    const state = fold(await readEvents(trx, incidentId));
    await sql`${moveProjection(incidentId, row, { ...row, at: now(), state })}`.execute(trx);
    return true;
  });

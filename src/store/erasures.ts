import { randomUUID } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import { readWords } from './audit-read.ts';
import { plainText, type Database } from './connection.ts';
import { eraseWords } from './erase.ts';
import { IncidentIsOpen, UnderLegalHold } from './errors.ts';
import type { Erased, Erasures, LegalHold } from './port/erasures.ts';
import { createEvidenceKeys, destroyedAtMs, tryKeys } from './evidence-keys.ts';
import type { MasterKey } from './master-key.ts';
import type { Schema } from './schema.ts';

interface Deps {
  db: Database;
  now: () => number;
  master: MasterKey | null;
}
type Order = Parameters<Erasures['eraseWords']>[0];

/** Holds and erasures of one incident wait for one another. */
const locked = <T>(
  { db }: Deps,
  incidentId: string,
  work: (trx: Transaction<Schema>) => Promise<T>,
): Promise<T> =>
  db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`erasure/${incidentId}`}, 0))`.execute(trx);
    return work(trx);
  });

const holdsOf = async (db: Database | Transaction<Schema>, incidentId?: string): Promise<LegalHold[]> => {
  let query = db.selectFrom('legal_hold').selectAll().where('lifted_at_ms', 'is', null);
  if (incidentId !== undefined) query = query.where('incident_id', '=', incidentId);
  const rows = await query.orderBy('placed_at_ms').orderBy('hold_id').execute();
  return rows.map((row) => ({
    incidentId: row.incident_id,
    holdId: row.hold_id,
    reason: row.reason,
    placedBy: row.placed_by,
    placedAtMs: row.placed_at_ms,
  }));
};

const assertFree = async (trx: Transaction<Schema>, incidentId: string): Promise<void> => {
  const [hold] = await holdsOf(trx, incidentId);
  if (hold)
    throw new UnderLegalHold(
      `incident ${incidentId} is under the legal hold ${hold.holdId} (${hold.reason}): lift it first`,
    );
};

const isOpen = async (trx: Transaction<Schema>, incidentId: string): Promise<boolean> => {
  const row = await trx
    .selectFrom('incident')
    .select('ended_at_ms')
    .where('incident_id', '=', incidentId)
    .executeTakeFirst();
  return row !== undefined && row.ended_at_ms === null;
};

const assertEnded = async (trx: Transaction<Schema>, incidentId: string): Promise<void> => {
  if (await isOpen(trx, incidentId))
    throw new IncidentIsOpen(`incident ${incidentId} is open and works with its evidence: end it first`);
};

const record = async (
  { now }: Deps,
  trx: Transaction<Schema>,
  what: Erased['what'],
  { incidentId, by, reason }: Order,
): Promise<void> => {
  const entry = { incident_id: incidentId, what, erased_by: plainText(by), reason: plainText(reason) };
  await trx
    .insertInto('erasure')
    .values({ ...entry, erased_at_ms: now() })
    .execute();
};

/** What a destroyed key opens is gone for good. */
const destroyKeys = async (
  { now }: Deps,
  trx: Transaction<Schema>,
  incidentId: string,
  parts: readonly ('traces' | 'history')[],
): Promise<boolean> => {
  const { numUpdatedRows } = await trx
    .updateTable('evidence_key')
    .set({ key: null, destroyed_at_ms: now() })
    .where('incident_id', '=', incidentId)
    .where('part', 'in', parts)
    .where('key', 'is not', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
};

/** The keys are gone, and with them what they open; the case made from the evidence goes too. */
const eraseEvidence = (deps: Deps, order: Order): Promise<boolean> =>
  locked(deps, order.incidentId, async (trx) => {
    await assertFree(trx, order.incidentId);
    await assertEnded(trx, order.incidentId);
    if (!(await destroyKeys(deps, trx, order.incidentId, ['traces', 'history']))) return false;
    await sql`delete from document where kind = 'eval_case' and right(key, length(${`/${order.incidentId}`})) = ${`/${order.incidentId}`}`.execute(
      trx,
    );
    await record(deps, trx, 'evidence', order);
    return true;
  });

/**
 * Every text of the incident that is still there, and once it has ended the key of its histories, which hold them too.
 * On record before it is done; each text is erased by itself, so that a crash leaves the rest to a repeat.
 */
const eraseAllWords = async (deps: Deps, order: Order): Promise<number> => {
  const { incidentId } = order;
  const there = await locked(deps, incidentId, async (trx) => {
    await assertFree(trx, incidentId);
    const keyGone =
      !(await isOpen(trx, incidentId)) && (await destroyKeys(deps, trx, incidentId, ['history']));
    const words = [...(await readWords(trx, incidentId)).keys()];
    if (words.length > 0 || keyGone) await record(deps, trx, 'words', order);
    return words;
  });
  let erased = 0;
  for (const sha256 of there) if (await eraseWords(deps, incidentId, sha256)) erased += 1;
  return erased;
};

const erasedOf = async (db: Database, incidentId?: string): Promise<Erased[]> => {
  let query = db.selectFrom('erasure').selectAll().orderBy('id');
  if (incidentId !== undefined) query = query.where('incident_id', '=', incidentId);
  return (await query.execute()).map((row) => ({
    id: row.id,
    incidentId: row.incident_id,
    what: row.what,
    by: row.erased_by,
    reason: row.reason,
    atMs: row.erased_at_ms,
  }));
};

export const createErasures = (deps: Deps): Erasures => ({
  ...createEvidenceKeys(deps),
  hold: (incidentId, { by, reason }) =>
    locked(deps, incidentId, async (trx) => {
      const holdId = randomUUID();
      const entry = { incident_id: incidentId, hold_id: holdId, placed_by: plainText(by) };
      await trx
        .insertInto('legal_hold')
        .values({ ...entry, reason: plainText(reason), placed_at_ms: deps.now() })
        .execute();
      return holdId;
    }),
  lift: (incidentId, holdId, by) =>
    locked(deps, incidentId, async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('legal_hold')
        .set({ lifted_by: plainText(by), lifted_at_ms: deps.now() })
        .where('incident_id', '=', incidentId)
        .where('hold_id', '=', holdId)
        .where('lifted_at_ms', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    }),
  holds: (incidentId) => holdsOf(deps.db, incidentId),
  eraseEvidence: (order) => eraseEvidence(deps, order),
  eraseWords: (order) => eraseAllWords(deps, order),
  erased: (incidentId) => erasedOf(deps.db, incidentId),
  erasureOf: async (name) => {
    const destroyed = await destroyedAtMs(deps.db, name);
    if (destroyed === null) return null;
    const erasures = await erasedOf(deps.db, destroyed.incidentId);
    return erasures.find(({ atMs }) => atMs >= destroyed.atMs) ?? null;
  },
  tryKeys: (master) => tryKeys(deps.db, master),
  due: async ({ endedBeforeMs, what }) => {
    const { rows } = await sql<{ incidentId: string; endedAtMs: number }>`
      select i.incident_id as "incidentId", i.ended_at_ms as "endedAtMs" from incident i
      where i.ended_at_ms < ${endedBeforeMs}
        and not exists (
          select from legal_hold h where h.incident_id = i.incident_id and h.lifted_at_ms is null)
        and case when ${what} = 'evidence'
          then exists (select from evidence_key k where k.incident_id = i.incident_id and k.key is not null)
          else exists (select from prose p where p.incident_id = i.incident_id and p.text is not null)
            or exists (select from evidence_key k
              where k.incident_id = i.incident_id and k.part = 'history' and k.key is not null) end
      order by i.ended_at_ms, i.incident_id`.execute(deps.db);
    return rows;
  },
});

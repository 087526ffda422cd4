import { randomBytes } from 'node:crypto';
import type { EvidenceKeys } from '../adapters/evidence/encrypted.ts';
import type { Database } from './connection.ts';
import type { Erasures } from './port/erasures.ts';
import { isWrapped, kept, type MasterKey, opened, WrongMasterKey } from './master-key.ts';

const KEY_BYTES = 32;

interface Deps {
  db: Database;
  now: () => number;
  master: MasterKey | null;
}

/** `inc-1` is the key of its traces, `inc-1/history` that of its histories. */
const rowOf = (name: string): { incident_id: string; part: 'traces' | 'history' } => {
  const incidentId = name.endsWith('/history') ? name.slice(0, -'/history'.length) : name;
  return { incident_id: incidentId, part: incidentId === name ? 'traces' : 'history' };
};
const nameOf = ({ incident_id: id, part }: { incident_id: string; part: string }): string =>
  part === 'traces' ? id : `${id}/${part}`;

export const createEvidenceKeys = ({ db, now, master }: Deps): EvidenceKeys => {
  const keyOf = async (name: string): Promise<Uint8Array | null> => {
    const { incident_id, part } = rowOf(name);
    const row = await db
      .selectFrom('evidence_key')
      .select('key')
      .where('incident_id', '=', incident_id)
      .where('part', '=', part)
      .executeTakeFirst();
    return row?.key ? opened(master, row.key, name) : null;
  };
  return {
    keyOf,
    keyFor: async (name) => {
      const key = kept(master, randomBytes(KEY_BYTES), name);
      await db
        .insertInto('evidence_key')
        .values({ ...rowOf(name), key, created_at_ms: now() })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return keyOf(name);
    },
  };
};

/** Keys that an earlier start kept in the clear are wrapped; one destroyed meanwhile stays destroyed. */
export const wrapClearKeys = async (db: Database, master: MasterKey): Promise<number> => {
  const rows = await db
    .selectFrom('evidence_key')
    .select(['incident_id', 'part', 'key'])
    .where('key', 'is not', null)
    .execute();
  let wrapped = 0;
  for (const { incident_id, part, key } of rows) {
    if (key === null || isWrapped(key)) continue;
    const { numUpdatedRows } = await db
      .updateTable('evidence_key')
      .set({ key: master.wrap(key, nameOf({ incident_id, part })) })
      .where('incident_id', '=', incident_id)
      .where('part', '=', part)
      .where('key', '=', key)
      .executeTakeFirst();
    wrapped += Number(numUpdatedRows);
  }
  return wrapped;
};

/** When a key was destroyed, and of which incident it was; null while it stands, or was never made. */
export const destroyedAtMs = async (
  db: Database,
  name: string,
): Promise<{ incidentId: string; atMs: number } | null> => {
  const { incident_id: incidentId, part } = rowOf(name);
  const row = await db
    .selectFrom('evidence_key')
    .select('destroyed_at_ms')
    .where('incident_id', '=', incidentId)
    .where('part', '=', part)
    .executeTakeFirst();
  return row?.destroyed_at_ms == null ? null : { incidentId, atMs: row.destroyed_at_ms };
};

/** Opens every key that stands, with this master key or with none. */
export const tryKeys: (db: Database, master: MasterKey | null) => ReturnType<Erasures['tryKeys']> = async (
  db,
  master,
) => {
  const rows = await db
    .selectFrom('evidence_key')
    .select(['incident_id', 'part', 'key'])
    .where('key', 'is not', null)
    .orderBy('created_at_ms')
    .execute();
  const tried = { opened: 0, clear: 0, refused: [] as string[] };
  for (const { incident_id, part, key } of rows) {
    if (key === null) continue;
    try {
      opened(master, key, nameOf({ incident_id, part }));
      tried[isWrapped(key) ? 'opened' : 'clear'] += 1;
    } catch (error) {
      const name = nameOf({ incident_id, part });
      tried.refused.push(
        error instanceof WrongMasterKey ? error.message : `the key of incident ${name} is damaged`,
      );
    }
  }
  return tried;
};

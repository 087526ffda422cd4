import { sql } from 'kysely';
import { type Database, plainText } from './connection.ts';
import { LedgerConflict } from './errors.ts';
import type { EffectLedger, LedgerState } from './port.ts';

interface Entry {
  state: LedgerState;
  result: unknown;
}

/** Keys may hold the id of a session, which is the agent's own word. */
export const createLedger = ({ db, now }: { db: Database; now: () => number }): EffectLedger => ({
  intend: async (name, kind, detail) => {
    const key = plainText(name);
    for (;;) {
      const { before, inserted } = await tryIntend(db, now(), key, kind, JSON.stringify(detail ?? null));
      if (before || inserted) return before;
    }
  },
  settle: async (name, state, result) => {
    const key = plainText(name);
    const text = JSON.stringify(result ?? null);
    const updated = await db
      .updateTable('effect_ledger')
      .set({ state, result: text, settled_at_ms: now() })
      .where('key', '=', key)
      .where('state', 'in', ['intended', 'uncertain'])
      .executeTakeFirst();
    if (updated.numUpdatedRows > 0n) return;
    const found = await read(db, key);
    if (found?.state === state) return;
    if (!found) throw new LedgerConflict(`effect ${key} was never intended: intend it before it happens`);
    throw new LedgerConflict(`effect ${key} is on record as ${found.state}, not ${state}`);
  },
  get: (key) => read(db, plainText(key)),
});

const read = async (db: Database, key: string): Promise<Entry | null> => {
  const row = await db
    .selectFrom('effect_ledger')
    .select(['state', 'result'])
    .where('key', '=', key)
    .executeTakeFirst();
  return row ?? null;
};

/** One statement. What was not done may be tried again, and is intended again from here on. */
const tryIntend = async (
  db: Database,
  at: number,
  key: string,
  kind: string,
  detail: string,
): Promise<{ before: Entry | null; inserted: boolean }> => {
  const { rows } = await sql<Partial<Entry> & { inserted: boolean }>`
    with before as (select state, result from effect_ledger where key = ${key} for update),
    again as (
      update effect_ledger set state = 'intended', result = null, attempts = attempts + 1, intended_at_ms = ${at},
        settled_at_ms = null
      where key = ${key} and exists (select from before where before.state = 'not_done')),
    first as (
      insert into effect_ledger (key, kind, state, detail, intended_at_ms)
      select ${key}, ${kind}, 'intended', ${detail}::json, ${at} where not exists (select from before)
      on conflict do nothing returning 1)
    select before.state, before.result, exists (select from first) as inserted
    from (select) as one left join before on true`.execute(db);
  const row = rows[0];
  const before = row?.state ? { state: row.state, result: row.result ?? null } : null;
  return { before, inserted: row?.inserted ?? false };
};

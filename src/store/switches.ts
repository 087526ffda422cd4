import { sql } from 'kysely';
import {
  strictest,
  type StopSwitchStore,
  type SwitchAck,
  type SwitchOrder,
} from '../adapters/containment/switch-store.ts';
import { plainText, type Database } from './connection.ts';

/** A column cannot be null in a primary key: the agent as a whole. */
const sessionKey = (sessionId: string | null): string => sessionId ?? '';

export const createSwitchStore = ({ db, leaseMs }: { db: Database; leaseMs: number }): StopSwitchStore => ({
  set: (order) => setSwitch(db, order),
  standing: async (agent, sessionId, incidentId) => {
    const row = await db
      .selectFrom('stop_switch')
      .select(['verdict', 'seq'])
      .where('agent', '=', agent)
      .where('session_id', '=', sessionKey(sessionId))
      .where('incident_id', '=', incidentId)
      .executeTakeFirst();
    return row ?? null;
  },
  read: async (agent, sessionId) => {
    const rows = await db
      .selectFrom('stop_switch_agent as a')
      .leftJoin('stop_switch as s', (join) =>
        join.onRef('s.agent', '=', 'a.agent').on('s.session_id', 'in', ['', sessionKey(sessionId)]),
      )
      .select(['a.seq', 's.session_id', 's.verdict', 's.reason'])
      .where('a.agent', '=', agent)
      .orderBy('s.seq')
      .execute();
    const orders = rows.flatMap(({ session_id, verdict, reason }) =>
      verdict === null
        ? []
        : [{ sessionId: session_id === '' ? null : session_id, verdict, reason: reason ?? '' }],
    );
    return { ...strictest(orders, sessionId), leaseMs, seq: rows[0]?.seq ?? 0 };
  },
  ack: (ack) => keepAck(db, ack),
  acks: async (agent, sessionId, only = { sinceMs: 0 }) => {
    let query = db.selectFrom('stop_switch_ack').selectAll().where('agent', '=', agent);
    if (only.sinceMs > 0) query = query.where('at_ms', '>=', only.sinceMs);
    // As the partial index of migration 009 has it.
    if (only.unfinished) query = query.where(sql<boolean>`state in ('running', 'paused')`);
    if (sessionId !== null) query = query.where('session_id', '=', sessionId);
    const rows = await query.orderBy('at_ms', 'desc').orderBy('session_id').execute();
    return rows.map(({ session_id, at_ms, ...row }) => ({ ...row, sessionId: session_id, atMs: at_ms }));
  },
});

/** The agent's row is the lock: changes of one agent's switch are counted one after another. */
const setSwitch = (db: Database, order: SwitchOrder): Promise<number> =>
  db.transaction().execute(async (trx) => {
    const { agent, verdict, incidentId } = order;
    const key = { agent, session_id: sessionKey(order.sessionId), incident_id: incidentId };
    const { seq } = await trx
      .insertInto('stop_switch_agent')
      .values({ agent, seq: 0 })
      .onConflict((conflict) => conflict.column('agent').doUpdateSet({ agent }))
      .returning('seq')
      .executeTakeFirstOrThrow();
    const standing = await trx
      .selectFrom('stop_switch')
      .select(['verdict', 'seq'])
      .where('agent', '=', agent)
      .where('session_id', '=', key.session_id)
      .where('incident_id', '=', incidentId)
      .executeTakeFirst();
    const isKilled = standing?.verdict === 'stop' && order.sessionId !== null;
    if (standing && (standing.verdict === verdict || isKilled)) return standing.seq;
    if (!standing && verdict === 'go') return seq;
    const entry = { verdict, reason: plainText(order.reason), seq: seq + 1 };
    await trx.updateTable('stop_switch_agent').set({ seq: entry.seq }).where('agent', '=', agent).execute();
    await trx
      .insertInto('stop_switch')
      .values({ ...key, ...entry })
      .onConflict((conflict) => conflict.columns(['agent', 'session_id', 'incident_id']).doUpdateSet(entry))
      .execute();
    return entry.seq;
  });

/** Must match `replacesAck`: what is final stays final, and a lower seq never replaces a higher. */
const keepAck = async (db: Database, ack: SwitchAck): Promise<void> => {
  await sql`
    insert into stop_switch_ack (agent, session_id, seq, state, pid, at_ms)
    values (${ack.agent}, ${ack.sessionId}, ${ack.seq}, ${ack.state}, ${ack.pid}, ${ack.atMs})
    on conflict (agent, session_id) do update
      set seq = excluded.seq, state = excluded.state, pid = excluded.pid, at_ms = excluded.at_ms
      where excluded.seq >= stop_switch_ack.seq
        and (stop_switch_ack.state not in ('stopped', 'ended') or excluded.state in ('stopped', 'ended'))`.execute(
    db,
  );
};

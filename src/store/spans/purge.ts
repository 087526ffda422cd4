import { sql } from 'kysely';
import type { Database } from '../connection.ts';

/** Sessions, and requests, that go in one statement: short enough that nobody waits. */
const BATCH = 500;

interface Cutoff {
  agent: string;
  /** Before this is past the retention. */
  beforeMs: number;
  /** What said something later than this still runs. */
  quietSinceMs: number;
}

/** See the port. Content is out of reach with its index rows, and deleted when no session of its request is kept. */
export const purgeSpans = async (
  db: Database,
  agent: string,
  { retentionMs, quietMs }: { retentionMs: number; quietMs: number },
  nowMs: number,
): Promise<{ chunks: number }> => {
  const cutoff = { agent, beforeMs: nowMs - retentionMs, quietSinceMs: nowMs - quietMs };
  let chunks = 0;
  for (let more = true; more;) {
    const gone = await purgeSessions(db, cutoff);
    chunks += gone.chunks;
    more = gone.sessions === BATCH;
  }
  for (let more = true; more;) {
    const gone = await purgeChunks(db, cutoff);
    chunks += gone;
    more = gone === BATCH;
  }
  await purgeLeftovers(db, cutoff);
  return { chunks };
};

/** Whole sessions that began before the cutoff and are over; a trace that a kept session shares stays. */
const purgeSessions = async (
  db: Database,
  { agent, beforeMs, quietSinceMs }: Cutoff,
): Promise<{ sessions: number; chunks: number }> => {
  const { rows } = await sql<{ sessions: number; chunks: number }>`
    with old as (
      select s.session_id from span_session s
      where s.agent = ${agent} and s.started_ms < ${beforeMs}
        and not exists (
          select from span_session mine join span_trace t on t.trace_id = mine.trace_id and t.agent = mine.agent
          where mine.session_id = s.session_id and mine.agent = s.agent and t.arrived_at_ms > ${quietSinceMs})
      group by s.session_id limit ${BATCH}),
    sessions as (
      delete from span_session s using old where s.agent = ${agent} and s.session_id = old.session_id
      returning s.session_id, s.trace_id),
    traces as (
      delete from span_trace t using (select distinct trace_id from sessions) as mine
      where t.trace_id = mine.trace_id and t.agent = ${agent}
        and not exists (
          select from span_session other where other.trace_id = t.trace_id and other.agent = t.agent
            and other.session_id not in (select session_id from old))
      returning t.chunk_id, t.trace_id),
    chunks as (
      delete from span_chunk c using (select distinct chunk_id from traces) as touched
      where c.id = touched.chunk_id
        and not exists (
          select from span_trace t where t.chunk_id = c.id
            and t.trace_id not in (select trace_id from traces where traces.chunk_id = c.id))
      returning c.id)
    select (select count(*)::int from old) as sessions, (select count(*)::int from chunks) as chunks`.execute(
    db,
  );
  return rows[0] ?? { sessions: 0, chunks: 0 };
};

/** What arrived before the cutoff, of sessions that still run and of none. */
const purgeChunks = async (db: Database, { agent, beforeMs }: Cutoff): Promise<number> => {
  const { rows } = await sql<{ chunks: number }>`
    with chunks as (
      delete from span_chunk where id in (
        select id from span_chunk where agent = ${agent} and arrived_at_ms < ${beforeMs} limit ${BATCH})
      returning id),
    traces as (delete from span_trace using chunks where span_trace.chunk_id = chunks.id)
    select count(*)::int as chunks from chunks`.execute(db);
  return rows[0]?.chunks ?? 0;
};

const purgeLeftovers = async (db: Database, { agent, beforeMs }: Cutoff): Promise<void> => {
  await sql`
    delete from span_session s where s.agent = ${agent} and s.started_ms < ${beforeMs}
      and not exists (select from span_trace t where t.trace_id = s.trace_id and t.agent = s.agent)`.execute(
    db,
  );
  await sql`
    delete from span_link l where l.agent = ${agent} and l.start_ms < ${beforeMs}
      and not exists (select from span_trace t where t.trace_id = l.trace_id and t.agent = l.agent)`.execute(
    db,
  );
};

import { sql } from 'kysely';
import type { Database } from '../connection.ts';
import type { SpanStore } from '../port.ts';
import { membersOf, type ChunkPart } from './members.ts';
import { metadataOf, readPage } from './read.ts';

/** How many sessions are looked through for an entity. */
const LOOKED_THROUGH = 1_000;
const PAGE_SPANS = 500;

type Find = SpanStore['findSessions'];

/** See the port. The index finds sessions by time; what one mentions is looked for in its spans. */
export const findSessions = async (
  db: Database,
  agent: string,
  { fromMs, toMs, entityId, limit }: Parameters<Find>[1],
): ReturnType<Find> => {
  // A trace that names no session is one by itself; when it began is not in the index, so its arrival counts.
  const { rows } = await sql<{ session_id: string }>`
    with found as (
      select session_id, min(started_ms) as started, 0 as unnamed from span_session
      where agent = ${agent} and started_ms between ${fromMs} and ${toMs}
      group by session_id
      union all
      select t.trace_id, min(c.arrived_at_ms), 1 from span_chunk c
      join span_trace t on t.chunk_id = c.id and t.agent = c.agent
      where c.agent = ${agent} and c.arrived_at_ms between ${fromMs} and ${toMs}
        and not exists (select from span_session s where s.trace_id = t.trace_id and s.agent = t.agent)
      group by t.trace_id)
    select session_id from found order by unnamed, started desc, session_id
    limit ${entityId === null ? limit : LOOKED_THROUGH}`.execute(db);
  const found: Awaited<ReturnType<Find>> = [];
  for (const { session_id: sessionId } of rows) {
    if (found.length >= limit) break;
    const parts = await membersOf(db, sessionId, { agent });
    const metadata = metadataOf(parts);
    if (!metadata || (entityId !== null && !(await mentions(db, parts, entityId)))) continue;
    const { startedAtMs, endedAtMs, spans } = metadata;
    found.push({ sessionId, startedAtMs, endedAtMs, spans });
  }
  return found;
};

const mentions = async (db: Database, parts: readonly ChunkPart[], entityId: string): Promise<boolean> => {
  const words = inJson(entityId);
  for (let after: string | null = null; ;) {
    const page = await readPage(db, parts, after, PAGE_SPANS);
    if (page.spans.some((span) => JSON.stringify(span).includes(words))) return true;
    if (page.next === null) return false;
    after = page.next;
  }
};

/** Text as it stands inside a JSON string. */
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

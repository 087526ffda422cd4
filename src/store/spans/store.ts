import { sql, type RawBuilder } from 'kysely';
import type { Attributes } from '../../forensics/read/raw-span.ts';
import type { Database } from '../connection.ts';
import type { SpanScope, SpanStore } from '../port.ts';
import { bareAttributes, reviveSpan, type SpanBody } from './body.ts';
import { insertSpans } from './insert.ts';
import { membersOf, type Members } from './members.ts';

/** Pages of one export see the same members; so many exports run beside one another. */
const MEMBERS_KEPT = 16;

export const createSpanStore = ({ db, now }: { db: Database; now: () => number }): SpanStore => {
  const kept = new Map<string, Members>();
  const members = async (sessionId: string, scope: SpanScope, isFirstPage: boolean): Promise<Members> => {
    const key = JSON.stringify([sessionId, scope.agent ?? null, scope.joinAgents ?? []]);
    const found = isFirstPage ? undefined : kept.get(key);
    const made = found ?? (await membersOf(db, sessionId, scope));
    kept.delete(key);
    kept.set(key, made);
    for (const oldest of kept.keys()) if (kept.size > MEMBERS_KEPT) kept.delete(oldest);
    return made;
  };
  return {
    insert: (agent, spans) => insertSpans(db, agent, spans, now()),
    sessionSpans: async (sessionId, { after, limit, ...scope }) =>
      readPage(db, await members(sessionId, scope, after === null), scope, Number(after ?? 0), limit),
    sessionMetadata: async (sessionId, scope = {}) =>
      readMetadata(db, await membersOf(db, sessionId, scope), scope),
    findSessions: (agent, window) => findSessions(db, agent, window),
  };
};

const within = (
  { traces, foreign }: Members,
  { agent, joinAgents = [] }: SpanScope,
): RawBuilder<unknown> => sql`
  s.trace_id = any(${traces}::text[])
  and ${agent === undefined ? sql`true` : sql`s.agent = any(${[agent, ...joinAgents]}::text[])`}
  and ${foreign.length === 0 ? sql`true` : sql`s.trace_id || '/' || s.span_id <> all(${foreign}::text[])`}`;

const readPage = async (db: Database, members: Members, scope: SpanScope, after: number, limit: number) => {
  const { rows } = await sql<{ arrival: number; body: SpanBody; resource: string }>`
    select s.arrival, s.body, s.resource from span s
    where ${within(members, scope)} and s.arrival > ${after}
    order by s.arrival limit ${limit}`.execute(db);
  const resources = await readResources(db, [...new Set(rows.map((row) => row.resource))]);
  const spans = rows.map((row) => reviveSpan(row.body, resources.get(row.resource) ?? bareAttributes({})));
  return { spans, next: rows.length < limit ? null : String(rows.at(-1)?.arrival) };
};

const readResources = async (db: Database, digests: string[]): Promise<Map<string, Attributes>> => {
  if (digests.length === 0) return new Map();
  const rows = await db.selectFrom('span_resource').selectAll().where('sha256', 'in', digests).execute();
  return new Map(rows.map((row) => [row.sha256, bareAttributes(row.attributes as Attributes)]));
};

const readMetadata = async (db: Database, members: Members, scope: SpanScope) => {
  const { rows } = await sql<{ spans: number; started: number; ended: number; newest: number }>`
    select count(*)::int as spans, min(start_ms) as started, max(coalesce(end_ms, start_ms)) as ended,
      max(arrived_at_ms) as newest
    from span s where ${within(members, scope)}`.execute(db);
  const row = rows[0];
  if (!row || row.spans === 0) return null;
  return { spans: row.spans, startedAtMs: row.started, endedAtMs: row.ended, newestArrivalMs: row.newest };
};

const findSessions: (
  db: Database,
  ...args: Parameters<SpanStore['findSessions']>
) => ReturnType<SpanStore['findSessions']> = async (db, agent, { fromMs, toMs, entityId, limit }) => {
  const names = entityId === null ? sql`true` : sql`bool_or(position(${inJson(entityId)} in body::text) > 0)`;
  const { rows } = await sql<{ session_id: string; started: number; ended: number; spans: number }>`
    select session_id, min(start_ms) as started, max(coalesce(end_ms, start_ms)) as ended, count(*)::int as spans
    from span
    where agent = ${agent} and session_id is not null and start_ms between ${fromMs} and ${toMs}
    group by session_id having ${names}
    order by started desc, session_id limit ${limit}`.execute(db);
  return rows.map((row) => ({
    sessionId: row.session_id,
    startedAtMs: row.started,
    endedAtMs: row.ended,
    spans: row.spans,
  }));
};

/** Text as it stands inside a JSON string. */
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

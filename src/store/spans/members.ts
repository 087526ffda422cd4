import { sql } from 'kysely';
import type { Database } from '../connection.ts';
import { foreignTo, type Place } from '../../forensics/read/foreign.ts';
import type { SpanScope } from '../port.ts';
import { marksOf, type SpanMark } from './index-rows.ts';

/** Which of a session's spans are in one stored request. */
export interface ChunkPart {
  chunkId: number;
  bytes: number;
  arrivedAtMs: number;
  /** `trace/span` → what the index knows of it. */
  spans: Map<string, SpanMark>;
}

interface TraceRow {
  chunk_id: number;
  agent: string;
  trace_id: string;
  arrived_at_ms: number;
  bytes: number;
  spans: unknown;
}
interface Trace {
  rows: { row: TraceRow; marks: SpanMark[] }[];
}

export const spanKey = (trace: string, span: string): string => `${trace}/${span}`;

/** Where the rows of the index come from. */
interface IndexReader {
  /** Traces that name the session. */
  named(sessionId: string, agent?: string): Promise<string[]>;
  traces(ids: readonly string[]): Promise<Map<string, Trace>>;
  links(traceIds: readonly string[]): Promise<LinkRow[]>;
}

/**
 * The spans of a session, by the request that brought them, in order of arrival; of several with one id the first.
 * They are: traces that carry the session's id, less what belongs to other sessions in them, and traces joined to them
 * by a span link in either direction, again and again. A joined trace must have started after the span that it is
 * joined to: what came before did not come out of the session. Only spans of the agents in scope count, so that no
 * other key can write itself into a session. Reads the index only, nothing of the content.
 */
export const membersOf = (db: Database, sessionId: string, scope: SpanScope): Promise<ChunkPart[]> =>
  membersIn(indexOf(db), sessionId, scope);

/** The members of many sessions: three statements, and more where links join other traces. */
export const membersOfMany = async (
  db: Database,
  sessionIds: readonly string[],
  scope: SpanScope,
): Promise<Map<string, ChunkPart[]>> => {
  const index = await indexAround(db, sessionIds, scope);
  const all = new Map<string, ChunkPart[]>();
  for (const sessionId of sessionIds) all.set(sessionId, await membersIn(index, sessionId, scope));
  return all;
};

const membersIn = async (index: IndexReader, sessionId: string, scope: SpanScope): Promise<ChunkPart[]> => {
  const joining = scope.agent === undefined ? null : new Set([scope.agent, ...(scope.joinAgents ?? [])]);
  const own = ownTraces(sessionId, await index.named(sessionId, scope.agent));
  const traces = await index.traces(own);
  const foreign = new Set(
    foreignTo(
      sessionId,
      own.flatMap((id) => placesOf(id, traces.get(id), joining)),
    ),
  );
  await join(index, traces, own, joining);
  return partsOf(traces, joining, foreign);
};

const TRACE_ID = /^[0-9a-f]{32}$/;

/** A trace that names no session is one by itself, under its own id. */
const ownTraces = (sessionId: string, named: readonly string[]): string[] =>
  named.length === 0 && TRACE_ID.test(sessionId) ? [sessionId] : named.toSorted();

const indexOf = (db: Database): IndexReader => ({
  named: async (sessionId, agent) => {
    let query = db.selectFrom('span_session').select('trace_id').distinct();
    query = query.where('session_id', '=', sessionId);
    if (agent !== undefined) query = query.where('agent', '=', agent);
    return (await query.execute()).map((row) => row.trace_id);
  },
  traces: (ids) => tracesOf(db, ids),
  links: (ids) => linksOf(db, ids),
});

/** The index around these sessions, read at once; what links lead to beyond it is asked for by itself. */
const indexAround = async (
  db: Database,
  sessionIds: readonly string[],
  { agent = null }: { agent?: string | null | undefined },
): Promise<IndexReader> => {
  const { rows } = await sql<{ session_id: string; trace_id: string }>`
    select distinct session_id, trace_id from span_session
    where session_id = any(${sessionIds}::text[]) and (${agent}::text is null or agent = ${agent})`.execute(
    db,
  );
  const named = new Map(sessionIds.map((id): [string, string[]] => [id, []]));
  for (const row of rows) named.get(row.session_id)?.push(row.trace_id);
  const near = [...new Set([...named].flatMap(([id, traces]) => ownTraces(id, traces)))];
  const [traces, links] = await Promise.all([tracesOf(db, near), linksOf(db, near)]);
  const beyond = indexOf(db);
  return {
    named: async (sessionId) => named.get(sessionId) ?? [],
    traces: async (ids) => {
      const further = await beyond.traces(ids.filter((id) => !traces.has(id)));
      return new Map(ids.map((id) => [id, traces.get(id) ?? further.get(id) ?? { rows: [] }]));
    },
    links: async (ids) => {
      if (!ids.every((id) => traces.has(id))) return beyond.links(ids);
      const wanted = new Set(ids);
      return links.filter((link) => wanted.has(link.trace_id) || wanted.has(link.linked_trace_id));
    },
  };
};

const tracesOf = async (db: Database, ids: readonly string[]): Promise<Map<string, Trace>> => {
  const out = new Map<string, Trace>(ids.map((id) => [id, { rows: [] }]));
  if (ids.length === 0) return out;
  const { rows } = await sql<TraceRow>`
    select chunk_id, agent, trace_id, arrived_at_ms, bytes, spans from span_trace
    where trace_id = any(${ids}::text[]) order by chunk_id`.execute(db);
  for (const row of rows) out.get(row.trace_id)?.rows.push({ row, marks: marksOf(row.spans) });
  return out;
};

interface LinkRow {
  agent: string;
  trace_id: string;
  linked_trace_id: string;
  linked_span_id: string;
  start_ms: number;
}

const startOf = (trace: Trace | undefined, agents: ReadonlySet<string> | null): number => {
  let start = Infinity;
  for (const { row, marks } of trace?.rows ?? [])
    if (agents === null || agents.has(row.agent)) for (const mark of marks) start = Math.min(start, mark[2]);
  return start;
};

const startOfSpan = (trace: Trace | undefined, spanId: string, agent: string): number => {
  const marks = trace?.rows.filter(({ row }) => row.agent === agent).flatMap((r) => r.marks);
  return marks?.find(([id]) => id === spanId)?.[2] ?? 0;
};

const join = async (
  index: IndexReader,
  traces: Map<string, Trace>,
  own: readonly string[],
  joining: ReadonlySet<string> | null,
): Promise<void> => {
  let frontier = [...own];
  while (frontier.length > 0) {
    const links = (await index.links(frontier)).filter(({ agent }) => joining === null || joining.has(agent));
    const near = new Set(frontier);
    const others = links.flatMap((l) => [l.trace_id, l.linked_trace_id]).filter((id) => !traces.has(id));
    const found = await index.traces([...new Set(others)]);
    const isJoined = (l: LinkRow): string[] => [
      // A link up to us: their trace began after our span. A link of ours down: it began after the linking span.
      ...(near.has(l.linked_trace_id) &&
      startOf(found.get(l.trace_id), null) >=
        startOfSpan(traces.get(l.linked_trace_id), l.linked_span_id, l.agent)
        ? [l.trace_id]
        : []),
      ...(near.has(l.trace_id) && startOf(found.get(l.linked_trace_id), joining) >= l.start_ms
        ? [l.linked_trace_id]
        : []),
    ];
    frontier = [...new Set(links.flatMap(isJoined))].filter(
      (id) => !traces.has(id) && (found.get(id)?.rows.length ?? 0) > 0,
    );
    for (const id of frontier) traces.set(id, found.get(id) ?? { rows: [] });
  }
};

const linksOf = async (db: Database, traceIds: readonly string[]): Promise<LinkRow[]> => {
  const { rows } = await sql<LinkRow>`
    select agent, trace_id, linked_trace_id, linked_span_id, start_ms from span_link
    where trace_id = any(${traceIds}::text[])
    union
    select agent, trace_id, linked_trace_id, linked_span_id, start_ms from span_link
    where linked_trace_id = any(${traceIds}::text[])`.execute(db);
  return rows;
};

const partsOf = (
  traces: ReadonlyMap<string, Trace>,
  agents: ReadonlySet<string> | null,
  foreign: ReadonlySet<string>,
): ChunkPart[] => {
  const rows = [...traces.values()]
    .flatMap((trace) => trace.rows)
    .filter(({ row }) => agents === null || agents.has(row.agent))
    .toSorted((a, b) => a.row.chunk_id - b.row.chunk_id);
  const taken = new Set<string>();
  const parts = new Map<number, ChunkPart>();
  for (const { row, marks } of rows) {
    const { chunk_id: chunkId, bytes, arrived_at_ms: arrivedAtMs } = row;
    const part = parts.get(chunkId) ?? { chunkId, bytes, arrivedAtMs, spans: new Map<string, SpanMark>() };
    for (const mark of marks) {
      const key = spanKey(row.trace_id, mark[0]);
      if (foreign.has(key) || taken.has(`${row.agent}/${key}`)) continue;
      taken.add(`${row.agent}/${key}`);
      part.spans.set(key, mark);
    }
    if (part.spans.size > 0) parts.set(chunkId, part);
  }
  return [...parts.values()];
};

const placesOf = (traceId: string, trace: Trace | undefined, agents: ReadonlySet<string> | null): Place[] =>
  (trace?.rows ?? [])
    .filter(({ row }) => agents === null || agents.has(row.agent))
    .flatMap(({ marks }) =>
      marks.map(([span, parent, , , sessionId]) => ({
        key: spanKey(traceId, span),
        parentKey: parent === null ? null : spanKey(traceId, parent),
        sessionId,
      })),
    );

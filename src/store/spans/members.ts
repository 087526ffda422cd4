import { sql } from 'kysely';
import type { Database } from '../connection.ts';
import type { SpanScope } from '../port.ts';

/** Which spans make up a session: whole traces, less what belongs to other sessions in them. */
export interface Members {
  traces: string[];
  /** `trace/span` of spans that belong to another session in a shared trace. */
  foreign: string[];
}

/**
 * Traces that carry the session's id, and traces joined to them by a span link in either direction, again and again. A
 * joined trace must have started after the span that it is joined to: what came before did not come out of the session.
 * Only spans of the agents in scope count, so that no other key can write itself into a session.
 */
export const membersOf = async (db: Database, sessionId: string, scope: SpanScope): Promise<Members> => {
  const own = agentIs(scope.agent === undefined ? null : [scope.agent]);
  const joining = agentIs(scope.agent === undefined ? null : [scope.agent, ...(scope.joinAgents ?? [])]);
  const { rows } = await sql<{ trace_id: string; own: boolean }>`
    with recursive own as (
      select distinct trace_id from span where session_id = ${sessionId} and ${own('span')}),
    joined as (
      select trace_id from own
      union
      select x.trace_id from joined cross join lateral (
        select l.trace_id
        from span_link l left join span parent
          on parent.trace_id = l.linked_trace_id and parent.span_id = l.linked_span_id and parent.agent = l.agent
        where l.linked_trace_id = joined.trace_id and ${joining('l')}
          and (select min(start_ms) from span s where s.trace_id = l.trace_id) >= coalesce(parent.start_ms, 0)
        union
        select l.linked_trace_id
        from span_link l
        where l.trace_id = joined.trace_id and ${joining('l')}
          and (select min(start_ms) from span s where s.trace_id = l.linked_trace_id and ${joining('s')}) >= l.start_ms
      ) x)
    select joined.trace_id, own.trace_id is not null as own from joined left join own using (trace_id)`.execute(
    db,
  );
  const shared = rows.filter((row) => row.own).map((row) => row.trace_id);
  return {
    traces: rows.map((row) => row.trace_id).sort(),
    foreign: await foreignSpans(db, sessionId, shared),
  };
};

/** SQL for "this row's agent is one of"; null lets every agent in. */
const agentIs = (agents: string[] | null) => (alias: 'span' | 'l' | 's') =>
  agents === null ? sql`true` : sql`${sql.ref(`${alias}.agent`)} = any(${agents}::text[])`;

const foreignSpans = async (db: Database, sessionId: string, traces: string[]): Promise<string[]> => {
  const others = await sql`
    select from span where trace_id = any(${traces}::text[]) and session_id <> ${sessionId} limit 1`.execute(
    db,
  );
  if (others.rows.length === 0) return [];
  const spans = await db
    .selectFrom('span')
    .select(['trace_id', 'span_id', 'parent_span_id', 'session_id'])
    .where('trace_id', 'in', traces)
    .execute();
  return foreignTo(sessionId, spans);
};

interface Place {
  trace_id: string;
  span_id: string;
  parent_span_id: string | null;
  session_id: string | null;
}
const keyOf = (trace: string, span: string): string => `${trace}/${span}`;

/**
 * Spans of a shared trace that belong to other sessions: on the way up from them, themselves included, some session is
 * named and it is never ours. What a session spawned within its trace stays with it, under whatever session id.
 */
export const foreignTo = (sessionId: string, spans: readonly Place[]): string[] => {
  const byKey = new Map(spans.map((span) => [keyOf(span.trace_id, span.span_id), span]));
  const verdicts = new Map<Place, 'ours' | 'other' | 'nobody'>();
  for (const span of spans) {
    const path: Place[] = [];
    const seen = new Set<Place>();
    let at: Place | undefined = span;
    while (at && !verdicts.has(at) && !seen.has(at)) {
      path.push(at);
      seen.add(at);
      at = at.parent_span_id === null ? undefined : byKey.get(keyOf(at.trace_id, at.parent_span_id));
    }
    let verdict = (at && verdicts.get(at)) ?? 'nobody';
    for (const one of path.toReversed()) {
      if (one.session_id === sessionId) verdict = 'ours';
      else if (one.session_id !== null && verdict === 'nobody') verdict = 'other';
      verdicts.set(one, verdict);
    }
  }
  return [...verdicts]
    .filter(([, verdict]) => verdict === 'other')
    .map(([span]) => keyOf(span.trace_id, span.span_id));
};

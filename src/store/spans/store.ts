import type pg from 'pg';
import type { Database } from '../connection.ts';
import { plainText } from '../connection.ts';
import type { SpanScope, SpanStore, StoredSession } from '../port.ts';
import { arrivalsOf, sessionsOfTraces } from './arrivals.ts';
import { findSessions } from './find.ts';
import { membersOf, membersOfMany, type ChunkPart } from './members.ts';
import { purgeSpans } from './purge.ts';
import { metadataOf, readPage, readWhole, versionOf } from './read.ts';
import { createSpanWriter } from './write.ts';

/** Pages of one export see the same members; so many exports run beside one another. */
const MEMBERS_KEPT = 16;

export interface SpanStoreDeps {
  db: Database;
  /** Connections that write spans, and do nothing else. */
  pool: pg.Pool;
  now: () => number;
}

export const createSpanStore = ({ db, pool, now }: SpanStoreDeps): SpanStore => {
  const kept = new Map<string, ChunkPart[]>();
  const membersNow = (sessionId: string, scope: SpanScope): Promise<ChunkPart[]> =>
    membersOf(db, plainText(sessionId), scope);

  const keep = (key: string, parts: ChunkPart[]): ChunkPart[] => {
    kept.delete(key);
    kept.set(key, parts);
    for (const oldest of kept.keys()) if (kept.size > MEMBERS_KEPT) kept.delete(oldest);
    return parts;
  };

  const sessionSpans: SpanStore['sessionSpans'] = async (sessionId, { after, limit, ...scope }) => {
    const key = JSON.stringify([sessionId, scope.agent ?? null, scope.joinAgents ?? []]);
    const known = after === null ? undefined : kept.get(key);
    if (known) {
      const page = await readPage(db, keep(key, known), after, limit);
      if (page.next !== null) return page;
    }
    // At the end of what was known, what came since belongs to this page.
    return readPage(db, keep(key, await membersNow(sessionId, scope)), after, limit);
  };

  const readSessions: SpanStore['readSessions'] = async (sessionIds, scope, known = new Map()) => {
    if (sessionIds.length === 0) return new Map();
    const plain = new Map(sessionIds.map((id) => [id, plainText(id)]));
    const members = await membersOfMany(db, [...new Set(plain.values())], scope);
    const found = new Map<string, StoredSession>();
    const wanted = new Map<string, ChunkPart[]>();
    for (const [sessionId, id] of plain) {
      const parts = members.get(id) ?? [];
      const version = versionOf(parts);
      const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
      found.set(sessionId, { version, bytes, spans: null });
      if (known.get(sessionId) !== version) wanted.set(sessionId, parts);
    }
    for (const [sessionId, spans] of await readWhole(db, wanted)) {
      const stored = found.get(sessionId);
      if (stored) stored.spans = spans;
    }
    return found;
  };

  return {
    insert: createSpanWriter(pool, now),
    sessionSpans,
    readSessions,
    sessionMetadata: async (sessionId, scope = {}) => metadataOf(await membersNow(sessionId, scope)),
    sessionsOf: (agent, traceIds) => sessionsOfTraces(db, agent, traceIds),
    arrivals: (agent, sessionIds) => arrivalsOf(db, agent, sessionIds),
    findSessions: (agent, window) => findSessions(db, agent, window),
    purge: (agent, retention) => purgeSpans(db, agent, retention, now()),
  };
};

import { createHash } from 'node:crypto';
import type { RawSpan } from '../../forensics/read/raw-span.ts';
import type { Database } from '../connection.ts';
import type { SpanStore } from '../port.ts';
import { decodeChunk } from './chunk.ts';
import { spanKey, type ChunkPart } from './members.ts';

/** Requests are fetched together up to this size; a larger one comes alone. */
const FETCH_BYTES = 16_000_000;
const FETCH_CHUNKS = 200;

interface Cursor {
  chunkId: number;
  /** How many of the session's spans in that request were on an earlier page. */
  taken: number;
}
const cursorOf = (after: string | null): Cursor => {
  const [chunkId = '0', taken = '0'] = (after ?? '').split(':');
  return { chunkId: Number(chunkId), taken: Number(taken) };
};

/** One page of a session's spans, in order of arrival. */
export const readPage = async (
  db: Database,
  parts: readonly ChunkPart[],
  after: string | null,
  limit: number,
): ReturnType<SpanStore['sessionSpans']> => {
  const from = cursorOf(after);
  const rest = parts.filter((part) => part.chunkId >= from.chunkId);
  const spans: RawSpan[] = [];
  let last = after;
  for (const group of groupsOf(rest, limit)) {
    const bodies = await fetch(db, group);
    for (const part of group) {
      const taken = part.chunkId === from.chunkId ? from.taken : 0;
      const here = pick(part, bodies.get(part.chunkId) ?? []).slice(taken, taken + limit - spans.length);
      spans.push(...here);
      if (here.length > 0) last = `${part.chunkId}:${taken + here.length}`;
      if (spans.length >= limit) return { spans, next: last };
    }
  }
  return { spans, next: null };
};

/** All spans of many sessions, each in order of arrival. What several of them came with is fetched once. */
export const readWhole = async (
  db: Database,
  sessions: ReadonlyMap<string, readonly ChunkPart[]>,
): Promise<Map<string, RawSpan[]>> => {
  const chunks = new Map([...sessions.values()].flat().map((part) => [part.chunkId, part]));
  const wanted = [...sessions].flatMap(([sessionId, parts]) => parts.map((part) => ({ sessionId, part })));
  const found = new Map([...sessions.keys()].map((id): [string, RawSpan[]] => [id, []]));
  for (const group of groupsOf(
    [...chunks.values()].toSorted((a, b) => a.chunkId - b.chunkId),
    Infinity,
  )) {
    const bodies = await fetch(db, group);
    for (const { sessionId, part } of wanted)
      for (const span of pick(part, bodies.get(part.chunkId) ?? [])) found.get(sessionId)?.push(span);
  }
  return found;
};

/** What a session consists of, as a digest: content that was written never changes, so this tells of every change. */
export const versionOf = (parts: readonly ChunkPart[]): string => {
  const hash = createHash('sha256');
  for (const { chunkId, spans } of parts) hash.update(JSON.stringify([chunkId, ...spans.keys()]));
  return hash.digest('hex');
};

/** Requests to fetch at once: enough for the page, not more than memory should hold. */
const groupsOf = function* (parts: readonly ChunkPart[], limit: number): Generator<ChunkPart[]> {
  let group: ChunkPart[] = [];
  let bytes = 0;
  let spans = 0;
  for (const part of parts) {
    const isFull = bytes + part.bytes > FETCH_BYTES || group.length >= FETCH_CHUNKS || spans >= limit;
    if (group.length > 0 && isFull) {
      yield group;
      [group, bytes, spans] = [[], 0, 0];
    }
    group.push(part);
    bytes += part.bytes;
    spans += part.spans.size;
  }
  if (group.length > 0) yield group;
};

const fetch = async (db: Database, parts: readonly ChunkPart[]): Promise<Map<number, RawSpan[]>> => {
  const rows = await db
    .selectFrom('span_chunk')
    .select(['id', 'encoding', 'body'])
    .where(
      'id',
      'in',
      parts.map((part) => part.chunkId),
    )
    .execute();
  return new Map(rows.map((row) => [row.id, decodeChunk(row.encoding, row.body)]));
};

/** The session's spans of a request, the first of several with one id. */
const pick = ({ spans }: ChunkPart, all: readonly RawSpan[]): RawSpan[] => {
  const seen = new Set<string>();
  return all.filter((span) => {
    const key = spanKey(span.traceId, span.spanId);
    if (!spans.has(key) || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
};

/** Counts and times, out of the index alone. */
export const metadataOf = (
  parts: readonly ChunkPart[],
): Awaited<ReturnType<SpanStore['sessionMetadata']>> => {
  let [spans, startedAtMs, endedAtMs, newestArrivalMs] = [0, Infinity, 0, 0];
  for (const part of parts) {
    spans += part.spans.size;
    newestArrivalMs = Math.max(newestArrivalMs, part.arrivedAtMs);
    for (const [, , start, end] of part.spans.values()) {
      startedAtMs = Math.min(startedAtMs, start);
      endedAtMs = Math.max(endedAtMs, end ?? start);
    }
  }
  return spans === 0 ? null : { spans, startedAtMs, endedAtMs, newestArrivalMs };
};

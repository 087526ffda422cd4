import type pg from 'pg';
import type { RawSpan } from '../../forensics/read/raw-span.ts';
import type { SentSpans } from '../port.ts';
import { encodeSpans } from './chunk.ts';
import { indexRowsOf, type IndexRows } from './index-rows.ts';

/** A statement's parameters and its row must stay far below Postgres's 1 GB. */
const MAX_SPANS_A_CHUNK = 20_000;

const WRITE = `
  with chunk as (
    insert into span_chunk (agent, arrived_at_ms, encoding, body) values ($1, $2, $3, $4) returning id),
  traces as (
    insert into span_trace (chunk_id, agent, trace_id, arrived_at_ms, bytes, spans)
    select chunk.id, $1, t.trace_id, $2, $5, t.spans::json
    from chunk, unnest($6::text[], $7::text[]) as t(trace_id, spans)),
  sessions as (
    insert into span_session (agent, session_id, trace_id, started_ms)
    select $1, s.session_id, s.trace_id, s.started_ms
    from unnest($8::text[], $9::text[], $10::bigint[]) as s(session_id, trace_id, started_ms)
    on conflict do nothing),
  links as (
    insert into span_link (agent, trace_id, span_id, linked_trace_id, linked_span_id, start_ms)
    select $1, l.trace_id, l.span_id, l.linked_trace_id, l.linked_span_id, l.start_ms
    from unnest($11::text[], $12::text[], $13::text[], $14::text[], $15::bigint[])
      as l(trace_id, span_id, linked_trace_id, linked_span_id, start_ms))
  select id from chunk`;

export type WriteSpans = (agent: string, spans: readonly RawSpan[], sent?: SentSpans) => Promise<void>;

/** Writes requests, each in one statement that stands for itself: durable when it is answered, or not there at all. */
export const createSpanWriter = (pool: pg.Pool, now: () => number): WriteSpans => {
  const writeChunk = async (agent: string, spans: readonly RawSpan[], sent?: SentSpans): Promise<void> => {
    const body = sent?.body ?? encodeSpans(spans);
    const values = valuesOf(agent, now(), sent?.encoding ?? 'spans', body, indexRowsOf(spans));
    await pool.query({ name: 'write-spans', text: WRITE, values });
  };

  return async (agent, spans, sent) => {
    if (spans.length === 0) return;
    if (spans.length <= MAX_SPANS_A_CHUNK) return writeChunk(agent, spans, sent);
    for (let at = 0; at < spans.length; at += MAX_SPANS_A_CHUNK)
      await writeChunk(agent, spans.slice(at, at + MAX_SPANS_A_CHUNK));
  };
};

const valuesOf = (
  agent: string,
  arrivedAtMs: number,
  encoding: string,
  body: Uint8Array,
  { traces, sessions, links }: IndexRows,
): unknown[] => {
  // In one order for every writer: two that write the same rows in different orders would wait for each other.
  const named = [...sessions].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  return [
    agent,
    arrivedAtMs,
    encoding,
    body,
    body.length,
    [...traces.keys()],
    [...traces.values()].map((marks) => JSON.stringify(marks)),
    named.map((row) => row.sessionId),
    named.map((row) => row.traceId),
    named.map((row) => row.startedMs),
    links.map((link) => link.traceId),
    links.map((link) => link.spanId),
    links.map((link) => link.linkedTraceId),
    links.map((link) => link.linkedSpanId),
    links.map((link) => link.startMs),
  ];
};

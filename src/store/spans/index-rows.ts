import { z } from 'zod';
import { getText } from '../../forensics/read/attributes.ts';
import type { RawSpan } from '../../forensics/read/raw-span.ts';
import { plainText } from '../connection.ts';

/** What the index knows of a span: its id, its parent's, start and end in ms, and the session it names. */
const SpanMark = z.tuple([
  z.string(),
  z.string().nullable(),
  z.number(),
  z.number().nullable(),
  z.string().nullable(),
]);
export type SpanMark = z.infer<typeof SpanMark>;
const SpanMarks = z.array(SpanMark);

/** Whether a value is what this file wrote; a session's rows are looked at with each page of it. */
const isMark = (value: unknown): value is SpanMark => {
  if (!Array.isArray(value) || value.length !== 5) return false;
  const [id, parent, start, end, session] = value as unknown[];
  return (
    typeof id === 'string' &&
    (parent === null || typeof parent === 'string') &&
    typeof start === 'number' &&
    (end === null || typeof end === 'number') &&
    (session === null || typeof session === 'string')
  );
};

/** The marks of an index row; throws ZodError where it holds something else. */
export const marksOf = (spans: unknown): SpanMark[] =>
  Array.isArray(spans) && spans.every(isMark) ? spans : SpanMarks.parse(spans);

/** Whole milliseconds of a nanosecond time; 0 for what is no time. */
export const msOf = (nanos: string): number => {
  const ms = Number(nanos) / 1e6;
  return Number.isSafeInteger(Math.floor(ms)) ? Math.floor(ms) : 0;
};

export interface IndexRows {
  /** Trace id → its spans in this request, in order. */
  traces: Map<string, SpanMark[]>;
  /** Sessions named in a trace, and the start of the first span there that names them. */
  sessions: Map<string, { sessionId: string; traceId: string; startedMs: number }>;
  links: { traceId: string; spanId: string; linkedTraceId: string; linkedSpanId: string; startMs: number }[];
}

/** The index rows of one request's spans of one agent. */
export const indexRowsOf = (spans: readonly RawSpan[]): IndexRows => {
  const rows: IndexRows = { traces: new Map(), sessions: new Map(), links: [] };
  for (const span of spans) {
    const traceId = plainText(span.traceId);
    const spanId = plainText(span.spanId);
    const startMs = msOf(span.startNano);
    const named = getText(span.attributes, 'session');
    const sessionId = named === null ? null : plainText(named);
    const marks = rows.traces.get(traceId) ?? [];
    rows.traces.set(traceId, marks);
    const parent = span.parentSpanId === null ? null : plainText(span.parentSpanId);
    marks.push([spanId, parent, startMs, span.endNano === null ? null : msOf(span.endNano), sessionId]);
    if (sessionId !== null) noteSession(rows, sessionId, traceId, startMs);
    for (const link of span.links)
      rows.links.push({
        traceId,
        spanId,
        linkedTraceId: plainText(link.traceId),
        linkedSpanId: plainText(link.spanId),
        startMs,
      });
  }
  return rows;
};

const noteSession = (rows: IndexRows, sessionId: string, traceId: string, startedMs: number): void => {
  const key = `${traceId}/${sessionId}`;
  const known = rows.sessions.get(key);
  if (!known) rows.sessions.set(key, { sessionId, traceId, startedMs });
  else if (startedMs < known.startedMs) known.startedMs = startedMs;
};

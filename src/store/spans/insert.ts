import { sql } from 'kysely';
import { canonical } from '../../domain/canonical.ts';
import { getText } from '../../forensics/read/attributes.ts';
import type { RawSpan } from '../../forensics/read/raw-span.ts';
import { plainText, type Database } from '../connection.ts';
import { sha256Of } from '../prose.ts';
import { msOf } from './body.ts';

const MAX_SPANS_A_STATEMENT = 500;
const MAX_CHARS_A_STATEMENT = 8_000_000;

interface Row {
  span: RawSpan;
  resource: string;
  body: string;
  key: string;
}

/** First write wins. Statements of at most 500 spans or 8 MB; each stands for itself. */
export const insertSpans = async (
  db: Database,
  agent: string,
  spans: readonly RawSpan[],
  at: number,
): Promise<{ inserted: number; duplicates: number }> => {
  const resources = new Map<RawSpan['resource'], { sha256: string; text: string }>();
  let inserted = 0;
  let batch: Row[] = [];
  let chars = 0;
  const flush = async (): Promise<void> => {
    // In one order for every writer: two that write the same rows in different orders would wait for each other.
    batch.sort((a, b) => (a.key < b.key ? -1 : 1));
    const known = [...resources.values()].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
    if (batch.length > 0) inserted += await insertRows(db, agent, batch, known, at);
    batch = [];
    chars = 0;
  };
  for (const span of spans) {
    const { resource, ...body } = span;
    const known = resources.get(resource) ?? resourceOf(resource);
    resources.set(resource, known);
    const text = JSON.stringify(body);
    if (batch.length >= MAX_SPANS_A_STATEMENT || chars + text.length > MAX_CHARS_A_STATEMENT) await flush();
    batch.push({ span, resource: known.sha256, body: text, key: `${span.traceId}/${span.spanId}` });
    chars += text.length;
  }
  await flush();
  return { inserted, duplicates: spans.length - inserted };
};

const resourceOf = (resource: RawSpan['resource']): { sha256: string; text: string } => {
  const text = canonical(resource);
  return { sha256: sha256Of(text), text };
};

const textOrNull = (value: string | null): string | null => (value === null ? null : plainText(value));

const insertRows = async (
  db: Database,
  agent: string,
  rows: readonly Row[],
  resources: readonly { sha256: string; text: string }[],
  at: number,
): Promise<number> => {
  const spans = rows.map((row) => row.span);
  const links = spans.flatMap((span) => span.links.map((link) => ({ span, link })));
  const result = await sql<{ inserted: number }>`
    with resources as (
      insert into span_resource (sha256, attributes)
      select r.sha256, r.text::json
      from unnest(${resources.map((r) => r.sha256)}::text[], ${resources.map((r) => r.text)}::text[]) as r(sha256, text)
      on conflict do nothing),
    fresh as (
      insert into span (agent, trace_id, span_id, parent_span_id, session_id, arrived_at_ms, start_ms, end_ms,
        resource, body)
      select ${agent}, s.trace_id, s.span_id, s.parent_span_id, s.session_id, ${at}, s.start_ms, s.end_ms,
        s.resource, s.body::json
      from unnest(
        ${spans.map((s) => plainText(s.traceId))}::text[], ${spans.map((s) => plainText(s.spanId))}::text[],
        ${spans.map((s) => textOrNull(s.parentSpanId))}::text[],
        ${spans.map((s) => textOrNull(getText(s.attributes, 'session')))}::text[],
        ${spans.map((s) => msOf(s.startNano))}::bigint[],
        ${spans.map((s) => (s.endNano === null ? null : msOf(s.endNano)))}::bigint[],
        ${rows.map((r) => r.resource)}::text[], ${rows.map((r) => r.body)}::text[]
      ) as s(trace_id, span_id, parent_span_id, session_id, start_ms, end_ms, resource, body)
      on conflict do nothing
      returning trace_id, span_id, start_ms),
    links as (
      insert into span_link (agent, trace_id, span_id, linked_trace_id, linked_span_id, start_ms)
      select ${agent}, fresh.trace_id, fresh.span_id, l.linked_trace_id, l.linked_span_id, fresh.start_ms
      from fresh join unnest(
        ${links.map(({ span }) => plainText(span.traceId))}::text[],
        ${links.map(({ span }) => plainText(span.spanId))}::text[],
        ${links.map(({ link }) => plainText(link.traceId))}::text[],
        ${links.map(({ link }) => plainText(link.spanId))}::text[]
      ) as l(trace_id, span_id, linked_trace_id, linked_span_id) using (trace_id, span_id))
    select count(*)::int as inserted from fresh`.execute(db);
  return result.rows[0]?.inserted ?? 0;
};

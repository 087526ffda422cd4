import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { RawSpan } from '../../forensics/read/raw-span.ts';
import type { SpanStore } from '../../store/port.ts';
import { toOtlpJson } from './otlp-text.ts';
import type { RawPage, TraceExport, TraceStore } from './port.ts';

export interface StoreTracesOptions {
  spans: Pick<SpanStore, 'sessionSpans' | 'sessionMetadata'>;
  /** Whose key wrote the session. */
  agent: string;
  /** Subagents whose traces belong to the session where a link joins them. */
  joinAgents?: string[] | undefined;
  /** How long spans are kept, counted from the session's start. Null: for ever. */
  retentionMs: number | null;
  /** No new span for this long means that the session has gone quiet. Default 1 s. */
  quietMs?: number | undefined;
  /** Longest wait for quiet; after it the export is what there is. Default 15 s. */
  settleWithinMs?: number | undefined;
  pageSpans?: number | undefined;
}

/** Sessions out of our own span store. Nothing but counts and times is read before the session has gone quiet. */
export const createStoreTraces = (options: StoreTracesOptions): TraceStore => {
  const {
    spans,
    agent,
    joinAgents,
    retentionMs,
    quietMs = 1_000,
    settleWithinMs = 15_000,
    pageSpans = 500,
  } = options;
  const scope = { agent, joinAgents };
  const count = async (sessionId: string): Promise<number> =>
    (await spans.sessionMetadata(sessionId, scope))?.spans ?? 0;

  /** A session that grows as fast as it is read ends, after the deadline, with what there was at the beginning. */
  const exportOnce = async (
    sessionId: string,
    deadline: number,
    signal: AbortSignal,
  ): Promise<Omit<TraceExport, 'stable'>> => {
    const atFirst = await count(sessionId);
    const all: RawSpan[] = [];
    const pages: RawPage[] = [];
    for (let after: string | null = null; ;) {
      signal.throwIfAborted();
      const page = await spans.sessionSpans(sessionId, { after, limit: pageSpans, ...scope });
      for (const span of page.spans) all.push(span);
      if (page.spans.length > 0) pages.push(await pageOf(page.spans, all.length));
      const isEnough = performance.now() >= deadline && all.length >= atFirst;
      if (page.next === null || isEnough) return { spans: all, pages, warnings: [] };
      after = page.next;
    }
  };

  return {
    name: 'store',
    exportSession: async (sessionId, { signal = new AbortController().signal } = {}) => {
      const deadline = performance.now() + settleWithinMs;
      for (;;) {
        const isQuiet = await untilQuiet(() => count(sessionId), quietMs, deadline, signal);
        const exported = await exportOnce(sessionId, deadline, signal);
        const metadata = await spans.sessionMetadata(sessionId, scope);
        const stable = isQuiet && metadata?.spans === exported.spans.length;
        const arrived = metadata && { newestArrivalMs: metadata.newestArrivalMs };
        if (stable || performance.now() >= deadline) return { ...exported, ...arrived, stable };
      }
    },
    retentionDeadlineMs: async (sessionId) => {
      if (retentionMs === null) return null;
      const metadata = await spans.sessionMetadata(sessionId, scope);
      return metadata === null ? null : metadata.startedAtMs + retentionMs;
    },
  };
};

const zip = promisify(gzip);

const pageOf = async (spans: readonly RawSpan[], last: number): Promise<RawPage> => ({
  source: `span store, spans ${last - spans.length + 1} to ${last} in order of arrival`,
  contentType: 'application/gzip',
  body: await zip(toOtlpJson(spans)),
});

/** False when the count was still moving at the deadline. Measured by a clock that never jumps. */
const untilQuiet = async (
  count: () => Promise<number>,
  quietMs: number,
  deadline: number,
  signal: AbortSignal,
): Promise<boolean> => {
  let last = await count();
  let since = performance.now();
  for (;;) {
    const now = performance.now();
    if (now - since >= quietMs) return true;
    if (now >= deadline) return false;
    await sleep(Math.min(quietMs / 4, deadline - now), undefined, { signal });
    const next = await count();
    if (next !== last) since = performance.now();
    last = next;
  }
};

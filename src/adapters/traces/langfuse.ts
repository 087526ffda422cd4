import { own } from '../../forensics/read/json.ts';
import { nanosOfIso } from '../../forensics/read/iso-time.ts';
import { spanFromLangfuse } from '../../forensics/read/langfuse-observation.ts';
import type { Answer, Ask, Query } from './api.ts';
import {
  createReader,
  targetOf,
  type FoundTraces,
  type ReadTraces,
  type StoreOptions,
  type TraceSource,
} from './whole-session.ts';

export interface LangfuseOptions extends StoreOptions {
  publicKey: string;
  secretKey: string;
  /** How far back a session is looked for: the API expects a bounded range. */
  lookbackMs: number;
  pageObservations?: number | undefined;
}

/** From the published schema, v2 and legacy. */
const LIMITS = [
  'Langfuse keeps no span links: a subagent that only a link joins to the session cannot be found.',
  'Langfuse rounds times to milliseconds, so steps that began within one may stand in another order.',
  'Langfuse keeps no events of a span, and no status but its level and message.',
];
const CLOCK_SKEW_MS = 60_000;
const MAX_PAGES = 10_000;
const LEGACY_PAGE = 100;
const FIELDS = 'core,basic,time,io,metadata,model,usage,metrics,trace_context';
/** Metadata values over 200 characters are cut, unless their keys are named. */
const EXPAND = 'attributes,resourceAttributes,scope';
/** v2 is 404 where the write mode of v4 is not enabled; only its own body says that it is not a wrong address. */
const NOT_ENABLED = 404;

const dataOf = ({ value }: Answer): unknown[] => {
  const data = own(value, 'data');
  return Array.isArray(data) ? data : [];
};

const v2Pages = async (ask: Ask, query: Query): Promise<Answer[] | null> => {
  const answers: Answer[] = [];
  const seen = new Set<string>();
  for (let cursor: string | null = null; answers.length < MAX_PAGES;) {
    const all: Query = cursor === null ? query : [...query, ['cursor', cursor]];
    const answer = await ask(['api', 'public', 'v2', 'observations'], all, [NOT_ENABLED]);
    if (answer.status === NOT_ENABLED) return null;
    answers.push(answer);
    const next = own(own(answer.value, 'meta'), 'cursor');
    if (typeof next !== 'string' || next === '' || seen.has(next)) break;
    seen.add(next);
    cursor = next;
  }
  return answers;
};

const legacyPages = async (ask: Ask, path: string[], query: Query): Promise<Answer[]> => {
  const answers: Answer[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const answer = await ask(path, [...query, ['page', page], ['limit', LEGACY_PAGE]]);
    answers.push(answer);
    const pages = Number(own(own(answer.value, 'meta'), 'totalPages') ?? 1);
    if (!(page < pages) || dataOf(answer).length === 0) break;
  }
  return answers;
};

const msOf = (time: unknown): number | null => {
  const nanos = nanosOfIso(time);
  return nanos === null ? null : Math.floor(Number(nanos) / 1e6);
};

const createSource = (options: LangfuseOptions): TraceSource => {
  const { publicKey, secretKey, lookbackMs, pageObservations = 500, now = Date.now } = options;
  const authorization = `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString('base64')}`;
  const range = (): Query => [
    ['fromStartTime', new Date(now() - lookbackMs).toISOString()],
    ['toStartTime', new Date(now() + CLOCK_SKEW_MS).toISOString()],
    ['limit', pageObservations],
  ];
  let isLegacy = false;

  const find = async (ask: Ask, sessionId: string): Promise<FoundTraces> => {
    const traces: FoundTraces['traces'] = new Map();
    const hits = await v2Pages(ask, [['sessionId', sessionId], ...range()]);
    isLegacy = hits === null;
    const answers = hits ?? (await legacyPages(ask, ['api', 'public', 'traces'], [['sessionId', sessionId]]));
    for (const entry of answers.flatMap(dataOf)) {
      const id = own(entry, isLegacy ? 'id' : 'traceId');
      const startedAtMs = msOf(own(entry, isLegacy ? 'timestamp' : 'startTime'));
      if (typeof id !== 'string') continue;
      const known = traces.get(id) ?? startedAtMs;
      traces.set(id, known !== null && startedAtMs !== null ? Math.min(known, startedAtMs) : known);
    }
    return { traces, pages: answers.map(({ page }) => page), warnings: [] };
  };

  const observationsOf = async (ask: Ask, traceId: string): Promise<Answer[]> => {
    if (isLegacy) return legacyPages(ask, ['api', 'public', 'observations'], [['traceId', traceId]]);
    const query: Query = [['traceId', traceId], ...range(), ['fields', FIELDS], ['expandMetadata', EXPAND]];
    return (await v2Pages(ask, query)) ?? [];
  };

  const read = async (ask: Ask, traceIds: readonly string[], sessionId: string): Promise<ReadTraces> => {
    const out: ReadTraces = { spans: [], pages: [], warnings: [], losses: [] };
    for (const id of traceIds) {
      const answers = await observationsOf(ask, id);
      out.pages.push(...answers.map(({ page }) => page));
      for (const entry of answers.flatMap(dataOf)) {
        const span = spanFromLangfuse(entry, isLegacy ? sessionId : null);
        if (span) out.spans.push(span);
        else out.warnings.push('Langfuse listed an entry that is no observation; it was not read');
      }
    }
    return out;
  };

  return {
    target: targetOf('Langfuse', { ...options, headers: { ...options.headers, authorization } }),
    limits: LIMITS,
    // Langfuse takes any text as the id of a trace; it stands in a query, never in a path.
    traceId: /^.{1,200}$/su,
    showsSession: true,
    find,
    read,
    probe: async (ask) => {
      const v2 = await ask(['api', 'public', 'v2', 'observations'], [['limit', 1]], [NOT_ENABLED]);
      if (v2.status === 200) return 'Langfuse answers, observations v2';
      await ask(['api', 'public', 'traces'], [['limit', 1]]);
      return 'Langfuse answers, legacy API (v2 is not enabled)';
    },
  };
};

/** Sessions out of Langfuse, by its public API: v2, or the legacy endpoints where v2 is not enabled. */
export const createLangfuseTraces = createReader('langfuse', createSource, {
  quietMs: 3_000,
  settleWithinMs: 60_000,
});

import { own } from '../../forensics/read/json.ts';
import { spansFromOtlpJson } from '../../forensics/read/otlp-json.ts';
import type { RawSpan, ReadSpans } from '../../forensics/read/raw-span.ts';
import type { Answer, Ask } from './api.ts';
import type { RawPage } from './port.ts';
import {
  createReader,
  targetOf,
  type FoundTraces,
  type ReadTraces,
  type StoreOptions,
  type TraceSource,
} from './whole-session.ts';
import { listAll, windowsOf, type Window } from './windows.ts';

export interface JaegerOptions extends StoreOptions {
  /** Services that are asked; empty: all that Jaeger knows. */
  services: readonly string[];
  /** Span attributes that may hold the session's id; each needs a search of its own. */
  sessionAttributes: readonly string[];
  /** How far back a session is looked for: Jaeger searches no longer window than it is told. */
  lookbackMs: number;
  /** Traces an answer; a fuller one is asked again in halves. */
  pageTraces?: number | undefined;
}

/** Seen in Jaeger 2.13. */
const LIMITS = [
  'Jaeger has no search by link: subagents that carry no session id are looked for among the traces of the same time.',
  'Jaeger drops the oldest traces when its store is full, and does not say so.',
  'Jaeger keeps no schema URL of a scope.',
];
const CLOCK_SKEW_MS = 60_000;
const MOST_ANSWERS = 200;
const WEEK_MS = 7 * 86_400_000;

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** `{result: {resourceSpans}}`, or a list of them from a gateway that streams. */
const spansOf = ({ value }: Answer): ReadSpans => {
  const results = (Array.isArray(value) ? value : [value]).map((one) => own(one, 'result'));
  const read = results.map((result) => spansFromOtlpJson(result));
  return { spans: read.flatMap(({ spans }) => spans), warnings: read.flatMap(({ warnings }) => warnings) };
};

const createSource = (options: JaegerOptions): TraceSource => {
  const { sessionAttributes, lookbackMs, pageTraces = 100, now = Date.now } = options;
  const services = async (ask: Ask): Promise<string[]> => {
    if (options.services.length > 0) return [...options.services];
    const { value } = await ask(['api', 'services']);
    return listOf(own(value, 'data')).filter((name) => typeof name === 'string');
  };
  const bounds = { limit: pageTraces, shortestMs: 1, mostAnswers: MOST_ANSWERS };

  const find = async (ask: Ask, sessionId: string): Promise<FoundTraces> => {
    const out: FoundTraces = { traces: new Map(), pages: [], warnings: [] };
    const windows = windowsOf({ fromMs: now() - lookbackMs, toMs: now() + CLOCK_SKEW_MS }, WEEK_MS);
    for (const service of await services(ask))
      for (const attribute of sessionAttributes) {
        const listed = await listAll(windows, bounds, async ({ fromMs, toMs }, limit) => {
          const { value } = await ask(
            ['api', 'traces'],
            [
              ['service', service],
              ['tags', JSON.stringify({ [attribute]: sessionId })],
              ['start', fromMs * 1_000],
              ['end', toMs * 1_000],
              ['limit', limit],
            ],
          );
          return new Map(listOf(own(value, 'data')).map((trace) => [String(own(trace, 'traceID')), null]));
        });
        for (const id of listed.found.keys()) out.traces.set(id, null);
        if (!listed.all)
          out.warnings.push(`Jaeger has more traces of service ${service} with this session than it lists`);
      }
    return out;
  };

  const read = async (ask: Ask, traceIds: readonly string[]): Promise<ReadTraces> => {
    const pages: RawPage[] = [];
    const spans: RawSpan[] = [];
    const warnings: string[] = [];
    for (const id of traceIds) {
      const answer = await ask(['api', 'v3', 'traces', id], [], [404]);
      if (answer.status === 404) continue;
      const got = spansOf(answer);
      pages.push(answer.page);
      for (const span of got.spans) spans.push(span);
      warnings.push(...got.warnings);
    }
    return { spans, pages, warnings, losses: [] };
  };

  /** Every trace of every service in the window is looked at; its links stand in the spans. */
  const linkedTo = async (ask: Ask, traceIds: readonly string[], window: Window): Promise<FoundTraces> => {
    const out: FoundTraces = { traces: new Map(), pages: [], warnings: [] };
    const targets = new Set(traceIds);
    for (const service of await services(ask)) {
      const listed = await listAll([window], bounds, async ({ fromMs, toMs }, limit) => {
        const answer = await ask(
          ['api', 'v3', 'traces'],
          [
            ['query.service_name', service],
            ['query.start_time_min', new Date(fromMs).toISOString()],
            ['query.start_time_max', new Date(toMs).toISOString()],
            ['query.num_traces', limit],
          ],
          [404],
        );
        if (answer.status === 404) return new Map<string, boolean>();
        const links = new Map<string, boolean>();
        for (const span of spansOf(answer).spans) {
          const joins = span.links.some(({ traceId }) => targets.has(traceId));
          links.set(span.traceId, (links.get(span.traceId) ?? false) || joins);
        }
        return links;
      });
      for (const [id, joins] of listed.found) if (joins) out.traces.set(id, null);
      if (!listed.all)
        out.warnings.push(
          `Service ${service} has more traces in the session's time than were looked at for links: subagents may be missing.`,
        );
    }
    return out;
  };

  return {
    target: targetOf('Jaeger', options),
    limits: LIMITS,
    traceId: /^[0-9a-f]{1,32}$/i,
    showsSession: true,
    find,
    read,
    linkedTo,
    probe: async (ask) => {
      const known = listOf(own((await ask(['api', 'services'])).value, 'data'));
      const unknown = options.services.filter((name) => !known.includes(name));
      if (unknown.length > 0)
        throw new Error(
          `Jaeger has no service ${unknown.join(', ')}; it has ${known.slice(0, 10).join(', ') || 'none'}`,
        );
      return `Jaeger answers, ${known.length} services`;
    },
  };
};

/** Sessions out of Jaeger, by its query API (`/api` to search, `/api/v3` to read). */
export const createJaegerTraces = createReader('jaeger', createSource, {
  quietMs: 1_000,
  settleWithinMs: 20_000,
});

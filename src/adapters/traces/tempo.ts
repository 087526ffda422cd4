import { isObject, own } from '../../forensics/read/json.ts';
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

export interface TempoOptions extends StoreOptions {
  /** Span attributes that may hold the session's id. */
  sessionAttributes: readonly string[];
  /** How far back a session is looked for. */
  lookbackMs: number;
  /** The server's `max_attribute_bytes`: an attribute of that length was cut. */
  maxAttributeBytes: number;
  /** The server's `max_bytes_per_trace`: a trace near it has lost spans. */
  maxTraceBytes: number;
  pageTraces?: number | undefined;
}

const CLOCK_SKEW_MS = 60_000;
/** The server refuses a search over more than 168 h. */
const LONGEST_SEARCH_MS = 160 * 3_600_000;
const MOST_ANSWERS = 500;

const limitsOf = ({ maxAttributeBytes, maxTraceBytes }: TempoOptions): string[] => [
  `Tempo cuts attributes at ${maxAttributeBytes} bytes without a mark; those of that length count as cut.`,
  `Tempo drops spans of a trace beyond ${maxTraceBytes} bytes without a mark.`,
  'Tempo shows a trace in a search some seconds after it is stored, so a subagent that just began may be missing.',
  'Tempo keeps neither flags nor the schema URL of a span.',
];

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
/** A string of TraceQL: a session id must not end it. */
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;

const startedAtMsOf = (trace: unknown): number | null => {
  const ms = Number(own(trace, 'startTimeUnixNano')) / 1e6;
  return ms > 0 ? Math.floor(ms) : null;
};

const encoder = new TextEncoder();
/** Characters have up to four bytes, so a cut at the limit may leave up to three fewer. */
const cutAttributes = ({ attributes }: RawSpan, maxBytes: number): string[] =>
  Object.entries(attributes)
    .filter(([, value]) => {
      if (typeof value !== 'string' || value.length > maxBytes || value.length * 4 < maxBytes - 3)
        return false;
      const bytes = encoder.encode(value).length;
      return bytes > maxBytes - 4 && bytes <= maxBytes;
    })
    .map(([name]) => name);

/** v2 `trace.resourceSpans`, v1 `batches`; an unknown trace is `{"trace":{}}` with 200. */
const spansOf = ({ value }: Answer): ReadSpans => {
  const trace = own(value, 'trace') ?? value;
  const resourceSpans = own(trace, 'resourceSpans') ?? own(trace, 'batches');
  if (resourceSpans === undefined && isObject(trace)) return { spans: [], warnings: [] };
  return spansFromOtlpJson({ resourceSpans });
};

const lossesOf = (id: string, { value, page }: Answer, { maxTraceBytes }: TempoOptions): string[] => {
  const partial = own(value, 'status');
  const message = own(value, 'message');
  return [
    ...(partial === 'PARTIAL' || partial === 1
      ? [
          `Tempo answered trace ${id} in part${typeof message === 'string' ? `: ${message.slice(0, 200)}` : ''}`,
        ]
      : []),
    ...(page.body.length >= maxTraceBytes
      ? [
          `trace ${id} is ${Math.round(page.body.length / 1e5) / 10} MB, where Tempo drops further spans without a mark: spans may be missing`,
        ]
      : []),
  ];
};

const MOST_NAMED = 5;
const cutSentence = (id: string, names: readonly string[]): string =>
  `Tempo has cut attributes of trace ${id}: ${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? ', …' : ''}`;

const createSource = (options: TempoOptions): TraceSource => {
  const { sessionAttributes, lookbackMs, pageTraces = 100, now = Date.now } = options;

  const search = async (ask: Ask, q: string, over: Window): Promise<FoundTraces> => {
    const bounds = { limit: pageTraces, shortestMs: 1_000, mostAnswers: MOST_ANSWERS };
    const pages: RawPage[] = [];
    const listed = await listAll(
      windowsOf(over, LONGEST_SEARCH_MS),
      bounds,
      async ({ fromMs, toMs }, limit) => {
        const { value, page } = await ask(
          ['api', 'search'],
          [
            ['q', q],
            ['start', Math.floor(fromMs / 1_000)],
            ['end', Math.ceil(toMs / 1_000)],
            ['limit', limit],
          ],
        );
        pages.push(page);
        return new Map(
          listOf(own(value, 'traces')).map((trace) => [String(own(trace, 'traceID')), startedAtMsOf(trace)]),
        );
      },
    );
    const warnings = listed.all ? [] : [`Tempo has more traces for ${q.slice(0, 120)} than it lists`];
    return { traces: listed.found, pages, warnings };
  };
  const together = (parts: readonly FoundTraces[]): FoundTraces => ({
    traces: new Map(parts.flatMap(({ traces }) => [...traces])),
    pages: parts.flatMap(({ pages }) => pages),
    warnings: parts.flatMap(({ warnings }) => warnings),
  });

  const find = async (ask: Ask, sessionId: string): Promise<FoundTraces> => {
    const over = { fromMs: now() - lookbackMs, toMs: now() + CLOCK_SKEW_MS };
    const parts: FoundTraces[] = [];
    for (const attribute of sessionAttributes)
      parts.push(await search(ask, `{ span.${attribute} = ${quoted(sessionId)} }`, over));
    return together(parts);
  };

  const read = async (ask: Ask, traceIds: readonly string[]): Promise<ReadTraces> => {
    const out: ReadTraces = { spans: [], pages: [], warnings: [], losses: [] };
    for (const id of traceIds) {
      const answer = await ask(['api', 'v2', 'traces', id], [], [404]);
      if (answer.status === 404) continue;
      const { spans, warnings } = spansOf(answer);
      out.pages.push(answer.page);
      out.warnings.push(...warnings);
      out.losses.push(...lossesOf(id, answer, options));
      const names = new Set<string>();
      for (const span of spans) {
        const cut = cutAttributes(span, options.maxAttributeBytes);
        for (const name of cut) names.add(name);
        out.spans.push(cut.length > 0 ? { ...span, cut } : span);
      }
      if (names.size > 0) out.losses.push(cutSentence(id, [...names]));
    }
    return out;
  };

  const linkedTo = async (
    ask: Ask,
    traceIds: readonly string[],
    { fromMs }: Window,
  ): Promise<FoundTraces> => {
    const parts: FoundTraces[] = [];
    for (const id of traceIds)
      parts.push(
        await search(ask, `{ link:traceID = ${quoted(id)} }`, { fromMs, toMs: now() + CLOCK_SKEW_MS }),
      );
    return together(parts);
  };

  return {
    target: targetOf('Tempo', options),
    limits: limitsOf(options),
    traceId: /^[0-9a-f]{1,32}$/i,
    showsSession: true,
    find,
    read,
    linkedTo,
    probe: async (ask) => {
      const { value } = await ask(
        ['api', 'search'],
        [
          ['q', '{ }'],
          ['limit', 1],
        ],
      );
      if (!Array.isArray(own(value, 'traces'))) throw new Error('what answers is not the search of a Tempo');
      return `Tempo answers; attributes of ${options.maxAttributeBytes} bytes count as cut`;
    },
  };
};

/** Sessions out of Grafana Tempo, by its HTTP API (TraceQL to search, v2 to read). */
export const createTempoTraces = createReader('tempo', createSource, {
  // A search shows a trace eight to ten seconds after it is stored.
  quietMs: 12_000,
  settleWithinMs: 60_000,
});

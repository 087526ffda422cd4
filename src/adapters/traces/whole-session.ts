import { setTimeout as sleep } from 'node:timers/promises';
import { foreignTo, placeKey, type Place } from '../../forensics/read/foreign.ts';
import { NAMES } from '../../forensics/read/attributes.ts';
import type { RawSpan } from '../../forensics/read/raw-span.ts';
import { createAsk, type ApiTarget, type Ask } from './api.ts';
import { joinedTraces, startNanoOf } from './joined-traces.ts';
import { unseenHandOvers } from './hand-overs.ts';
import { openEnds } from './open-ends.ts';
import type { RawPage, TraceExport, TraceStore } from './port.ts';
import type { Window } from './windows.ts';

export interface FoundTraces {
  /** Ids of traces that carry the session, and when each began, in ms, where the search says so. */
  traces: Map<string, number | null>;
  pages: RawPage[];
  warnings: string[];
}
export interface ReadTraces {
  spans: RawSpan[];
  pages: RawPage[];
  warnings: string[];
  losses: string[];
}

/** What differs from one trace store to the next. Each call reads every page of its answer. */
export interface TraceSource {
  target: ApiTarget;
  /** What it cannot keep or tell of any session, in sentences. */
  limits: readonly string[];
  /** Shape of trace ids; an id of another shape is never asked for. */
  traceId: RegExp;
  /** Whether spans show the session, so that an answer about another one can be told. */
  showsSession: boolean;
  find(ask: Ask, sessionId: string): Promise<FoundTraces>;
  /** `sessionId` is whom the traces are read for. */
  read(ask: Ask, traceIds: readonly string[], sessionId: string): Promise<ReadTraces>;
  /** Traces of which a span links to one of these; absent where the store keeps no links. */
  linkedTo?(ask: Ask, traceIds: readonly string[], window: Window): Promise<FoundTraces>;
  /** Whether it answers, in a sentence; throws with the remedy. */
  probe(ask: Ask): Promise<string>;
}

export interface SettleOptions {
  /** The count of spans must stand still for this long. */
  quietMs: number;
  /** Longest wait for spans that are still arriving; after it the export is what there is. */
  settleWithinMs: number;
  /** How long traces are kept, from the session's start; null: for ever, or unknown. */
  retentionMs: number | null;
  now?: (() => number) | undefined;
}

const MAX_TRACES = 1_000;

interface Pass extends ReadTraces {
  signs: string[];
  limits: string[];
  /** Traces that the search found. */
  found: number;
  /** Whether a trace that is known gave no spans. */
  spansMissing: boolean;
}

const msOf = (nanos: string): number => Math.floor(Number(nanos) / 1e6);
const sessionsOf = ({ attributes, resource }: RawSpan): string[] =>
  [...NAMES.session, ...NAMES.conversation]
    .map((name) => attributes[name] ?? resource[name])
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .map(String);

const byTrace = (spans: readonly RawSpan[]): Map<string, RawSpan[]> => {
  const traces = new Map<string, RawSpan[]>();
  for (const span of spans) {
    const list = traces.get(span.traceId) ?? [];
    traces.set(span.traceId, list);
    list.push(span);
  }
  return traces;
};

/** Spans of the traces that do carry the session, less those of other sessions in them. */
const ownSpans = (spans: RawSpan[], sessionId: string, pass: Pass): RawSpan[] => {
  const own = [...byTrace(spans)].flatMap(([traceId, members]) => {
    if (members.some((span) => sessionsOf(span).includes(sessionId))) return members;
    pass.warnings.push(`trace ${traceId} was answered for this session and does not carry its id: left out`);
    return [];
  });
  const places = own.map((span): Place => {
    const named = sessionsOf(span);
    return {
      key: placeKey(span.traceId, span.spanId),
      parentKey: span.parentSpanId === null ? null : placeKey(span.traceId, span.parentSpanId),
      sessionId: named.includes(sessionId) ? sessionId : (named[0] ?? null),
    };
  });
  const foreign = new Set(foreignTo(sessionId, places));
  if (foreign.size > 0)
    pass.limits.push(`${foreign.size} spans of other sessions share its traces and are not part of it.`);
  return own.filter((span) => !foreign.has(placeKey(span.traceId, span.spanId)));
};

/** A 64-bit trace id is also written with zeros before it. */
const sameId = (traceId: string): string => traceId.toLowerCase().padStart(32, '0');

const windowOf = (spans: readonly RawSpan[]): Window => {
  const times = spans.flatMap(({ startNano, endNano }) => [msOf(startNano), msOf(endNano ?? startNano)]);
  return {
    fromMs: times.reduce((a, b) => Math.min(a, b), Infinity) - 1_000,
    toMs: times.reduce((a, b) => Math.max(a, b), 0) + 1_000,
  };
};

/** Reads the session once: its traces whole, then the traces that links join to them, again and again. */
const readOnce = async (source: TraceSource, ask: Ask, sessionId: string): Promise<Pass> => {
  const { traces, pages, warnings } = await source.find(ask, sessionId);
  const pass: Pass = {
    spans: [],
    pages: [...pages],
    warnings: [...warnings],
    losses: [],
    signs: [],
    limits: [...source.limits],
    found: traces.size,
    spansMissing: false,
  };
  const seen = new Set<string>();
  const fresh = (ids: Iterable<string>): string[] => {
    const known = [...new Set(ids)].filter((id) => source.traceId.test(id) && !seen.has(id));
    const taken = known.slice(0, MAX_TRACES - seen.size);
    for (const id of taken) seen.add(id);
    if (taken.length < known.length)
      pass.warnings.push(`more than ${MAX_TRACES} traces belong to this session; the rest was not read`);
    return taken;
  };
  const take = async (ids: string[], isOurs: boolean): Promise<RawSpan[]> => {
    if (ids.length === 0) return [];
    const read = await source.read(ask, ids, sessionId);
    for (const page of read.pages) pass.pages.push(page);
    const got = new Set(read.spans.map(({ traceId }) => sameId(traceId)));
    const none = ids.filter((id) => !got.has(sameId(id)));
    if (none.length > 0 && !isOurs)
      pass.limits.push(`${none.length} linked traces are not in the store (first: ${none[0]}).`);
    if (none.length > 0 && isOurs) {
      pass.spansMissing = true;
      pass.warnings.push(`${none.length} traces of this session gave no spans (first: ${none[0]})`);
    }
    pass.warnings.push(...read.warnings);
    pass.losses.push(...read.losses);
    return read.spans;
  };
  const first = await take(fresh(traces.keys()), true);
  let added = source.showsSession ? ownSpans(first, sessionId, pass) : first;
  pass.spans.push(...added);
  if (!source.linkedTo) pass.signs.push(...unseenHandOvers(source.target.name, pass.spans));
  while (source.linkedTo && added.length > 0) {
    const ids = [...new Set(added.map((span) => span.traceId))];
    const linked = await source.linkedTo(ask, ids, windowOf(pass.spans));
    pass.limits.push(...linked.warnings);
    const out = added.flatMap((span) => span.links.map((link) => link.traceId));
    added = joinedTraces(pass.spans, await take(fresh([...linked.traces.keys(), ...out]), false));
    pass.spans.push(...added);
  }
  return pass;
};

const fingerprint = ({ spans }: Pass): string =>
  spans
    .map(({ traceId, spanId, endNano }) => `${traceId}/${spanId}/${endNano}`)
    .sort()
    .join();

/** Reads until two passes `quietMs` apart see the same spans and nothing hangs open, or the time is over. */
const readSettled = async (
  source: TraceSource,
  sessionId: string,
  options: SettleOptions,
  signal?: AbortSignal,
): Promise<TraceExport> => {
  const { quietMs, settleWithinMs } = options;
  const ask = createAsk(source.target, signal);
  const started = performance.now();
  let last: Pass | null = null;
  for (;;) {
    const pass = await readOnce(source, ask, sessionId);
    const hanging = openEnds(pass.spans);
    const isHanging = pass.spansMissing || hanging.length > 0;
    const stands = last !== null && fingerprint(last) === fingerprint(pass);
    const waitedMs = performance.now() - started;
    // No span at all may be a wrong id as well: whoever asked asks again.
    const isSettled = stands && (!isHanging || pass.found === 0);
    if (isSettled || waitedMs >= settleWithinMs) {
      const { spans, pages, warnings, losses, signs, limits } = pass;
      return {
        spans,
        pages,
        warnings: [...new Set(warnings)],
        losses: [...new Set(losses)],
        signs: [...new Set([...signs, ...hanging])],
        limits: [...new Set(limits)],
        stable: stands,
      };
    }
    last = pass;
    await sleep(Math.min(quietMs, Math.max(1, settleWithinMs - waitedMs)), undefined, { signal });
  }
};

/**
 * A trace store behind the port: whole sessions, every page, joined by links where the store has them. Each call opens
 * a source of its own, which may remember what it has found.
 */
export const createTraceStore = (
  name: string,
  open: () => TraceSource,
  options: SettleOptions,
): TraceStore => ({
  name,
  probe: () => {
    const source = open();
    return source.probe(createAsk({ ...source.target, retryAfterMs: [] }));
  },
  exportSession: (sessionId, { signal } = {}) => readSettled(open(), sessionId, options, signal),
  retentionDeadlineMs: async (sessionId) => {
    if (options.retentionMs === null) return null;
    const source = open();
    const ask = createAsk(source.target);
    const { traces } = await source.find(ask, sessionId);
    const told = [...traces.values()].filter((ms) => ms !== null);
    const untold = [...traces].filter(([id, ms]) => ms === null && source.traceId.test(id)).map(([id]) => id);
    const read = untold.length > 0 ? (await source.read(ask, untold, sessionId)).spans : [];
    const startedAtMs = [...told, ...read.map((span) => msOf(startNanoOf([span])))].reduce(
      (a, b) => Math.min(a, b),
      Infinity,
    );
    return Number.isFinite(startedAtMs) ? startedAtMs + options.retentionMs : null;
  },
});

/** What every reader of a trace store is told. */
export interface StoreOptions extends Omit<SettleOptions, 'quietMs' | 'settleWithinMs'> {
  url: string;
  headers?: Record<string, string> | undefined;
  quietMs?: number | undefined;
  settleWithinMs?: number | undefined;
  target?: Partial<ApiTarget> | undefined;
}

/** A reader of one kind of store. `waits` are its own, where the configuration gives none. */
export const createReader =
  <Options extends StoreOptions>(
    name: string,
    createSource: (options: Options) => TraceSource,
    waits: Pick<SettleOptions, 'quietMs' | 'settleWithinMs'>,
  ) =>
  (options: Options): TraceStore => {
    const { quietMs = waits.quietMs, settleWithinMs = waits.settleWithinMs } = options;
    return createTraceStore(name, () => createSource(options), { ...options, quietMs, settleWithinMs });
  };

export const targetOf = (name: string, { url, headers, target }: StoreOptions): ApiTarget => ({
  name,
  url,
  headers,
  ...target,
});

import type { RawSpan } from '../../forensics/read/raw-span.ts';

/**
 * Whose spans count. Without `agent` everyone's; with it those that its key wrote, and in joined traces those of
 * `joinAgents` (allow-listed subagents) too: no other key can write itself into a session.
 */
export interface SpanScope {
  agent?: string | undefined;
  joinAgents?: string[] | undefined;
}

/** One unpacked request as it came in, all of whose spans were taken for one agent: it is kept as it is. */
export interface SentSpans {
  encoding: 'json' | 'protobuf';
  body: Uint8Array;
}

export interface StoredSession {
  version: string;
  bytes: number;
  spans: RawSpan[] | null;
}

export interface SpanStore {
  /**
   * Durable when it resolves. First write wins, keyed by agent, trace and span id: a span that comes again is kept
   * beside the first and never read.
   */
  insert(agent: string, spans: readonly RawSpan[], sent?: SentSpans): Promise<void>;
  /**
   * Every span of the session in order of arrival: those that carry its id, the rest of their traces but for other
   * sessions in them, and traces joined by links. `next` goes into `after`; pages of one export see the same traces.
   */
  sessionSpans(
    sessionId: string,
    page: { after: string | null; limit: number } & SpanScope,
  ): Promise<{ spans: RawSpan[]; next: string | null }>;
  /**
   * Whole sessions in few statements. `version` changes with what a session consists of; where it
   * is the one that is known already, `spans` is null. `bytes`: the size of the requests that brought them.
   */
  readSessions(
    sessionIds: readonly string[],
    scope: SpanScope,
    known?: ReadonlyMap<string, string>,
  ): Promise<Map<string, StoredSession>>;
  /** Span count and newest arrival, without reading content: metadata only. Times in ms. Null: no such session. */
  sessionMetadata(
    sessionId: string,
    scope?: SpanScope,
  ): Promise<{ spans: number; startedAtMs: number; endedAtMs: number; newestArrivalMs: number } | null>;
  /**
   * Sessions of an agent with a trace that began in a time window, newest first; with `entityId`, those that mention it,
   * among the newest thousand. After them traces that name no session, under their own ids, by when they arrived.
   */
  findSessions(
    agent: string,
    window: { fromMs: number; toMs: number; entityId: string | null; limit: number },
  ): Promise<{ sessionId: string; startedAtMs: number; endedAtMs: number; spans: number }[]>;
  /** The session that a trace names first, for traces that name one. */
  sessionsOf(agent: string, traceIds: readonly string[]): Promise<Map<string, string>>;
  /**
   * How many spans arrived in the traces of each session, repeated ones too: whether somebody has seen all of them. A
   * trace that names no session counts under its own id.
   */
  arrivals(agent: string, sessionIds: readonly string[]): Promise<Map<string, number>>;
  /**
   * Removes what is past its retention: whole sessions that began longer ago than that and have gone quiet, and whatever
   * arrived longer ago. Returns how many requests' worth of spans are gone.
   */
  purge(agent: string, retention: { retentionMs: number; quietMs: number }): Promise<{ chunks: number }>;
}

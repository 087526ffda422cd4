import type { RawSpan } from '../../forensics/read/raw-span.ts';

/** A backend's answer, word for word, as it is sealed. */
export interface RawPage {
  /** What was asked: a path and query without credentials, or a file name. */
  source: string;
  contentType: string;
  body: Uint8Array;
}

export interface TraceExport {
  spans: RawSpan[];
  pages: RawPage[];
  /** What the store has and could not be read, in sentences. */
  warnings: string[];
  /** What of this session the store is known to have lost or cut, in sentences: the export is partial then. */
  losses?: string[];
  /** Signs that something of this session may not be in the store, in sentences: a stopped session leaves open ends. */
  signs?: string[];
  /** What the store cannot keep or tell of any session, in sentences. */
  limits?: string[];
  /** When the newest span arrived, ms since the epoch by the store's clock; absent where the store does not say. */
  newestArrivalMs?: number;
  /** False when the store says, or the counts show, that spans are still arriving. */
  stable: boolean;
}

/** Where the traces of an agent are kept. */
export interface TraceStore {
  readonly name: string;
  /** All spans of a session: every trace, every page, subagents by links and child traces. */
  exportSession(sessionId: string, options?: { signal?: AbortSignal }): Promise<TraceExport>;
  /** When the first span of the session will be gone, ms since the epoch; null when the store keeps for ever or does not say. */
  retentionDeadlineMs(sessionId: string): Promise<number | null>;
  /** Whether the store answers, in a sentence; throws with the reason and the remedy. Absent where nothing is called. */
  probe?(): Promise<string>;
}

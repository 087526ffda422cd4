import type { RawSpan } from '../forensics/read/raw-span.ts';
import type { LiveSession } from './session.ts';
import type { Signal } from './signal.ts';

/** One session in memory. */
export interface Watched {
  agent: string;
  /** The trace's id where no session was named yet. */
  sessionId: string;
  traceId: string | null;
  live: LiveSession;
  traces: Set<string>;
  openedAtMs: number;
  seenAtMs: number;
  /** Arrivals that its judgement rests on: those of the store when it was read whole, plus what came since. */
  accounted: number;
  /** Spans that come while it is read whole. */
  whileReading: RawSpan[] | null;
  /** The store was asked whether all of it was seen. */
  isChecked: boolean;
  isSettled: boolean;
  incidentId: string | null;
  response: Signal['response'] | 'none';
  /** Signals that call for something and were not answered for yet. */
  pending: Signal[];
  answered: Set<string>;
}

/** What was forgotten before it was over, and is still to be written down. */
export type Owed = Pick<Watched, 'agent' | 'sessionId' | 'traceId' | 'seenAtMs'>;

import { getText } from '../forensics/read/attributes.ts';
import type { RawSpan } from '../forensics/read/raw-span.ts';
import type { LiveSession } from './session.ts';
import type { Owed, Watched } from './watched.ts';

export interface RosterDeps {
  maxWeight: number;
  maxSessions: number;
  openLive: (agent: string, sessionId: string) => LiveSession;
  /** A session has something to be answered for that came with another. */
  onPending: (one: Watched) => void;
  nowMs: () => number;
}

const MAX_OWED = 200_000;
/** A count that nothing equals: the session has to be read. */
export const UNKNOWN = -1;

export const keyOf = ({ agent, sessionId }: Pick<Watched, 'agent' | 'sessionId'>): string =>
  `${agent}\u0000${sessionId}`;

/** The sessions in memory, and which trace belongs to which. Bounded: what was not seen for longest is forgotten. */
export class Roster {
  private readonly deps: RosterDeps;
  /** Least recently seen first. */
  private readonly watched = new Map<string, Watched>();
  private readonly byTrace = new Map<string, string>();
  private readonly owed = new Map<string, Owed>();
  /** Those of which something is not written down yet. */
  private readonly soiled = new Set<Watched>();
  private weight = 0;

  constructor(deps: RosterDeps) {
    this.deps = deps;
  }

  get load(): { sessions: number; weight: number; traces: number } {
    return { sessions: this.watched.size, weight: this.weight, traces: this.byTrace.size };
  }

  /** Least recently seen first; one may be forgotten on the way. */
  all(): IterableIterator<Watched> {
    return this.watched.values();
  }

  /** Something of it is to be written down. */
  soil(one: Watched): void {
    this.soiled.add(one);
  }

  /** What is to be written down; from then on it counts as written. */
  cleanse(): Watched[] {
    const out = [...this.soiled].filter((one) => this.has(one));
    this.soiled.clear();
    return out;
  }

  isSoiled(one: Watched): boolean {
    return this.soiled.has(one);
  }

  /** Those to be written down, of which the store was not asked yet whether all of them was seen. */
  unchecked(): Watched[] {
    return [...this.soiled].filter((one) => !one.isChecked && this.has(one));
  }

  has(one: Watched): boolean {
    return this.watched.get(keyOf(one)) === one;
  }

  /** A session has become heavier, or lighter. */
  weigh(one: Watched, change: number): void {
    if (this.has(one)) this.weight += change;
  }

  /** The session that a span belongs to. */
  of(agent: string, span: RawSpan): Watched {
    const traceKey = `${agent}\u0000${span.traceId}`;
    const named = getText(span.attributes, 'session');
    const key = named === null ? (this.byTrace.get(traceKey) ?? traceKey) : `${agent}\u0000${named}`;
    if (named !== null) this.rename(traceKey, key, named);
    const isTrace = key === traceKey;
    const found =
      this.watched.get(key) ??
      this.open({ agent, sessionId: key.slice(agent.length + 1), traceId: isTrace ? span.traceId : null });
    // To the end: what is at the front was not seen for longest.
    this.watched.delete(key);
    this.watched.set(key, found);
    if (!this.byTrace.has(traceKey)) this.byTrace.set(traceKey, key);
    found.traces.add(traceKey);
    return found;
  }

  /** A trace whose first spans named no session belongs to the one that a later span names. */
  rename(traceKey: string, key: string, sessionId: string): void {
    const nameless = this.watched.get(traceKey);
    if (!nameless || key === traceKey) return;
    this.byTrace.set(traceKey, key);
    this.watched.delete(traceKey);
    const named = this.watched.get(key);
    if (named) {
      // Its spans are judged with the others of the session: the counts differ, so it is read whole.
      this.weight -= nameless.live.weight;
      named.traces.add(traceKey);
      named.pending.push(...nameless.pending.splice(0));
      if (named.pending.length > 0) this.deps.onPending(named);
      return;
    }
    nameless.sessionId = sessionId;
    nameless.traceId = null;
    this.watched.set(key, nameless);
  }

  private open({ agent, sessionId, traceId }: Pick<Watched, 'agent' | 'sessionId' | 'traceId'>): Watched {
    const one: Watched = {
      agent,
      sessionId,
      traceId,
      live: this.deps.openLive(agent, sessionId),
      traces: new Set(),
      openedAtMs: this.deps.nowMs(),
      seenAtMs: this.deps.nowMs(),
      accounted: 0,
      isChecked: false,
      whileReading: null,
      isSettled: false,
      incidentId: null,
      response: 'none',
      pending: [],
      answered: new Set(),
    };
    this.soil(one);
    return one;
  }

  forget(one: Watched): void {
    this.watched.delete(keyOf(one));
    this.soiled.delete(one);
    this.weight -= one.live.weight;
    for (const trace of one.traces) this.byTrace.delete(trace);
  }

  /** Forgets what was not seen for longest; it is read again when more of it comes. */
  makeRoom(): void {
    const { maxWeight, maxSessions } = this.deps;
    if (this.weight <= maxWeight && this.watched.size <= maxSessions) return;
    for (const [key, one] of this.watched) {
      if (this.weight <= maxWeight * 0.9 && this.watched.size <= maxSessions) return;
      if (one.pending.length > 0 || one.whileReading) continue;
      this.forget(one);
      const { agent, sessionId, traceId, seenAtMs } = one;
      this.owed.set(key, { agent, sessionId, traceId, seenAtMs });
    }
    for (const key of this.owed.keys()) if (this.owed.size > MAX_OWED) this.owed.delete(key);
  }

  /** What was forgotten to make room and has been silent since is read, judged and written down. */
  payOwed(idleMs: number, limit: number): void {
    const nowMs = this.deps.nowMs();
    let paid = 0;
    for (const [key, one] of this.owed) {
      if (nowMs - one.seenAtMs < idleMs) continue;
      if ((paid += 1) > limit) return;
      this.owed.delete(key);
      if (this.watched.has(key)) continue;
      const watched = Object.assign(this.open(one), { seenAtMs: one.seenAtMs, accounted: UNKNOWN });
      this.watched.set(key, watched);
    }
  }
}

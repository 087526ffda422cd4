import { setTimeout as sleep } from 'node:timers/promises';

import type { RawSpan } from '../forensics/read/raw-span.ts';
import type { Log } from '../http/problem.ts';
import type { Sessions, SpanStore } from '../store/port.ts';
import { DEFAULT_LIMITS, type DetectorLimits } from './limits.ts';
import { Outbox } from './outbox.ts';
import type { Responder } from './respond.ts';
import { withinMs } from '../within-ms.ts';
import { Roster, UNKNOWN } from './roster.ts';
import { Scribe } from './scribe.ts';
import { openLiveSession, type Knowledge, type LiveSession } from './session.ts';
import type { Signal } from './signal.ts';
import type { Watched } from './watched.ts';
import { WholeReader } from './whole-reader.ts';

export interface DetectorDeps {
  agents: readonly string[];
  spans: Pick<SpanStore, 'sessionSpans' | 'sessionsOf' | 'arrivals'>;
  sessions: Pick<Sessions, 'put'>;
  knowledgeOf: (agent: string) => Promise<Knowledge | null>;
  responder: Responder;
  limits?: Partial<DetectorLimits> | undefined;
  nowMs?: (() => number) | undefined;
  log: Log;
}

/**
 * Watches every session as its spans arrive. Memory is bounded: what is over or idle is written down and forgotten, and
 * read again from the span store when more of it comes. Before anything is done about a finding, the store is asked
 * whether every span of the session was seen; if not (another process took some, a restart, spans of a shared trace),
 * the session is read whole and judged again, so that nobody is stopped over half a story.
 */
export class Detector {
  private readonly deps: DetectorDeps;
  private readonly limits: DetectorLimits;
  private readonly nowMs: () => number;
  private readonly knowledge = new Map<string, Knowledge>();
  private readonly roster: Roster;
  private readonly outbox: Outbox<Watched>;
  private readonly reader: WholeReader;
  private readonly scribe: Scribe;
  private timers: NodeJS.Timeout[] = [];
  private isStopped = false;

  constructor(deps: DetectorDeps) {
    this.deps = deps;
    this.limits = { ...DEFAULT_LIMITS, ...deps.limits };
    this.nowMs = deps.nowMs ?? Date.now;
    const { maxWeight, maxSessions } = this.limits;
    this.roster = new Roster({
      maxWeight,
      maxSessions,
      openLive: (agent, sessionId) => this.openLive(agent, sessionId),
      onPending: (one) => this.outbox.add(one),
      nowMs: this.nowMs,
    });
    this.outbox = new Outbox((watched) => this.answer(watched), deps.log);
    this.reader = new WholeReader({
      spans: deps.spans,
      roster: this.roster,
      openLive: (agent, sessionId) => this.openLive(agent, sessionId),
    });
    this.scribe = new Scribe({
      sessions: deps.sessions,
      roster: this.roster,
      reader: this.reader,
      limits: this.limits,
      onPending: (one) => this.outbox.add(one),
      nowMs: this.nowMs,
    });
  }

  /** Reads what is known of every agent, and begins to write down and to forget. */
  async start(): Promise<void> {
    await this.refresh();
    const every = (ms: number, work: () => Promise<void>, what: string): void => {
      const timer = setInterval(() => {
        work().catch((error: unknown) =>
          this.deps.log({ level: 'error', message: `live detector: ${what} failed`, detail: String(error) }),
        );
      }, ms);
      timer.unref();
      this.timers.push(timer);
    };
    every(this.limits.refreshMs, () => this.refresh(), 'reading profiles and lessons');
    every(this.limits.flushMs, () => this.flush(), 'writing sessions down');
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    for (const timer of this.timers) clearInterval(timer);
    await this.outbox.drain();
    await this.flush();
  }

  /** How much is in memory. */
  get load(): { sessions: number; weight: number; traces: number } {
    return this.roster.load;
  }

  async refresh(): Promise<void> {
    for (const agent of this.deps.agents) {
      const known = await this.deps.knowledgeOf(agent);
      if (!known) continue;
      const before = this.knowledge.get(agent);
      this.knowledge.set(agent, known);
      if (before && before.lessons.length !== known.lessons.length)
        for (const watched of this.roster.all())
          if (watched.agent === agent) watched.live.learn(known.lessons);
    }
  }

  /** Writes down what changed, settles what is over, and forgets it. */
  flush(): Promise<void> {
    return this.scribe.flush();
  }

  /**
   * Takes spans that are stored. Null where they call for no stop; else resolves when it is set, or has taken longer
   * than `stopMs`: who sent them asks the switch next.
   */
  take(agent: string, spans: readonly RawSpan[]): Promise<void> | null {
    if (!this.knowledge.has(agent) || this.isStopped) return null;
    const toStop = new Set<Watched>();
    for (const span of spans) {
      const watched = this.roster.of(agent, span);
      const before = watched.live.weight;
      watched.whileReading?.push(span);
      this.heed(watched, watched.live.take(span));
      watched.accounted += 1;
      watched.seenAtMs = this.nowMs();
      this.roster.soil(watched);
      watched.isSettled = false;
      this.roster.weigh(watched, watched.live.weight - before);
      if (watched.pending.some(({ response }) => response === 'contain')) toStop.add(watched);
    }
    this.roster.makeRoom();
    return toStop.size > 0 ? this.untilStopped([...toStop]) : null;
  }

  private async untilStopped(all: readonly Watched[]): Promise<void> {
    await withinMs(Promise.all(all.map((one) => this.outbox.done(one))), this.limits.stopMs);
  }

  private heed(watched: Watched, signals: readonly Signal[]): void {
    for (const signal of signals) {
      if (watched.response === 'none') watched.response = 'note';
      if (signal.response === 'note' || watched.answered.has(signal.key)) continue;
      watched.pending.push(signal);
    }
    if (watched.pending.length > 0) this.outbox.add(watched);
  }

  private openLive(agent: string, sessionId: string): LiveSession {
    const knowledge = this.knowledge.get(agent);
    if (!knowledge) throw new Error(`nothing is known of agent ${agent}`);
    return openLiveSession({
      agent,
      sessionId,
      knowledge,
      maxWeight: this.limits.maxSessionWeight,
      onFailure: (error) =>
        this.deps.log({
          level: 'error',
          message: `live detector: session ${sessionId} cannot be judged further`,
          detail: String(error),
        }),
    });
  }

  /** Answers for what was seen in a session; throws when it could not, and is called again. */
  private async answer(watched: Watched): Promise<void> {
    if (watched.traceId !== null) await this.reader.findName([watched]);
    const { agent, sessionId, live } = watched;
    const isEarly = this.nowMs() - watched.openedAtMs < this.limits.graceMs;
    if ((isEarly || !live.isInOrder) && watched.pending.some((one) => one.needsMemory)) {
      await sleep(this.limits.graceMs);
      if (!live.isInOrder) watched.accounted = UNKNOWN;
    }
    await this.reader.check(agent, [watched]);
    while (watched.pending.length > 0) {
      const [signal] = watched.pending;
      if (!signal) break;
      if (signal.response === 'contain')
        watched.incidentId = await this.deps.responder.contain(agent, sessionId, signal);
      else await this.deps.responder.alert(agent, sessionId, signal);
      watched.answered.add(signal.key);
      watched.pending = watched.pending.filter((one) => one.key !== signal.key);
      if (watched.response !== 'contain') watched.response = signal.response;
      this.roster.soil(watched);
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { RawSpan } from '../forensics/read/raw-span.ts';
import { inStepOrder } from '../forensics/read/order.ts';
import type { Log } from '../http/problem.ts';
import type { Sessions, SpanStore } from '../store/port.ts';
import { Outbox } from './outbox.ts';
import type { Responder } from './respond.ts';
import { Roster, UNKNOWN } from './roster.ts';
import { rowOf } from './row.ts';
import { openLiveSession, type Knowledge, type LiveSession } from './session.ts';
import type { Signal } from './signal.ts';
import type { Watched } from './watched.ts';

export interface DetectorLimits {
  /** Of everything that is remembered of running sessions, roughly, in bytes. */
  maxWeight: number;
  /** Of one session; above it only drift, loops and the budget are judged. */
  maxSessionWeight: number;
  maxSessions: number;
  /** How often what was seen is written down. */
  flushMs: number;
  /** A session that is over and silent for this long is settled; one that is not over, for `idleMs`. */
  quietMs: number;
  idleMs: number;
  /** How long early or disordered spans are waited for before something is done that rests on what was said before. */
  graceMs: number;
  /** How often profiles and lessons are read again. */
  refreshMs: number;
}

export const DEFAULT_LIMITS: DetectorLimits = {
  maxWeight: 268_435_456,
  maxSessionWeight: 33_554_432,
  maxSessions: 50_000,
  flushMs: 500,
  quietMs: 2_000,
  idleMs: 60_000,
  graceMs: 500,
  refreshMs: 2_000,
};

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

const PAGE_SPANS = 1_000;
const BATCH = 500;

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
  private timers: NodeJS.Timeout[] = [];
  private flushing: Promise<void> | null = null;
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

  /** Takes spans that are stored. */
  take(agent: string, spans: readonly RawSpan[]): void {
    if (!this.knowledge.has(agent) || this.isStopped) return;
    for (const span of spans) {
      const watched = this.roster.of(agent, span);
      const before = watched.live.weight;
      watched.whileReading?.push(span);
      this.heed(watched, watched.live.take(span));
      watched.accounted += 1;
      watched.seenAtMs = this.nowMs();
      watched.isDirty = true;
      watched.isSettled = false;
      this.roster.weigh(watched, watched.live.weight - before);
    }
    this.roster.makeRoom();
  }

  private heed(watched: Watched, signals: readonly Signal[]): void {
    for (const signal of signals) {
      if (watched.response === 'none') watched.response = 'note';
      if (signal.response === 'note' || watched.answered.has(signal.key)) continue;
      watched.pending.push(signal);
    }
    if (watched.pending.length > 0) this.outbox.add(watched);
  }

  /** Traces whose spans named no session here may have named one before: the store knows. */
  private async findName(nameless: readonly Watched[]): Promise<void> {
    for (const agent of new Set(nameless.map((one) => one.agent))) {
      const traceIds = nameless.flatMap((one) => (one.agent === agent ? (one.traceId ?? []) : []));
      const names = await this.deps.spans.sessionsOf(agent, traceIds);
      for (const [traceId, sessionId] of names)
        this.roster.rename(`${agent}\u0000${traceId}`, `${agent}\u0000${sessionId}`, sessionId);
    }
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
    if (watched.traceId !== null) await this.findName([watched]);
    const { agent, sessionId, live } = watched;
    const isEarly = this.nowMs() - watched.openedAtMs < this.limits.graceMs;
    if ((isEarly || !live.isInOrder) && watched.pending.some((one) => one.needsMemory)) {
      await sleep(this.limits.graceMs);
      if (!live.isInOrder) watched.accounted = UNKNOWN;
    }
    await this.check(agent, [watched]);
    while (watched.pending.length > 0) {
      const [signal] = watched.pending;
      if (!signal) break;
      if (signal.response === 'contain')
        watched.incidentId = await this.deps.responder.contain(agent, sessionId, signal);
      else await this.deps.responder.alert(agent, sessionId, signal);
      watched.answered.add(signal.key);
      watched.pending = watched.pending.filter((one) => one.key !== signal.key);
      if (watched.response !== 'contain') watched.response = signal.response;
      watched.isDirty = true;
    }
  }

  /** Judges the session anew from everything that is stored of it, in the order of its steps. */
  private async readWhole(watched: Watched): Promise<void> {
    const { agent, sessionId } = watched;
    const takenBefore = watched.accounted;
    const meanwhile: RawSpan[] = (watched.whileReading = []);
    try {
      const arrived = (await this.deps.spans.arrivals(agent, [sessionId])).get(sessionId) ?? 0;
      const spans = inStepOrder(await this.spansOf(agent, sessionId)).spans;
      const live = this.openLive(agent, sessionId);
      // What came while it was read may be in it already: it is taken once. The counts differ then, and it is read again.
      const signals = [...spans, ...meanwhile].flatMap((span) => live.take(span));
      this.roster.weigh(watched, live.weight - watched.live.weight);
      watched.live = live;
      watched.accounted = arrived + (watched.accounted - takenBefore);
      watched.pending = signals.filter(
        ({ key, response }) => response !== 'note' && !watched.answered.has(key),
      );
      watched.isDirty = true;
    } finally {
      watched.whileReading = null;
    }
  }

  private async spansOf(agent: string, sessionId: string): Promise<RawSpan[]> {
    const spans: RawSpan[] = [];
    for (let after: string | null = null; ;) {
      const page = await this.deps.spans.sessionSpans(sessionId, { after, limit: PAGE_SPANS, agent });
      spans.push(...page.spans);
      if (page.next === null) return spans;
      after = page.next;
    }
  }

  /** Writes down what changed, settles what is over, and forgets it. */
  flush(): Promise<void> {
    this.flushing ??= this.writeDown().finally(() => {
      this.flushing = null;
    });
    return this.flushing;
  }

  private async writeDown(): Promise<void> {
    this.roster.payOwed(this.limits.idleMs, BATCH);
    await this.settle();
    await this.checkNew();
    const dirty = this.roster.all().filter((one) => one.isDirty);
    for (let at = 0; at < dirty.length; at += BATCH) {
      const batch = dirty.slice(at, at + BATCH);
      for (const one of batch) one.isDirty = false;
      try {
        await this.deps.sessions.put(batch.map((one) => rowOf(one)));
      } catch (error) {
        for (const one of batch) one.isDirty = true;
        throw error;
      }
    }
    for (const one of this.roster.all()) if (one.isSettled && !one.isDirty) this.roster.forget(one);
  }

  /** A row must not show less of a session than an earlier one did. */
  private async checkNew(): Promise<void> {
    const unchecked = this.roster.all().filter((one) => one.isDirty && !one.isChecked);
    await this.inBatches(unchecked, (agent, batch) => this.check(agent, batch));
  }

  private async inBatches(
    all: readonly Watched[],
    work: (agent: string, batch: readonly Watched[]) => Promise<void>,
  ): Promise<void> {
    for (const agent of new Set(all.map((one) => one.agent))) {
      const mine = all.filter((one) => one.agent === agent && this.roster.has(one));
      for (let at = 0; at < mine.length; at += BATCH) await work(agent, mine.slice(at, at + BATCH));
    }
  }

  private async settle(): Promise<void> {
    const nowMs = this.nowMs();
    const isQuiet = ({ live, seenAtMs }: Watched): boolean =>
      nowMs - seenAtMs >= (live.isOver ? this.limits.quietMs : this.limits.idleMs);
    const quiet = this.roster
      .all()
      .filter((one) => !one.isSettled && one.pending.length === 0 && isQuiet(one));
    const nameless = quiet.filter((one) => one.traceId !== null);
    if (nameless.length > 0) await this.findName(nameless);
    await this.inBatches(quiet, (agent, batch) => this.settleBatch(agent, batch));
  }

  private async settleBatch(agent: string, batch: readonly Watched[]): Promise<void> {
    for (const one of batch) if (!one.live.isInOrder) one.accounted = UNKNOWN;
    await this.check(agent, batch);
    for (const one of batch) {
      if (one.pending.length > 0) this.outbox.add(one);
      else one.isSettled = true;
      one.isDirty = true;
    }
  }

  /** Reads whole what was not seen whole. */
  private async check(agent: string, batch: readonly Watched[]): Promise<void> {
    const ids = batch.map((one) => one.sessionId);
    const arrived = await this.deps.spans.arrivals(agent, ids);
    for (const one of batch) {
      if ((arrived.get(one.sessionId) ?? 0) !== one.accounted) await this.readWhole(one);
      one.isChecked = true;
    }
  }
}

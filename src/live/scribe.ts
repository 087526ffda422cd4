import type { Sessions } from '../store/port.ts';
import type { DetectorLimits } from './limits.ts';
import { UNKNOWN, type Roster } from './roster.ts';
import { rowOf } from './row.ts';
import type { Watched } from './watched.ts';
import type { WholeReader } from './whole-reader.ts';

export interface ScribeDeps {
  sessions: Pick<Sessions, 'put'>;
  roster: Roster;
  reader: WholeReader;
  limits: DetectorLimits;
  /** A session has something to be answered for that came with its last look. */
  onPending: (one: Watched) => void;
  nowMs: () => number;
}

const BATCH = 500;

/** Writes down what was seen of the sessions in memory, settles those that are over, and forgets them. */
export class Scribe {
  private readonly deps: ScribeDeps;
  private flushing: Promise<void> | null = null;

  constructor(deps: ScribeDeps) {
    this.deps = deps;
  }

  /** Writes down what changed, settles what is over, and forgets it. */
  flush(): Promise<void> {
    this.flushing ??= this.writeDown().finally(() => {
      this.flushing = null;
    });
    return this.flushing;
  }

  private async writeDown(): Promise<void> {
    this.deps.roster.payOwed(this.deps.limits.idleMs, BATCH);
    await this.settle();
    await this.checkNew();
    const { roster, sessions } = this.deps;
    const dirty = roster.cleanse();
    for (let at = 0; at < dirty.length; at += BATCH) {
      const batch = dirty.slice(at, at + BATCH);
      try {
        await sessions.put(batch.map((one) => rowOf(one)));
      } catch (error) {
        for (const one of dirty.slice(at)) roster.soil(one);
        throw error;
      }
      for (const one of batch)
        if (one.isSettled && roster.has(one) && !roster.isSoiled(one)) roster.forget(one);
    }
  }

  /** A row must not show less of a session than an earlier one did. */
  private async checkNew(): Promise<void> {
    await this.inBatches(this.deps.roster.unchecked(), (agent, batch) =>
      this.deps.reader.check(agent, batch),
    );
  }

  private async inBatches(
    all: readonly Watched[],
    work: (agent: string, batch: readonly Watched[]) => Promise<void>,
  ): Promise<void> {
    for (const agent of new Set(all.map((one) => one.agent))) {
      const mine = all.filter((one) => one.agent === agent && this.deps.roster.has(one));
      for (let at = 0; at < mine.length; at += BATCH) await work(agent, mine.slice(at, at + BATCH));
    }
  }

  private async settle(): Promise<void> {
    const nowMs = this.deps.nowMs();
    const isQuiet = ({ live, seenAtMs }: Watched): boolean =>
      nowMs - seenAtMs >= (live.isOver ? this.deps.limits.quietMs : this.deps.limits.idleMs);
    const quiet: Watched[] = [];
    for (const one of this.deps.roster.all())
      if (!one.isSettled && one.pending.length === 0 && isQuiet(one)) quiet.push(one);
    const nameless = quiet.filter((one) => one.traceId !== null);
    if (nameless.length > 0) await this.deps.reader.findName(nameless);
    await this.inBatches(quiet, (agent, batch) => this.settleBatch(agent, batch));
  }

  private async settleBatch(agent: string, batch: readonly Watched[]): Promise<void> {
    for (const one of batch) if (!one.live.isInOrder) one.accounted = UNKNOWN;
    await this.deps.reader.check(agent, batch);
    for (const one of batch) {
      if (one.pending.length > 0) this.deps.onPending(one);
      else one.isSettled = true;
      this.deps.roster.soil(one);
    }
  }
}

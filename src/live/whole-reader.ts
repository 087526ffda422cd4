import type { RawSpan } from '../forensics/read/raw-span.ts';
import { inStepOrder } from '../forensics/read/order.ts';
import type { SpanStore } from '../store/port.ts';
import type { Roster } from './roster.ts';
import type { LiveSession } from './session.ts';
import type { Watched } from './watched.ts';

export interface WholeReaderDeps {
  spans: Pick<SpanStore, 'sessionSpans' | 'sessionsOf' | 'arrivals'>;
  roster: Roster;
  openLive: (agent: string, sessionId: string) => LiveSession;
}

const PAGE_SPANS = 1_000;

/** Asks the store whether all of a session was seen, and reads it whole where not. */
export class WholeReader {
  private readonly deps: WholeReaderDeps;

  constructor(deps: WholeReaderDeps) {
    this.deps = deps;
  }

  /** Traces whose spans named no session here may have named one before: the store knows. */
  async findName(nameless: readonly Watched[]): Promise<void> {
    for (const agent of new Set(nameless.map((one) => one.agent))) {
      const traceIds = nameless.flatMap((one) => (one.agent === agent ? (one.traceId ?? []) : []));
      const names = await this.deps.spans.sessionsOf(agent, traceIds);
      for (const [traceId, sessionId] of names)
        this.deps.roster.rename(`${agent}\u0000${traceId}`, `${agent}\u0000${sessionId}`, sessionId);
    }
  }

  /** Reads whole what was not seen whole. */
  async check(agent: string, batch: readonly Watched[]): Promise<void> {
    const ids = batch.map((one) => one.sessionId);
    const arrived = await this.deps.spans.arrivals(agent, ids);
    for (const one of batch) {
      if ((arrived.get(one.sessionId) ?? 0) !== one.accounted) await this.readWhole(one);
      one.isChecked = true;
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
      const live = this.deps.openLive(agent, sessionId);
      // What came while it was read may be in it already: it is taken once. The counts differ then, and it is read again.
      const signals = [...spans, ...meanwhile].flatMap((span) => live.take(span));
      this.deps.roster.weigh(watched, live.weight - watched.live.weight);
      watched.live = live;
      watched.accounted = arrived + (watched.accounted - takenBefore);
      watched.pending = signals.filter(
        ({ key, response }) => response !== 'note' && !watched.answered.has(key),
      );
      this.deps.roster.soil(watched);
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
}

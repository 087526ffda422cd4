import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  log,
  patched,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { Command } from '../domain/incident/command.ts';
import type { CommandOf, CommandType } from '../domain/incident/command.ts';
import { decide, type Verdict } from '../domain/incident/decide.ts';
import { emptyIncident } from '../domain/incident/empty.ts';
import { evolve } from '../domain/incident/evolve.ts';
import type { IncidentEvent } from '../domain/incident/event.ts';
import type { IncidentState } from '../domain/incident/state.ts';
import { refusal } from '../domain/incident/refusal.ts';
import { verifyEnvelope } from './envelope.ts';
import { keeper } from './keeper.ts';
import {
  type Accepted,
  type Carried,
  CLOCK,
  commandSignal,
  commandUpdate,
  FORGED,
  type IncidentStart,
  type SignedCommand,
  stateQuery,
} from './messages.ts';
import { needsNotice } from './notices.ts';
import { archive } from './archive.ts';
import { refusalOf, refused } from './refused.ts';
import { isPassing, Stop } from './stop.ts';
import { fitting, isOneBatch } from './batch.ts';

type EngineWords = { [K in CommandType]: Omit<CommandOf<K>, 'id' | 'at' | 'by'> }[CommandType];

/** A click older than this has a newer card; a late signal may have waited for a worker. */
const UPDATE_MAX_AGE_MS = 10 * 60_000;
const SIGNAL_MAX_AGE_MS = 24 * 3_600_000;
/** A workflow whose first alert was refused waits so long for another one, such as its repeat with a right clock. */
const EMPTY_MS = 10 * 60_000;
const CLOCK_SKEW_MS = 2 * 60_000;
const DRAIN_MS = 60_000;

const fresh = (): Carried => ({
  state: emptyIncident,
  unflushed: [],
  flushedSeq: 0,
  notices: [],
  refusals: [],
  cardSeq: 0,
  draftBasis: '',
  releasePending: false,
});

/** The incident's desk: its state, the door through which commands come, and the work in progress. */
export class Desk {
  readonly start: IncidentStart;
  readonly carried: Carried;
  /** Notices under way, by the number of their event. */
  readonly telling = new Map<number, Promise<void>>();
  /** Asked once, when the run begins: a run keeps to what it began with. One marker for all that this release changed. */
  readonly isOfFourthRelease = patched('fourth release');
  readonly isOfThirdRelease = this.isOfFourthRelease || patched('third release');
  readonly isOfSecondRelease = this.isOfThirdRelease || patched('second release');
  readonly tellsEverything = this.isOfSecondRelease;
  /** A file may have been altered in the weeks between the seal and the postmortem. */
  readonly hashesBeforeTheEnd = this.isOfSecondRelease;
  /** How many wait for the record; what rides with a card is recorded without it for them. */
  waitingForRecord = 0;
  /** The version of the postmortem before which the evidence was hashed again, in this run. */
  hashedVersion = 0;
  private leaving = false;
  private commands = 0;
  private busy = 0;
  private readonly keeping = new Set<string>();

  constructor(start: IncidentStart) {
    this.start = start;
    this.carried = start.carried ?? fresh();
    setHandler(stateQuery, () => this.state);
    setHandler(commandUpdate, (signed) => this.take(signed), {
      validator: (signed) => this.check(signed, UPDATE_MAX_AGE_MS),
      description: 'A signed command of a person, a source or an activity',
    });
    setHandler(commandSignal, (signed) => this.takeLate(signed));
  }

  get state(): IncidentState {
    return this.carried.state;
  }

  get isStopping(): boolean {
    return this.leaving || (this.state.status !== 'none' && this.state.status !== 'open');
  }

  /** Refuses before anything is written to history. Synchronous: an async validator never rejects. */
  private check(signed: SignedCommand, maxAgeMs: number): void {
    const parsed = Command.safeParse(signed.command);
    const forged = (why: string, ...details: string[]) =>
      ApplicationFailure.nonRetryable(why, FORGED, ...details);
    if (!parsed.success) throw forged('The command is not well formed.');
    if (signed.incidentId !== this.start.incidentId) throw forged('The command is for another incident.');
    const age = Date.now() - parsed.data.at;
    if (age > maxAgeMs || age < -CLOCK_SKEW_MS)
      throw forged('The command is stale or from the future.', CLOCK);
    if (!verifyEnvelope(signed, this.start.publicKeys)) throw forged('The signature is not valid.');
    const verdict = decide(this.state, parsed.data);
    if (!verdict.ok) throw refused(verdict.refusal);
  }

  private take(signed: SignedCommand): Accepted {
    this.commands += 1;
    const verdict = this.commit(signed.command);
    if (!verdict.ok) throw refused(verdict.refusal);
    return { events: verdict.events.length, seq: this.state.seq };
  }

  private takeLate(signed: SignedCommand): void {
    this.commands += 1;
    try {
      this.check(signed, this.isOfThirdRelease ? Infinity : SIGNAL_MAX_AGE_MS);
      if (this.isOfThirdRelease && waitedTooLong(signed.command)) throw refused(refusal('waited-too-long'));
      this.commit(signed.command);
    } catch (error) {
      const why = refusalOf(error);
      if (!why)
        return log.warn('A late command without a valid envelope was dropped', { error: String(error) });
      this.carried.refusals.push({ to: signed.command.by, commandType: signed.command.type, refusal: why });
    }
  }

  private commit(command: Command): Verdict {
    const verdict = decide(this.state, command);
    if (!verdict.ok) return verdict;
    for (const event of verdict.events) {
      const before = this.carried.state;
      this.carried.state = evolve(before, event);
      this.carried.unflushed.push(event);
      if (event.type === 'agentReleased') this.carried.releasePending = true;
      if (!needsNotice(event, before, this.tellsEverything)) continue;
      this.carried.notices.push(event.seq);
      if (this.isOfThirdRelease)
        this.carried.noticeTypes = { ...this.carried.noticeTypes, [event.seq]: event.type };
    }
    return verdict;
  }

  /** A command of the engine. A refusal is no error: the state has moved on, and the keeper looks again. */
  apply(words: EngineWords): Verdict {
    const by = { kind: 'engine' as const, id: 'engine:workflow' };
    const verdict = this.commit({
      ...words,
      id: `engine:${this.state.seq + 1}`,
      at: Date.now(),
      by,
    } as Command);
    if (!verdict.ok) log.info('The engine was refused', { command: words.type, code: verdict.refusal.code });
    return verdict;
  }

  /** False when no alert that opens it came: an empty incident ends by itself. */
  async opens(): Promise<boolean> {
    const isEmpty = (): boolean => this.state.status === 'none';
    if (this.isOfThirdRelease && isEmpty()) await condition(() => !isEmpty(), EMPTY_MS);
    if (this.isOfThirdRelease && isEmpty()) return false;
    await this.until(() => !isEmpty());
    return true;
  }

  /** Waits until it holds; stops the phases when the incident ended or this run hands over. */
  async until(holds: () => boolean, timeoutMs?: number, summary = ''): Promise<boolean> {
    const reached = (): boolean => this.isStopping || holds();
    const inTime =
      timeoutMs === undefined
        ? (await condition(reached), true)
        : await condition(reached, timeoutMs, { summary });
    if (this.isStopping) throw new Stop();
    return inTime;
  }

  /** Every event so far is in the audit log: outside effects wait for this. */
  async recorded(): Promise<void> {
    const { seq } = this.state;
    this.waitingForRecord += 1;
    try {
      await this.until(() => this.carried.flushedSeq >= seq);
    } finally {
      this.waitingForRecord -= 1;
    }
  }

  /**
   * What an outside effect still has to append to the audit log before it begins (`activities/record-first.ts`). Where
   * effects do not do that, or when it is too much for them, it is waited for and nothing is left.
   */
  async unrecorded(): Promise<IncidentEvent[]> {
    const { unflushed } = this.carried;
    if (this.isOfFourthRelease && isOneBatch(unflushed)) return [...unflushed];
    await this.recorded();
    return [];
  }

  /** Does an effect whose activity appends the record first. While the log is out of reach it is tried no more. */
  async afterRecord<T>(effect: (record: IncidentEvent[]) => Promise<T>): Promise<T> {
    const record = await this.unrecorded();
    try {
      const result = await effect(record);
      this.tookTo(record.at(-1)?.seq ?? 0);
      return result;
    } catch (error) {
      if (record.length > 0) await this.recorded();
      throw error;
    }
  }

  /** The audit log has every event up to this one. */
  tookTo(seq: number): void {
    const { carried } = this;
    carried.unflushed = carried.unflushed.filter((event) => event.seq > seq);
    carried.flushedSeq = Math.max(carried.flushedSeq, seq);
  }

  /** Counts work that a hand-over should wait for. */
  async working<T>(work: () => Promise<T>): Promise<T> {
    this.busy += 1;
    try {
      return await work();
    } finally {
      this.busy -= 1;
    }
  }

  /** Runs a loop beside the phases; it ends when the phases do. */
  beside(name: string, loop: () => Promise<void>): void {
    loop().catch((error: unknown) => {
      if (!isPassing(error)) log.error(`The ${name} stopped`, { error: String(error) });
    });
  }

  /**
   * Does `work` for every key that `pick` names, each once at a time, for as long as the incident is open: sessions
   * join late, origins are corrected. Work that changed nothing waits for the next event; work that something happened
   * beside begins again at once, and then at growing intervals: what it found may have been refused as out of date.
   */
  keep(name: string, pick: () => string[], work: (key: string) => Promise<void>): void {
    if (this.keeping.has(name)) return;
    this.keeping.add(name);
    this.beside(name, () => keeper(this, { name, pick, work }));
  }

  /** Whether this run has grown enough to hand over to the next. */
  private wantsToLeave(): boolean {
    return workflowInfo().continueAsNewSuggested || this.commands >= this.start.settings.continueAfter;
  }

  /** Watches the size of the history and stops the phases in time. */
  watchSize(): void {
    this.beside('size watch', async () => {
      await this.until(() => this.wantsToLeave());
      // While the audit log is out of reach, what it does not have yet may be more than a run can hand to the next.
      const isLight = (): boolean => fitting(this.carried.unflushed) === this.carried.unflushed.length;
      if (!isLight() && patched('light hand-over')) await this.until(isLight);
      this.leaving = true;
    });
  }

  /** Waits for handlers and running work; what does not end in a minute is begun again by its key in the next run. */
  async handOver(): Promise<never> {
    await condition(() => this.busy === 0 && allHandlersFinished(), DRAIN_MS);
    await archive(this.state.incidentId);
    return continueAsNew({ ...this.start, carried: this.carried });
  }

  get hasEnded(): boolean {
    return this.state.status !== 'none' && this.state.status !== 'open';
  }
}

/** A person wanted it of another day. What sources and the engine say stays true however late it comes. */
const waitedTooLong = ({ at, by }: Command): boolean =>
  by.kind === 'person' && Date.now() - at > SIGNAL_MAX_AGE_MS;

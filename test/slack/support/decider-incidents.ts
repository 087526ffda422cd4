import type { AlertAnswer, Answer, Incidents, Words } from '../../../src/client/port.ts';
import type { Actor } from '../../../src/domain/incident/actor.ts';
import { Command, type CommandType } from '../../../src/domain/incident/command.ts';
import { decide } from '../../../src/domain/incident/decide.ts';
import { emptyIncident } from '../../../src/domain/incident/empty.ts';
import { evolve } from '../../../src/domain/incident/evolve.ts';
import type { IncidentState } from '../../../src/domain/incident/state.ts';
import type { Alert } from '../../../src/domain/incident/vocabulary.ts';
import { defaultPolicy } from '../../../src/domain/policy.ts';
import type { MemoryStore } from './memory-store.ts';

class UnknownIncident extends Error {
  override readonly name = 'UnknownIncident';
}
class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

export type EngineWords = { [K in CommandType]: Omit<Words<K>, 'id'> }[CommandType];
const ENGINE: Actor = { kind: 'engine', id: 'engine' };

/** The real decider behind the port, in memory. `mood` plays a worker that is away and an engine out of reach. */
export class DeciderIncidents implements Incidents {
  mood: 'well' | 'away' | 'unreachable' = 'well';
  /** Every command that was given, in order, decided or not. */
  readonly given: Command[] = [];
  readonly alerts: { agent: string; alert: Alert; by: Actor }[] = [];
  nowMs: () => number;
  private readonly states = new Map<string, IncidentState>();
  private readonly waiting: { incidentId: string; command: Command }[] = [];
  private readonly store: MemoryStore;
  private lastId = 0;

  constructor(store: MemoryStore, nowMs: () => number) {
    this.store = store;
    this.nowMs = nowMs;
  }

  state(incidentId: string): IncidentState {
    return this.states.get(incidentId) ?? emptyIncident;
  }

  async send(incidentId: string, words: Words, by: Actor): Promise<Answer> {
    if (this.mood === 'unreachable') throw new Unreachable('nobody answers');
    if (!this.states.has(incidentId)) throw new UnknownIncident(incidentId);
    const command = Command.parse({ ...words, at: this.nowMs(), by });
    this.given.push(command);
    if (this.mood === 'away') {
      this.waiting.push({ incidentId, command });
      return { ok: true, events: 0, pending: true };
    }
    return this.decided(incidentId, command);
  }

  async alert(input: Parameters<Incidents['alert']>[0]): Promise<AlertAnswer> {
    if (this.mood === 'unreachable') throw new Unreachable('nobody answers');
    this.alerts.push(input);
    const { agent, alert, by } = input;
    const incidentId = `${agent}-${alert.sessionId ?? 'report'}-1`;
    const opened = !this.states.has(incidentId);
    this.open(incidentId, agent, alert, by);
    return { incidentId, opened, dedupKey: alert.sessionId ?? alert.title, dedupRule: 'session' };
  }

  open(incidentId: string, agent: string, alert: Alert, by: Actor = ENGINE, ownerIds: string[] = []): void {
    const command = Command.parse({
      type: 'receiveAlert',
      id: `alert:${alert.alertId}`,
      at: this.nowMs(),
      by,
      incidentId,
      agent,
      ownerIds,
      dedupKey: alert.sessionId ?? alert.title,
      dedupRule: 'session',
      policy: defaultPolicy,
      linkedFrom: null,
      alert,
    });
    this.must(this.decided(incidentId, command));
  }

  /** A result of the engine; it must be accepted. */
  engine(incidentId: string, words: EngineWords): void {
    this.lastId += 1;
    const command = Command.parse({ ...words, id: `engine:${this.lastId}`, at: this.nowMs(), by: ENGINE });
    this.must(this.decided(incidentId, command));
  }

  /** The worker is back: what waited is decided now. The answers are what a late refusal would say. */
  settle(): Answer[] {
    this.mood = 'well';
    return this.waiting.splice(0).map(({ incidentId, command }) => this.decided(incidentId, command));
  }

  private decided(incidentId: string, command: Command): Answer {
    const before = this.state(incidentId);
    const verdict = decide(before, command);
    if (!verdict.ok) return verdict;
    const after = verdict.events.reduce(evolve, before);
    this.states.set(incidentId, after);
    if (verdict.events.length > 0) this.store.record(after, verdict.events);
    return { ok: true, events: verdict.events.length, pending: false };
  }

  private must(answer: Answer): void {
    if (!answer.ok) throw new Error(`refused: ${answer.refusal.code} ${answer.refusal.sentence}`);
  }
}

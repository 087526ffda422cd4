import { indicesOf, type Ranges } from '../../../../src/domain/incident/ranges.ts';
import type { IncidentEvent } from '../../../../src/domain/incident/event.ts';
import type { Policy } from '../../../../src/domain/policy.ts';
import { Approvals } from './witness-approvals.ts';
import { Closing } from './witness-closing.ts';
import { Sessions } from './witness-sessions.ts';

/** What the witness of an incident may ask of the other parts of its memory. */
export interface Memory {
  policy: Policy;
  owners: Set<string>;
  openedAt: number;
  sessions: Sessions;
  approvals: Approvals;
  closing: Closing;
  /** Throws when `truth` is false: a promise is broken. */
  demand(truth: boolean, promise: string): void;
}

export const all = (ranges: Ranges): number[] => [...indicesOf(ranges)];
export type Told<T extends IncidentEvent['type']> = Extract<IncidentEvent, { type: T }>;

/**
 * Reads the events of an incident as an auditor would and keeps a memory of its own, made of sets and plain words,
 * sharing nothing with the decider but the events. Throws when one breaks a promise.
 */
export class Witness implements Memory {
  policy!: Policy;
  owners = new Set<string>();
  openedAt = 0;
  readonly sessions = new Sessions(this);
  readonly approvals = new Approvals(this);
  readonly closing = new Closing(this);
  #seq = 0;
  #at = 0;
  #event: IncidentEvent | null = null;
  #ended = false;

  demand(truth: boolean, promise: string): void {
    if (!truth) throw new Error(`${promise}, at event ${this.#seq}: ${JSON.stringify(this.#event)}`);
  }

  see(event: IncidentEvent): void {
    this.#event = event;
    this.demand(event.seq === this.#seq + 1, 'events are numbered without a gap');
    this.demand(event.at >= this.#at, 'time does not run backwards');
    this.demand(!this.#ended, 'nothing happens after the end');
    this.#seq = event.seq;
    this.#at = event.at;
    if (event.type === 'incidentOpened') {
      this.policy = event.data.policy;
      this.owners = new Set(event.data.ownerIds);
      this.openedAt = event.at;
    }
    this.sessions.see(event);
    this.approvals.see(event);
    this.closing.see(event);
    if (event.type === 'incidentEnded') this.#ended = true;
  }
}

import { emptyIncident } from '../../domain/incident/empty.ts';
import { evolve } from '../../domain/incident/evolve.ts';
import type { IncidentEvent } from '../../domain/incident/event.ts';
import { phaseOf, type Phase } from '../../domain/incident/phase.ts';
import type { IncidentState } from '../../domain/incident/state.ts';
import type { Store } from '../../store/port.ts';
import { blastLine, lineOf, soFarLine } from './story.ts';

const POLL_MS = 200;

const isStuck = (state: IncidentState): boolean =>
  Object.values(state.targets).some(({ status }) => status === 'unconfirmed' || status === 'awaiting_person');

/** Phases in which the engine works; in the others it waits for people as soon as it has nothing left to do. */
const waits: Partial<Record<Phase, (state: IncidentState) => boolean>> = {
  find_session: (state) => state.offered.length > 0,
  contain: isStuck,
  preserve: () => false,
  classify: (state) => state.mode.suggested !== null && state.blast !== null,
  map: () => false,
};

const waitsForPerson = (state: IncidentState): boolean => {
  const phase = phaseOf(state);
  return waits[phase]?.(state) ?? true;
};

/** Follows an incident by its record and tells each event as it is durable. */
export class Follower {
  private state: IncidentState = emptyIncident;
  private readonly events: IncidentEvent[] = [];
  private readonly store: Pick<Store, 'audit'>;
  private readonly incidentId: string;
  private readonly say: (line: string) => void;
  private toldMapAt = 0;

  constructor(store: Pick<Store, 'audit'>, incidentId: string, say: (line: string) => void) {
    this.store = store;
    this.incidentId = incidentId;
    this.say = say;
  }

  get history(): { state: IncidentState; events: IncidentEvent[] } {
    return { state: this.state, events: this.events };
  }

  /** Takes in what happened before this start; tells where the incident stands in one line. */
  async catchUp(): Promise<void> {
    await this.look(() => undefined);
    if (this.state.status !== 'none') this.say(soFarLine(this.state));
  }

  /** Reads what is new and tells it. */
  private async look(say: (line: string) => void): Promise<void> {
    const all = await this.store.audit.events(this.incidentId);
    for (const event of all.slice(this.events.length)) {
      this.events.push(event);
      this.state = evolve(this.state, event);
      const line = lineOf(event, this.state);
      if (line) say(line);
    }
    const mapped = this.events.findLast((event) => event.type === 'blastRadiusMapped');
    if (mapped && mapped.seq > this.toldMapAt) {
      this.toldMapAt = mapped.seq;
      say(blastLine(this.state));
    }
  }

  /** Until a person has to decide, or the incident has ended. */
  async untilDecision(): Promise<void> {
    await this.until(waitsForPerson);
  }

  async untilEnded(): Promise<void> {
    await this.until((state) => state.status !== 'none' && state.status !== 'open');
  }

  private async until(holds: (state: IncidentState) => boolean): Promise<void> {
    for (;;) {
      await this.look(this.say);
      if (this.state.status !== 'none' && holds(this.state)) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

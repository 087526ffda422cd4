import type { IncidentEvent } from '../domain/incident/event.ts';
import type { IncidentState } from '../domain/incident/state.ts';
import type { Analysis, ActionOutcome } from '../domain/session/analysis.ts';
import type { Session } from '../domain/session/session.ts';

/** One action of a sealed plan; its place in the list is its index. */
export interface PlannedAction {
  sessionId: string;
  step: number;
  target: string | null;
  outcome: ActionOutcome;
  /** ms since the epoch. */
  atMs: number;
}

/** What a postmortem is made of. What could not be read is null, and the document says so. */
export interface PostmortemSource {
  state: IncidentState;
  /** The whole history, in order, with the words of people. */
  events: IncidentEvent[];
  sessions: Record<string, { session: Session | null; analysis: Analysis | null }>;
  /** The actions of each class, by class id. */
  plans: Record<string, PlannedAction[] | null>;
  /** Names of people by their stable ids. */
  names: Record<string, string>;
  link: string;
  audit: { head: string; seq: number };
  /** ms since the epoch. */
  renderedAt: number;
}

/** The name of a person, else the id; the engine by its own name, a key of a sender as what it is. */
export function nameOf(source: Pick<PostmortemSource, 'names'>, id: string): string {
  if (Object.hasOwn(source.names, id)) return source.names[id] ?? id;
  if (id.startsWith('engine:')) return 'Holdpoint';
  return id.startsWith('key:') ? `key ${id.slice('key:'.length)}` : id;
}

export type EventOf<T extends IncidentEvent['type']> = Extract<IncidentEvent, { type: T }>;
export const eventsOf = <T extends IncidentEvent['type']>(source: PostmortemSource, type: T): EventOf<T>[] =>
  source.events.filter((event): event is EventOf<T> => event.type === type);

import type { CommandType, CommandOf } from '../domain/incident/command.ts';
import type { Actor } from '../domain/incident/actor.ts';
import type { Refusal } from '../domain/incident/refusal.ts';
import type { Alert } from '../domain/incident/vocabulary.ts';

/**
 * What a person or source hears. `pending`: received, no worker answered in time; it is decided later. `decided`: what
 * came of it, where somebody still listens; null when that was not heard either. A refusal is then told by the incident.
 */
export type Answer =
  | { ok: true; events: number; pending: boolean; decided?: Promise<Answer | null> }
  | { ok: false; refusal: Refusal };

/** A command without its envelope words; `id` is the idempotency key (a click id, a request id). */
export type Words<T extends CommandType = CommandType> = { [K in T]: Omit<CommandOf<K>, 'at' | 'by'> }[T];

export interface AlertAnswer {
  incidentId: string;
  /** False: it joined an open incident. Null: received, and no worker has answered yet which of the two it is. */
  opened: boolean | null;
  dedupKey: string;
  dedupRule: string;
}

/** How transports reach incidents: signs the command, sends the update, falls back to a signal. */
export interface Incidents {
  /**
   * Throws `UnknownIncident` when there is none, `Unreachable` when neither update nor signal got through. `patienceMs`:
   * after so long the command is made durable and answered as pending, while its decision is still awaited.
   */
  send(incidentId: string, words: Words, by: Actor, options?: { patienceMs?: number }): Promise<Answer>;
  /** Opens an incident or joins the open one of the same agent and dedup key; answered when durable. */
  alert(input: { agent: string; dedupKey: string | null; alert: Alert; by: Actor }): Promise<AlertAnswer>;
}

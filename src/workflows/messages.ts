import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Command } from '../domain/incident/command.ts';
import type { IncidentEvent } from '../domain/incident/event.ts';
import type { IncidentState } from '../domain/incident/state.ts';

/**
 * A command in the server's envelope: an Ed25519 signature, base64, over the canonical text of the command
 * (`domain/canonical.ts`), so that reaching Temporal's port is not enough to forge one.
 */
export interface SignedCommand {
  /** The incident it is for; a command signed for another incident is refused. */
  incidentId: string;
  keyId: string;
  signature: string;
  command: Command;
}

/** What a giver hears: how many events happened, or that it was decided before (0). Refusals are failures. */
export interface Accepted {
  events: number;
  seq: number;
}

/** Failure type of a refused command; its one detail is a `Refusal`. */
export const REFUSED = 'Refused';
/** Failure type of a command without a valid envelope. */
export const FORGED = 'Forged';

export interface IncidentStart {
  incidentId: string;
  /** Ed25519 public keys by id, base64. */
  publicKeys: Record<string, string>;
  settings: WorkflowSettings;
  /** Carried over continue-as-new. */
  carried?: Carried;
}

export interface WorkflowSettings {
  /** Updates and signals after which the workflow continues as new. */
  continueAfter: number;
  /** Pause between two tries of an unconfirmed containment, ms. */
  containmentRetryMs: number;
  /** Quiet time before the card is refreshed, ms. */
  cardQuietMs: number;
}

export interface Carried {
  state: IncidentState;
  unflushed: IncidentEvent[];
  flushedSeq: number;
  noticedSeq: number;
  cardSeq: number;
}

export const commandUpdate = defineUpdate<Accepted, [SignedCommand]>('command');
/** The same when no worker answers in time: accepted by the server, decided later. */
export const commandSignal = defineSignal<[SignedCommand]>('commandLater');
export const stateQuery = defineQuery<IncidentState>('state');

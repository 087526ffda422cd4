import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Actor } from '../domain/incident/actor.ts';
import type { Command } from '../domain/incident/command.ts';
import type { IncidentEvent } from '../domain/incident/event.ts';
import type { Refusal } from '../domain/incident/refusal.ts';
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
/** A detail of `FORGED`: the signer's clock and the workflow's are apart. */
export const CLOCK = 'clock';

export interface IncidentStart {
  incidentId: string;
  /** Ed25519 public keys by id, base64. */
  publicKeys: Record<string, string>;
  settings: WorkflowSettings;
  /** Carried over continue-as-new. */
  carried?: Carried;
}

export interface WorkflowSettings {
  /** Commands after which the workflow continues as new. */
  continueAfter: number;
  /** First pause between two tries of an unconfirmed containment, ms; doubles up to ten minutes. */
  containmentRetryMs: number;
  /** Shortest time between two refreshes of the card, ms. */
  cardQuietMs: number;
  /** Whether the namespace has Holdpoint's search attributes. */
  searchAttributes: boolean;
}

/** What a run hands to the next one. */
export interface Carried {
  state: IncidentState;
  /** Events that the audit log does not have yet. */
  unflushed: IncidentEvent[];
  flushedSeq: number;
  /** Events that people are still to be told of. */
  notices: number[];
  /** What kind of event each of them is; runs of earlier releases hand over none. */
  noticeTypes?: Record<number, string>;
  /** Refusals of late commands that their givers are still to be told of. */
  refusals: LateRefusal[];
  cardSeq: number;
  /** What the engine's draft was made from. */
  draftBasis: string;
  /** A person released the agent and the adapter was not told yet. */
  releasePending: boolean;
}

/** A click that was taken without an answer and refused later: its giver is told. */
export interface LateRefusal {
  to: Actor;
  commandType: string;
  refusal: Refusal;
}

export const commandUpdate = defineUpdate<Accepted, [SignedCommand]>('command');
/** The same when no worker answers in time: accepted by the server, decided later. */
export const commandSignal = defineSignal<[SignedCommand]>('commandLater');
export const stateQuery = defineQuery<IncidentState>('state');

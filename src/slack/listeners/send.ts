import type { Person } from '../../domain/incident/actor.ts';
import type { CommandType } from '../../domain/incident/command.ts';
import { decisions } from '../../domain/incident/decide.ts';
import { refusal, type RefusalCode } from '../../domain/incident/refusal.ts';
import type { Answer, Words } from '../../client/port.ts';
import { escape } from '../blocks/text.ts';
import { isUnknownIncident } from '../errors.ts';
import { sha256Of } from '../prose.ts';
import type { ListenerDeps } from './deps.ts';

/** A command as a listener gives it: its id is made from the click. */
export type Given = { [K in CommandType]: Omit<Words<K>, 'id'> }[CommandType];

/** Why nothing was done, and what the person can do. */
export interface Rejected {
  ok: false;
  code: RefusalCode | 'identity' | 'unknown-incident' | 'input';
  sentence: string;
  next: string;
}
export type Outcome =
  | { ok: true; pending: boolean; events: number; decided?: Promise<Answer | null> }
  | Rejected;

export const rejected = (code: Rejected['code'], sentence: string, next: string): Rejected => ({
  ok: false,
  code,
  sentence,
  next,
});

/**
 * The idempotency key of a command: the click it came from and what it says. A delivery that comes twice is the same
 * command; a form corrected and sent again is another.
 */
export const commandId = (clickKey: string, given: Given): string =>
  `slack:${clickKey}:${sha256Of(JSON.stringify(given)).slice(0, 16)}`.slice(0, 200);

/** Gives one command. Throws only when Holdpoint cannot be reached, so that Slack shows an error. */
export async function send(
  deps: Pick<ListenerDeps, 'incidents'>,
  incidentId: string,
  actor: Person,
  clickKey: string,
  given: Given,
  options?: { patienceMs: number },
): Promise<Outcome> {
  // An incident's list of approvers may be hours old; what Slack says of this person is of now.
  if (decisions[given.type].by === 'approver' && !actor.roles.includes('approver'))
    return { ok: false, ...refusal('not-an-approver') };
  try {
    const words = { ...given, id: commandId(clickKey, given) } as Words;
    const answer = await deps.incidents.send(incidentId, words, actor, options);
    return outcomeOf(answer);
  } catch (error) {
    if (!isUnknownIncident(error)) throw error;
    return rejected('unknown-incident', 'There is no such incident any more.', 'Use `/incident list`.');
  }
}

const outcomeOf = (answer: Answer): Outcome => (answer.ok ? answer : { ok: false, ...answer.refusal });

/**
 * What became of it, for whoever waits behind Slack's back. Null when it was refused after it was taken: the incident
 * tells that itself (`sendRefusal`).
 */
export async function decidedOf(outcome: Outcome): Promise<Outcome | null> {
  const decided = outcome.ok && outcome.decided ? await outcome.decided : null;
  if (decided === null) return outcome;
  return decided.ok ? decided : null;
}

/** What the person reads of an outcome; `done` says what happened. mrkdwn. */
export function outcomeText(outcome: Outcome, done: string): string {
  if (!outcome.ok) return `*Not done.* ${escape(outcome.sentence)} ${escape(outcome.next)}`;
  if (outcome.pending)
    return `*Received, pending.* Holdpoint decides it as soon as it can; the card shows the result.`;
  return done;
}

/** The same in plain text, below a field of a modal. */
export const errorText = (outcome: Rejected): string => `${outcome.sentence} ${outcome.next}`;

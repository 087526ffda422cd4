import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { Person } from '../../domain/incident/actor.ts';
import type { IncidentRow } from '../../store/port.ts';
import type { Values } from '../blocks/modals/values.ts';
import { refusalModal } from '../blocks/modals/modal.ts';
import { formId, parseMeta, type FormName, type Meta, type Place } from '../form-ids.ts';
import { SubmitBody, type ViewBody } from './bodies.ts';
import type { ListenerDeps } from './deps.ts';
import { refreshBelow } from './below.ts';
import { decideInTime } from './in-time.ts';
import { errorText, outcomeText, rejected, send, type Given, type Outcome, type Rejected } from './send.ts';
import { tell, uncertain } from './tell.ts';

/** A submitted modal as a listener sees it, after signature, parsing and identity. */
export interface SubmitDesk<N extends FormName> {
  meta: Meta<N>;
  place: Place;
  values: Values;
  actor: Person;
  /** The view's id and hash: the same for two deliveries of one submission. */
  key: string;
  send(given: Given): Promise<Outcome>;
  row(): Promise<IncidentRow | null>;
}

export type SubmitAnswer =
  /** The modal closes; the person reads `say` in the channel. */
  | { kind: 'done'; outcome: Outcome & { ok: true }; say: string }
  /** Stays open with the reason below `field`. */
  | { kind: 'refused'; outcome: Rejected; field?: string }
  /** Goes on with another modal in its place. */
  | { kind: 'next'; view: ModalView };

/** The usual answer to one command. */
export const answered = (outcome: Outcome, say: string, field?: string): SubmitAnswer =>
  outcome.ok ? { kind: 'done', outcome, say } : { kind: 'refused', outcome, ...(field ? { field } : {}) };

export const wrongInput = (sentence: string, next: string, field: string): SubmitAnswer => ({
  kind: 'refused',
  outcome: rejected('input', sentence, next),
  field,
});

/** Errors are shown below input blocks only: the named one, else the first; without any the modal is replaced. */
function refusedAck(view: ViewBody, outcome: Rejected, field: string | undefined) {
  const inputs = view.blocks.filter((block) => block.type === 'input').map((block) => block.block_id ?? '');
  const block = field !== undefined && inputs.includes(field) ? field : inputs[0];
  return block
    ? ({ response_action: 'errors', errors: { [block]: errorText(outcome) } } as const)
    : ({ response_action: 'update', view: refusalModal(outcome) } as const);
}

/** A modal that was submitted: decided first, then acknowledged with the result. */
export function onSubmit<N extends FormName>(
  app: App,
  deps: ListenerDeps,
  name: N,
  handle: (at: SubmitDesk<N>) => Promise<SubmitAnswer>,
): void {
  app.view({ callback_id: formId(name), type: 'view_submission' }, async ({ ack, body: raw }) => {
    const body = SubmitBody.parse(raw);
    const { view, user } = body;
    const key = `${view.id}:${view.hash}`;
    const meta = parseMeta(name, view.private_metadata);
    if (!meta) {
      const old = rejected('input', 'This form is of an older version.', 'Open it again from the card.');
      return await ack(refusedAck(view, old, undefined));
    }
    const place: Place = { incidentId: meta.incidentId, channel: meta.channel, below: meta.below };
    // Read beside the decision, not before it.
    const before = deps.store.incidents.get(meta.incidentId).catch(() => null);
    const told = async (text: string, events: number | null): Promise<void> => {
      await tell(deps, { user }, place.channel, text);
      if (events !== null) await refreshBelow(deps, place, ((await before)?.seq ?? 0) + events);
    };
    const decide = async (): Promise<SubmitAnswer> => {
      const clicker = { userId: user.id, teamId: user.team_id ?? body.team?.id ?? null };
      const proof = `submit ${name} ${key}`;
      const who = await deps.identity.of({ ...clicker, proof }, { afresh: true });
      if (!who.ok) return { kind: 'refused', outcome: rejected('identity', who.sentence, who.next) };
      return await handle({
        meta,
        place,
        values: view.state.values,
        actor: who.actor,
        key,
        send: (given) => send(deps, meta.incidentId, who.actor, key, given),
        row: () => before,
      });
    };
    const answer = await decideInTime(deps, decide, {
      done: (late) => told(lateText(late), late.kind === 'done' ? late.outcome.events : null),
      failed: () => told(uncertain('send the form again'), null),
    });
    if (answer.kind === 'refused') return await ack(refusedAck(view, answer.outcome, answer.field));
    if (answer.kind === 'next') return await ack({ response_action: 'update', view: answer.view });
    // What was opened from the list of everything else goes back to the channel, not to that list.
    if (place.below?.shows === 'more') await ack({ response_action: 'clear' });
    else await ack();
    deps.later(() => told(outcomeText(answer.outcome, answer.say), answer.outcome.events));
  });
}

/** What became of a form that Slack had given up on: it still stands open, with Slack's error above it. */
function lateText(answer: SubmitAnswer): string {
  if (answer.kind === 'refused') return outcomeText(answer.outcome, '');
  if (answer.kind === 'done') return `${outcomeText(answer.outcome, answer.say)} ${CLOSE_IT}`;
  return '*Not finished.* The form has another page: close it, please, and open it again from the card.';
}
const CLOSE_IT = 'The form that shows an error can be closed.';

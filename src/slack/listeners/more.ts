import type { App } from '@slack/bolt';
import { Severity } from '../../domain/incident/vocabulary.ts';
import { handOverModal, moreSheet, noteModal, severityModal } from '../blocks/modals/running.ts';
import { choiceIn, textIn, userIn } from '../blocks/modals/values.ts';
import { proseOf } from '../prose.ts';
import { onClick, onOpen } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { answered, onSubmit, wrongInput } from './submits.ts';

/** What is always possible and not what the incident waits for: two taps away. */
function openers(app: App, deps: ListenerDeps): void {
  onOpen(app, deps, 'more', 'More', ({ state, place }) => moreSheet(state, place));
  onOpen(app, deps, 'note', 'Add a note', ({ place }) => noteModal(place));
  onOpen(app, deps, 'severity', 'Severity', ({ state, place }) => severityModal(state, place));
  onOpen(app, deps, 'hand_over', 'Hand over', ({ state, place }) => handOverModal(state, place));
  onClick(app, deps, 'take_ownership', async (at) => {
    await at.answer(await at.send({ type: 'takeOwnership' }), 'You own this incident now.');
  });
}

export function register(app: App, deps: ListenerDeps): void {
  openers(app, deps);
  onSubmit(app, deps, 'note', async ({ values, send }) => {
    const text = textIn(values, 'text');
    if (!text) return wrongInput('The note is empty.', 'Write it, or cancel.', 'text');
    return answered(await send({ type: 'addNote', text: proseOf(text) }), 'The note is on record.', 'text');
  });
  onSubmit(app, deps, 'severity', async ({ values, send }) => {
    const severity = Severity.safeParse(choiceIn(values, 'severity'));
    if (!severity.success) return wrongInput('No severity is chosen.', 'Choose one.', 'severity');
    return answered(
      await send({ type: 'setSeverity', severity: severity.data }),
      'The severity is set.',
      'severity',
    );
  });
  onSubmit(app, deps, 'hand_over', async ({ values, send }) => {
    const userId = userIn(values, 'to');
    const to = userId ? await deps.identity.member(userId).catch(() => null) : null;
    if (!to) return wrongInput('Slack could not say who this is.', 'Try again, or choose another.', 'to');
    if (!to.ok) return wrongInput(to.because, 'Choose a full member of this workspace.', 'to');
    return answered(await send({ type: 'handOver', to: to.actorId }), `Handed over to <@${userId}>.`, 'to');
  });
}

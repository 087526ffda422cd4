import type { App } from '@slack/bolt';
import { refusal } from '../../domain/incident/refusal.ts';
import { Severity } from '../../domain/incident/vocabulary.ts';
import { actionPattern, clickValue, incidentOfMoreBlock, MoreChoice, parseClick } from '../action-ids.ts';
import { endOtherwiseModal, handOverModal, noteModal, severityModal } from '../blocks/modals/running.ts';
import { choiceIn, textIn, userIn } from '../blocks/modals/values.ts';
import { proseOf } from '../prose.ts';
import { ClickBody } from './bodies.ts';
import { openFor, withDesk } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { decideInTime } from './in-time.ts';
import { outcomeText } from './send.ts';
import { answered, onSubmit, wrongInput } from './submits.ts';

function menu(app: App, deps: ListenerDeps): void {
  app.action(actionPattern('more'), async ({ ack, body: raw }) => {
    const body = ClickBody.parse(raw);
    const [action] = body.actions;
    const incidentId = incidentOfMoreBlock(action?.block_id ?? '') ?? '';
    const choice = MoreChoice.safeParse(action?.selected_option?.value).data;
    const click = parseClick('more', clickValue({ do: 'more', incidentId }));
    if (choice === 'take_ownership')
      await decideInTime(deps, () =>
        withDesk(deps, body, click, async (at) => {
          await at.tell(outcomeText(await at.send({ type: 'takeOwnership' }), 'You own this incident now.'));
        }),
      );
    else
      await openFor(deps, body, click, 'More', ({ state, place }) => {
        if (choice === 'note') return noteModal(place);
        if (choice === 'severity') return severityModal(state, place);
        if (choice === 'hand_over') return handOverModal(state, place);
        if (choice === 'end_otherwise') return endOtherwiseModal(place);
        return { ok: false, ...refusal('no-change') };
      });
    await ack();
  });
}

export function register(app: App, deps: ListenerDeps): void {
  menu(app, deps);
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

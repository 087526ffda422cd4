import type { App } from '@slack/bolt';
import { refusal } from '../../domain/incident/refusal.ts';
import { firstActionModal, nameSessionModal, TYPED_SESSION } from '../blocks/modals/running.ts';
import { choiceIn, textIn } from '../blocks/modals/values.ts';
import { proseOf } from '../prose.ts';
import { onOpen } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { answered, onSubmit, wrongInput } from './submits.ts';

function nameSession(app: App, deps: ListenerDeps): void {
  onOpen(app, deps, 'name_session', 'Name the session', ({ state, place }) =>
    Object.keys(state.sessions).length === 0
      ? nameSessionModal(state, place)
      : { ok: false, ...refusal('session-known') },
  );
  onSubmit(app, deps, 'name_session', async ({ values, send, row }) => {
    const pick = choiceIn(values, 'pick');
    const typed = textIn(values, 'session');
    const offered = (await row())?.state.offered ?? [];
    const picked = pick === null || pick === TYPED_SESSION ? undefined : offered[Number(pick)]?.sessionId;
    const sessionId = typed ?? picked;
    if (!sessionId) return wrongInput('No session is named.', 'Pick one, or type its id.', 'session');
    const outcome = await send({ type: 'nameSession', sessionId });
    return answered(outcome, 'The session is named; it is stopped first.', 'session');
  });
}

function firstAction(app: App, deps: ListenerDeps): void {
  onOpen(app, deps, 'first_action', 'First action', ({ state, place }) => firstActionModal(state, place));
  onSubmit(app, deps, 'first_action', async ({ values, send }) => {
    const note = textIn(values, 'note');
    if (!note) return wrongInput('A note is needed.', 'Say what you found.', 'note');
    return answered(
      await send({ type: 'completeFirstAction', note: proseOf(note) }),
      'The first action is on record as done.',
      'note',
    );
  });
}

export function register(app: App, deps: ListenerDeps): void {
  nameSession(app, deps);
  firstAction(app, deps);
}

import { plural } from '../../domain/incident/words.ts';
import type { App } from '@slack/bolt';
import { isContained } from '../../domain/incident/containment.ts';
import { refusal } from '../../domain/incident/refusal.ts';
import { releaseModal, takeOverModal } from '../blocks/modals/actions.ts';
import { choiceIn, textIn } from '../blocks/modals/values.ts';
import { stuckTargets } from '../blocks/reading.ts';
import { proseOf } from '../prose.ts';
import { onClick, onOpen } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { rejected } from './send.ts';
import { answered, onSubmit, wrongInput } from './submits.ts';

function takeOver(app: App, deps: ListenerDeps): void {
  onOpen(app, deps, 'take_over', 'Take it over', ({ state, place }) => {
    const targets = stuckTargets(state).slice(0, 10);
    if (targets.length > 0) return takeOverModal(targets, place);
    return Object.values(state.targets).every(isContained)
      ? { ok: false, ...refusal('target-contained') }
      : rejected(
          'input',
          'The stop is being tried right now.',
          'Take it over if the card says that it failed.',
        );
  });
  onSubmit(app, deps, 'take_over', async ({ meta, values, send }) => {
    const reason = textIn(values, 'reason');
    const targetId = meta.targetIds[Number(choiceIn(values, 'target') ?? 0)];
    if (!reason || !targetId) return wrongInput('A reason is needed.', 'Say how you know.', 'reason');
    const outcome = await send({ type: 'takeOverContainment', targetId, reason: proseOf(reason) });
    return answered(outcome, 'You answer for it that it is stopped. The evidence is sealed next.', 'reason');
  });
}

function retry(app: App, deps: ListenerDeps): void {
  onClick(app, deps, 'retry_stop', async (at) => {
    const state = (await at.row())?.state;
    const targets = state ? stuckTargets(state) : [];
    if (targets.length === 0) return await at.tell('Nothing waits for another try.');
    const said = `The stop of ${plural(targets.length, 'session')} is tried again.`;
    const [first, ...others] = await Promise.all(
      targets.map(({ targetId }) => at.send({ type: 'retryContainment', targetId })),
    );
    const refused = others.find(({ ok }) => !ok);
    if (first) await at.answer(refused ?? first, said);
  });
}

function release(app: App, deps: ListenerDeps): void {
  onOpen(app, deps, 'release', 'Release the agent', ({ state, place }) =>
    state.held ? releaseModal(state.agent, place) : { ok: false, ...refusal('not-held') },
  );
  onSubmit(app, deps, 'release', async ({ values, send }) => {
    const reason = textIn(values, 'reason');
    if (!reason) return wrongInput('A reason is needed.', 'Say why it is safe.', 'reason');
    return answered(
      await send({ type: 'releaseAgent', reason: proseOf(reason) }),
      'The agent is released; it may start new sessions.',
      'reason',
    );
  });
}

export function register(app: App, deps: ListenerDeps): void {
  takeOver(app, deps);
  retry(app, deps);
  release(app, deps);
}

import type { App } from '@slack/bolt';
import { refusal } from '../../domain/incident/refusal.ts';
import { confirmCascadeModal, pathIn } from '../blocks/modals/confirm.ts';
import { textIn } from '../blocks/modals/values.ts';
import { pathFrom } from '../../domain/incident/path.ts';
import { analysisOf } from '../blocks/reading.ts';
import { onOpen } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { answered, onSubmit, wrongInput } from './submits.ts';

export function register(app: App, deps: ListenerDeps): void {
  onOpen(app, deps, 'confirm_cascade', 'Cascade path', ({ state, place }) => {
    const { origin } = state;
    const analysis = origin ? (state.sessions[origin.sessionId]?.analysis ?? analysisOf(state)) : null;
    if (!origin || !analysis) return { ok: false, ...refusal('origin-first') };
    return confirmCascadeModal(origin.step, state.cascade ?? pathFrom(analysis, origin.step), place);
  });
  onSubmit(app, deps, 'confirm_cascade', async ({ values, send }) => {
    const path = pathIn(textIn(values, 'path'));
    if (!path)
      return wrongInput('These are not step numbers.', 'Write them with commas between: 7, 9, 12.', 'path');
    return answered(
      await send({ type: 'confirmCascade', path }),
      `Cascade path confirmed: ${path.join(' → ')}.`,
      'path',
    );
  });
}

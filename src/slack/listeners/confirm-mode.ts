import type { App } from '@slack/bolt';
import { FailureMode } from '../../domain/session/analysis.ts';
import { refusal } from '../../domain/incident/refusal.ts';
import { confirmModeModal } from '../blocks/modals/confirm.ts';
import { choiceIn, textIn } from '../blocks/modals/values.ts';
import { analysisOf } from '../blocks/reading.ts';
import { modeWords } from '../../domain/incident/words.ts';
import { proseOf } from '../prose.ts';
import { onOpen } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { answered, onSubmit, wrongInput } from './submits.ts';

export function register(app: App, deps: ListenerDeps): void {
  onOpen(app, deps, 'confirm_mode', 'Failure mode', ({ state, place }) => {
    const analysis = analysisOf(state);
    return analysis ? confirmModeModal(state, analysis, place) : { ok: false, ...refusal('no-analysis') };
  });
  onSubmit(app, deps, 'confirm_mode', async ({ values, send }) => {
    const mode = FailureMode.safeParse(choiceIn(values, 'mode'));
    if (!mode.success) return wrongInput('No mode is chosen.', 'Choose one of the four.', 'mode');
    const misfit = textIn(values, 'misfit');
    const outcome = await send({
      type: 'confirmMode',
      mode: mode.data,
      misfit: misfit ? proseOf(misfit) : null,
    });
    const field = !outcome.ok && outcome.code === 'misfit-needed' ? 'misfit' : 'mode';
    return answered(outcome, `Failure mode confirmed: ${modeWords[mode.data]}.`, field);
  });
}

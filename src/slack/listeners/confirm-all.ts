import type { App } from '@slack/bolt';
import { pathFrom } from '../../domain/incident/path.ts';
import type { IncidentState, SuggestedAnalysis } from '../../domain/incident/state.ts';
import { modeWords } from '../../domain/incident/words.ts';
import { analysisOf } from '../blocks/reading.ts';
import { escape } from '../blocks/text.ts';
import { onClick } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { outcomeText } from './send.ts';

/** What one tap confirms: the suggested mode, origin and path, those of them that nobody confirmed yet. mrkdwn. */
function confirmedWords(state: IncidentState, analysis: SuggestedAnalysis): string {
  const step = analysis.candidates[0]?.step ?? 0;
  const parts = [
    ...(state.mode.confirmed ? [] : [modeWords[analysis.mode]]),
    ...(state.origin ? [] : [`fault origin step ${step}`]),
    ...(state.cascade ? [] : [`path ${pathFrom(analysis, step).join(' → ')}`]),
  ];
  const acknowledged = state.acknowledgedAt === null ? 'Acknowledged. ' : '';
  return `${acknowledged}${parts.length > 0 ? `Confirmed: ${escape(parts.join('; '))}.` : ''}`.trim();
}

/** One tap for a clear suggestion, and whoever gives it has the incident. */
export const register = (app: App, deps: ListenerDeps): void =>
  onClick(app, deps, 'confirm_all', async (at) => {
    const state = (await at.row())?.state;
    const analysis = state && analysisOf(state);
    if (!state || !analysis || !analysis.analysisSha256.startsWith(at.click.seen))
      return await at.tell(
        '*Not done.* The suggestion has changed since you saw it. Look at the newest card.',
      );
    const { sessionId, analysisSha256 } = analysis;
    const outcome = await at.send({ type: 'confirmAnalysis', sessionId, analysisSha256 });
    await at.answer(outcome, async (decided) =>
      !decided.ok && decided.code === 'no-change'
        ? 'Confirmed already.'
        : outcomeText(decided, confirmedWords(state, analysis) || 'Confirmed already.'),
    );
  });

import type { App } from '@slack/bolt';
import { refusal } from '../../domain/incident/refusal.ts';
import type { SuggestedAnalysis } from '../../domain/incident/state.ts';
import type { OriginCandidate } from '../../domain/session/analysis.ts';
import { confirmCascadeModal, confirmOriginModal, OTHER_STEP } from '../blocks/modals/confirm.ts';
import { choiceIn, wholeIn } from '../blocks/modals/values.ts';
import { analysisOf, pathFrom } from '../blocks/reading.ts';
import { onOpen } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { answered, onSubmit, wrongInput } from './submits.ts';

async function candidatesOf(deps: ListenerDeps, analysis: SuggestedAnalysis): Promise<OriginCandidate[]> {
  try {
    const file = await deps.evidence.loadAnalysis(analysis.analysisUri, analysis.analysisSha256);
    return file.faultOrigin.candidates;
  } catch (error) {
    deps.log.warn('the sealed analysis could not be read', error);
    return [];
  }
}

export function register(app: App, deps: ListenerDeps): void {
  onOpen(app, deps, 'confirm_origin', 'Fault origin', async ({ state, place }) => {
    const analysis = analysisOf(state);
    if (!analysis) return { ok: false, ...refusal('no-analysis') };
    const { seal } = state.sessions[analysis.sessionId] ?? { seal: null };
    const best = analysis.candidates[0]?.step;
    const context =
      best && seal && deps.evidence.loadContext
        ? await deps.evidence.loadContext(seal.uri, best).catch((): string[] => [])
        : [];
    const candidates = await candidatesOf(deps, analysis);
    return confirmOriginModal({ analysis, steps: seal?.steps ?? 0, candidates, context }, place);
  });

  onSubmit(app, deps, 'confirm_origin', async ({ meta, place, values, send, row }) => {
    const candidate = choiceIn(values, 'candidate');
    const typed = wholeIn(values, 'step');
    if (candidate === OTHER_STEP && typed === null)
      return wrongInput('An exact step is needed.', 'Type its number.', 'step');
    if (candidate !== OTHER_STEP && typed !== null && String(typed) !== candidate)
      return wrongInput(
        'Two different steps are given.',
        'Choose “Another step”, or leave the number empty.',
        'step',
      );
    const step = typed ?? Number(candidate);
    const outcome = await send({ type: 'confirmOrigin', sessionId: meta.sessionId, step });
    const state = (await row())?.state;
    const analysis = state && analysisOf(state);
    if (!outcome.ok || outcome.pending || !analysis)
      return answered(
        outcome,
        `Fault origin confirmed: step ${step}.`,
        candidate === OTHER_STEP ? 'step' : 'candidate',
      );
    return { kind: 'next', view: confirmCascadeModal(step, pathFrom(analysis, step), place) };
  });
}

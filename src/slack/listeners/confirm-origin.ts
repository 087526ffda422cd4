import type { App } from '@slack/bolt';
import { refusal } from '../../domain/incident/refusal.ts';
import type { IncidentState, SuggestedAnalysis } from '../../domain/incident/state.ts';
import type { Seal } from '../../domain/incident/vocabulary.ts';
import type { OriginCandidate } from '../../domain/session/analysis.ts';
import { confirmCascadeModal, confirmOriginModal, OTHER_STEP } from '../blocks/modals/confirm.ts';
import { choiceIn, wholeIn, type Values } from '../blocks/modals/values.ts';
import { pathFrom } from '../../domain/incident/path.ts';
import { analysisOf } from '../blocks/reading.ts';
import type { Place } from '../form-ids.ts';
import { onOpen, replace, type Opened } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { onTold } from './told.ts';
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

/** What stood in the context window at a step; empty when it cannot be read. */
async function contextAt(deps: ListenerDeps, seal: Seal | null, step: number | null): Promise<string[]> {
  if (step === null || !seal || !deps.evidence.loadContext) return [];
  return await deps.evidence.loadContext(seal.uri, step).catch((): string[] => []);
}

/** The form with the context of one step: the best candidate's to begin with. */
async function originForm(
  deps: ListenerDeps,
  state: IncidentState,
  step: number | null,
  place: Place,
): Promise<Opened> {
  const analysis = analysisOf(state);
  if (!analysis) return { ok: false, ...refusal('no-analysis') };
  const { seal } = state.sessions[analysis.sessionId] ?? { seal: null };
  const shown = step ?? analysis.candidates[0]?.step ?? null;
  const [candidates, context] = await Promise.all([
    candidatesOf(deps, analysis),
    contextAt(deps, seal, shown),
  ]);
  return confirmOriginModal({ analysis, steps: seal?.steps ?? 0, candidates, step: shown, context }, place);
}

/** The step that a person is looking at: the chosen candidate, or the number typed. */
function stepLookedAt(values: Values): number | null {
  const candidate = choiceIn(values, 'candidate');
  return candidate === OTHER_STEP || candidate === null ? wholeIn(values, 'step') : Number(candidate);
}

export function register(app: App, deps: ListenerDeps): void {
  onOpen(app, deps, 'confirm_origin', 'Fault origin', ({ state, place }) =>
    originForm(deps, state, null, place),
  );
  onTold(app, deps, 'confirm_origin', /^(candidate|step)$/, async ({ values, place, view, row }) => {
    const state = (await row())?.state;
    const step = stepLookedAt(values);
    if (!state || step === null) return;
    const form = await originForm(deps, state, step, place);
    if ('type' in form) await replace(deps, view, form);
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

import type { IncidentState } from '../../domain/incident/state.ts';
import type { IncidentRow, Store } from '../../store/port.ts';
import { analysisOf, type Reader } from '../blocks/reading.ts';
import { slackUserOf } from '../people.ts';
import type { PlanFile } from '../plan-file.ts';
import type { ListenerDeps } from './deps.ts';

export interface ReadingDeps extends Pick<ListenerDeps, 'evidence' | 'pageUrl' | 'now' | 'log'> {
  store: Pick<Store, 'incidents' | 'documents'> & { directory: Pick<Store['directory'], 'names'> };
}

/** Ids whose names Slack does not show by itself. */
const strangers = (state: IncidentState): string[] =>
  [
    state.ownerId,
    state.ending?.proposedBy,
    ...Object.values(state.signOffs).flatMap((request) => [
      request.requestedBy,
      ...request.signatures.map((signature) => signature.by),
    ]),
    ...Object.keys(state.distribution?.receipts ?? {}),
  ].filter((id): id is string => typeof id === 'string' && slackUserOf(id) === null);

/** Names, quotes and the time: what presenters need beside the state. Evidence that cannot be read is left out. */
export async function readerOf(deps: ReadingDeps, row: IncidentRow): Promise<Reader> {
  const { state, head } = row;
  const ids = strangers(state);
  const names = ids.length > 0 ? await deps.store.directory.names(ids) : {};
  return {
    nowMs: deps.now(),
    names,
    head: head || null,
    pageUrl: deps.pageUrl(state.incidentId),
    ...(state.origin === null && state.status === 'open' ? await sealedOf(deps, state) : NOTHING_SEALED),
  };
}

type Sealed = Pick<Reader, 'quotes' | 'advice'>;
const NOTHING_SEALED: Sealed = { quotes: [], advice: null };

/** What the sealed analysis says beside the state: the first candidate's quotes, and a model's opinion. */
async function sealedOf(deps: ReadingDeps, state: IncidentState): Promise<Sealed> {
  const analysis = analysisOf(state);
  const best = analysis?.candidates[0];
  if (!analysis || !best) return NOTHING_SEALED;
  try {
    const { faultOrigin, advice } = await deps.evidence.loadAnalysis(
      analysis.analysisUri,
      analysis.analysisSha256,
    );
    const quotes = faultOrigin.candidates.find((one) => one.step === best.step)?.citations ?? [];
    return { quotes, advice: advice ?? null };
  } catch (error) {
    deps.log.warn('the sealed analysis could not be read', error);
    return NOTHING_SEALED;
  }
}

/** The sealed list of a class, or null when it cannot be read. */
export async function planOf(
  deps: ReadingDeps,
  state: IncidentState,
  classId: string,
): Promise<PlanFile | null> {
  const spec = state.classes[classId]?.spec;
  if (!spec) return null;
  try {
    return await deps.evidence.loadPlan(spec.planUri, spec.planSha256);
  } catch (error) {
    deps.log.warn('a sealed plan could not be read', error);
    return null;
  }
}

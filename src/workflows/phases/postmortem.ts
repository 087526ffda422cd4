import { lessonBasis, mapBasis } from '../../domain/incident/basis.ts';
import { isSettled, unplannedClasses } from '../../domain/incident/classes.ts';
import type { IncidentState } from '../../domain/incident/state.ts';
import type { Desk } from '../desk.ts';
import { distributing } from '../proxies.ts';

/** What a draft is made from: it is written again when one of these changes. */
const draftBasis = ({ state, isOfThirdRelease }: Desk): string =>
  [
    mapBasis(state),
    lessonBasis(state),
    state.cascade?.join('-') ?? '',
    Object.values(state.classes).filter(isSettled).length,
    // Nothing drafted says a word of these; runs that began before drafted again all the same.
    ...(isOfThirdRelease
      ? []
      : [state.postmortem.gap?.text.sha256.slice(0, 8) ?? '', Object.keys(state.postmortem.factors).length]),
  ].join(';');

const canDraft = (state: IncidentState): boolean =>
  state.blast !== null &&
  state.cascade !== null &&
  !state.postmortem.final &&
  unplannedClasses(state).length === 0;

async function draft(desk: Desk): Promise<void> {
  const { basis, sections } = await desk.afterRecord(async (record) => {
    const basis = draftBasis(desk);
    const { incidentId } = desk.state;
    return { basis, sections: await distributing.draftPostmortem({ incidentId, record }) };
  });
  for (const { section, text } of sections) {
    const now = desk.state.postmortem.sections[section];
    if (now?.by !== 'person' && now?.text.sha256 !== text.sha256)
      desk.apply({ type: 'draftSection', section, text });
  }
  desk.carried.draftBasis = basis;
}

/** The engine drafts what it knows; people write the rest and make it final. */
export async function postmortem(desk: Desk): Promise<void> {
  await desk.until(() => desk.state.postmortem.final);
}

/** Opens as soon as every irreversible action has its plan, beside the reversals that still run. */
export const keepDrafting = (desk: Desk): void =>
  desk.keep(
    'draft',
    () => (canDraft(desk.state) && desk.carried.draftBasis !== draftBasis(desk) ? ['draft'] : []),
    () => draft(desk),
  );

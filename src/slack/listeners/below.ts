import { setTimeout as sleep } from 'node:timers/promises';
import type { IncidentRow } from '../../store/port.ts';
import { checklistModal } from '../blocks/modals/checklist.ts';
import { postmortemModal } from '../blocks/modals/postmortem.ts';
import { placeBelow, type Place } from '../form-ids.ts';
import type { ListenerDeps } from './deps.ts';
import { replace } from './clicks.ts';

/** How long the projection may lag behind a decision before a modal is filled with what there is. */
const LAG_MS = 2_000;
const STEP_MS = 50;

/** The projection once it has event `seq`, or as it is after a while. */
export async function rowAt(
  deps: ListenerDeps,
  incidentId: string,
  seq: number,
): Promise<IncidentRow | null> {
  const until = performance.now() + LAG_MS;
  for (;;) {
    const row = await deps.store.incidents.get(incidentId);
    if ((row && row.seq >= seq) || performance.now() >= until) return row;
    await sleep(STEP_MS);
  }
}

/** Shows the newest state in the modal below the one that was submitted; what was typed there stays. */
export async function refreshBelow(deps: ListenerDeps, place: Place, seq: number): Promise<void> {
  if (!place.below) return;
  const row = await rowAt(deps, place.incidentId, seq);
  if (!row) return;
  const { viewId, shows } = place.below;
  if (shows === 'more') return;
  const under = placeBelow(place);
  const view = shows === 'postmortem' ? postmortemModal(row.state, under) : checklistModal(row.state, under);
  await replace(deps, { viewId }, view);
}

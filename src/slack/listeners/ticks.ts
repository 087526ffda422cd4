import { z } from 'zod';
import type { PlannedAction } from '../plan-file.ts';
import { indicesOf, Ranges, rangesOf } from '../../domain/incident/ranges.ts';
import { ticksIn, type Values } from '../blocks/modals/values.ts';
import { PAGE, tickBlocks } from '../blocks/sign-off/modals.ts';
import { sha256Of } from '../prose.ts';
import type { ListenerDeps } from './deps.ts';

const KIND = 'slack_ticks';
const Ticks = z.object({ ranges: Ranges });

/** Ticks belong to one person, one request and one digest: a changed plan starts unticked. */
export interface TickKey {
  requestId: string;
  seen: string;
  actorId: string;
}
const keyOf = ({ requestId, seen, actorId }: TickKey): string =>
  `${requestId}:${actorId}:${sha256Of(seen).slice(0, 16)}`;

/** Action indices that the person has ticked so far, on every page. */
export async function ticksOf(
  deps: Pick<ListenerDeps, 'store'>,
  requestId: string,
  seen: string,
  actorId: string,
): Promise<Set<number>> {
  const kept = Ticks.safeParse(await deps.store.documents.get(KIND, keyOf({ requestId, seen, actorId })));
  return new Set(kept.success ? indicesOf(kept.data.ranges) : []);
}

/** What is shown on a page, and which of it is ticked. */
export interface PageTicks {
  shown: number[];
  ticked: number[];
}

export function tickedNow(values: Values, list: PlannedAction[], page: number): PageTicks {
  const shown = list.slice(page * PAGE, (page + 1) * PAGE).map((action) => action.index);
  const ticked = tickBlocks(page)
    .flatMap((blockId) => ticksIn(values, blockId))
    .map(Number)
    .filter((index) => shown.includes(index));
  return { shown, ticked };
}

/** Saves a page: what it shows and is not ticked is taken back, other pages stay as they were. */
export async function keepTicks(
  deps: Pick<ListenerDeps, 'store'>,
  key: TickKey,
  { shown, ticked }: PageTicks,
): Promise<void> {
  const all = await ticksOf(deps, key.requestId, key.seen, key.actorId);
  for (const index of shown) all.delete(index);
  for (const index of ticked) all.add(index);
  await deps.store.documents.put(KIND, keyOf(key), { ranges: rangesOf(all) });
}

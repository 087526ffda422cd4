import { z } from 'zod';
import type { IncidentFilter, IncidentRow, Lists, Projection } from '../../store/port.ts';
import { IncidentLineView, lineView } from './line.ts';
import type { NamesOf } from './overview.ts';

export const SearchView = z.object({
  incidents: z.array(IncidentLineView).describe('newest first'),
  matching: z.int(),
  next: z.string().nullable().describe('goes into `before`; null: this was the last page'),
});
export type SearchView = z.infer<typeof SearchView>;

/** Where a page of the list ended. */
export interface Place {
  before: number;
  beforeId?: string;
}

export const CURSOR = /^(\d{1,15})(?::([^\p{Cc}]{1,200}))?$/u;

/** `<opened at, ms>:<incident id>` */
const cursorOf = ({ state, incidentId }: IncidentRow): string => `${state.openedAt}:${incidentId}`;

export function placeOf(cursor: string): Place | null {
  const [, at, beforeId] = CURSOR.exec(cursor) ?? [];
  return at === undefined ? null : { before: Number(at), ...(beforeId === undefined ? {} : { beforeId }) };
}

export async function searchView(
  { incidents, lists }: { incidents: Pick<Projection, 'list'>; lists: Pick<Lists, 'count'> },
  filter: IncidentFilter,
  { nameOf, nowMs, limit, place }: { nameOf: NamesOf; nowMs: number; limit: number; place: Place | null },
): Promise<SearchView> {
  const [rows, matching] = await Promise.all([
    incidents.list({ ...filter, ...place, limit: limit + 1 }),
    lists.count(filter),
  ]);
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const name = await nameOf(shown.flatMap(({ state }) => state.ownerId ?? []));
  return {
    incidents: shown.map((row) => lineView(row, name, nowMs)),
    matching,
    next: last ? cursorOf(last) : null,
  };
}

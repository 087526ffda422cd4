import { z } from 'zod';
import type { IncidentFilter, Lists } from '../../store/port.ts';
import { type NameOf } from './fields.ts';
import { IncidentLineView, lineView, PendingSignOff } from './line.ts';

export const OverviewView = z.object({
  counts: z.object({
    open: z.int(),
    unowned: z.int().describe('open ones that nobody owns'),
    pendingSignOffs: z.int(),
    late: z.int().describe('open ones past the due time of their distribution'),
    dueSoon: z.int().describe('open ones whose distribution is due within 12 hours'),
    openRemediation: z.int().describe('actions neither reversed, declined nor remediated'),
  }),
  incidents: z
    .array(IncidentLineView)
    .describe(
      'open ones, the most urgent first: agent not known to be stopped, late, then by what is due next',
    ),
  matching: z.int().describe('open ones that match the filter'),
  signOffs: z.array(PendingSignOff).describe('of the listed incidents, the next to expire first'),
});
export type OverviewView = z.infer<typeof OverviewView>;

export const OVERVIEW_LIMIT = 25;

export async function overviewView(
  lists: Lists,
  filter: IncidentFilter,
  { nameOf, nowMs, limit = OVERVIEW_LIMIT }: { nameOf: NamesOf; nowMs: number; limit?: number },
): Promise<OverviewView> {
  const open: IncidentFilter = { ...filter, status: 'open' };
  const [counts, rows, matching] = await Promise.all([
    lists.openCounts(nowMs),
    lists.urgent({ ...open, limit, nowMs }),
    lists.count(open),
  ]);
  const name = await nameOf(rows.flatMap(({ state }) => state.ownerId ?? []));
  const incidents = rows.map((row) => lineView(row, name, nowMs));
  const signOffs = incidents
    .flatMap((incident) => incident.signOffs)
    .sort((a, b) => a.dueAt.localeCompare(b.dueAt));
  return { counts, incidents, matching, signOffs };
}

/** Reads the names of some people at once. */
export type NamesOf = (actorIds: string[]) => Promise<NameOf>;

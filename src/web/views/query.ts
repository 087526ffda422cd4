import { z } from 'zod';
import { Severity } from '../../domain/incident/vocabulary.ts';
import { FailureModeOrUnknown } from '../../domain/session/analysis.ts';
import type { IncidentFilter } from '../../store/port.ts';
import { Name } from './fields.ts';
import { PhaseName } from './line.ts';

/** `2026-03-01`, the first moment of that day in UTC. */
const Day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .refine((day) => !Number.isNaN(Date.parse(`${day}T00:00:00Z`)))
  .describe('a day, UTC: 2026-03-01');

/** Which incidents: the same in the address of a page and of the API. */
export const FilterQuery = z.object({
  q: z.string().max(300).describe('words that begin words of the incident').optional(),
  status: z.enum(['open', 'ended']).optional(),
  agent: Name.optional(),
  severity: Severity.optional(),
  phase: PhaseName.optional(),
  mode: FailureModeOrUnknown.describe('as confirmed, else as suggested').optional(),
  owner: Name.describe('an actor id, or `nobody`').optional(),
  from: Day.optional(),
  to: Day.describe('a day, UTC, included').optional(),
  late: z.enum(['true', 'false']).optional(),
});
export type FilterQuery = z.infer<typeof FilterQuery>;

const DAY_MS = 86_400_000;
const dayMs = (day: string): number => Date.parse(`${day}T00:00:00Z`);

export function filterOf(query: FilterQuery): IncidentFilter {
  const { q, owner, from, to, late, status, agent, severity, phase, mode } = query;
  return {
    ...(status && { status }),
    ...(agent && { agent }),
    ...(severity && { severity }),
    ...(phase && { phase }),
    ...(mode && { mode }),
    ...(q !== undefined && q.trim() !== '' ? { text: q } : {}),
    ...(owner === undefined ? {} : { ownerId: owner === 'nobody' ? null : owner }),
    ...(from === undefined ? {} : { openedFrom: dayMs(from) }),
    ...(to === undefined ? {} : { openedBefore: dayMs(to) + DAY_MS }),
    ...(late === undefined ? {} : { late: late === 'true' }),
  };
}

/** The address with some of its fields changed; undefined and empty ones leave it. */
export function addressOf(path: string, query: Record<string, string | undefined>): string {
  const pairs = Object.entries(query).filter((pair): pair is [string, string] => !!pair[1]);
  return pairs.length > 0 ? `${path}?${new URLSearchParams(pairs).toString()}` : path;
}

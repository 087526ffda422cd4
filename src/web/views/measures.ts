import { z } from 'zod';
import type { IncidentFilter, Lists, Measure } from '../../store/port.ts';
import { FailureModeOrUnknown } from '../../domain/session/analysis.ts';

/** What each measure counts, in words a reader can check. */
export const DEFINITIONS: Readonly<Record<Measure['name'], string>> = {
  contain:
    'From the opening of the incident until its first session was stopped: confirmed by the adapter, over before, or answered for by a person.',
  classify:
    'From the opening of the incident until the engine’s first classification; the runbook asks for under five minutes.',
  sign_off:
    'Of each decided sign-off: from the request, in its last round, until the signature that decided it.',
  distribute: 'From the opening of the incident until every recipient had the postmortem.',
};

export const MeasuresView = z.object({
  measures: z.array(
    z.object({
      name: z.enum(['contain', 'classify', 'sign_off', 'distribute']),
      definition: z.string(),
      n: z.int().nonnegative(),
      medianMs: z.number().nullable().describe('null where n is 0'),
      p90Ms: z.number().nullable(),
    }),
  ),
  distribution: z.object({
    distributed: z.int(),
    inTime: z.int().describe('of these, within the 48 hours'),
    late: z.int().describe('past the 48 hours, distributed or not'),
    share: z
      .number()
      .nullable()
      .describe('in time / (in time + late); null while the clock of none has run out or stopped'),
  }),
  openRemediation: z.int().describe('actions of open incidents neither reversed, declined nor remediated'),
  incidents: z.int(),
  outcomes: z.array(z.object({ status: z.string(), n: z.int() })),
  modes: z.array(z.object({ mode: FailureModeOrUnknown.nullable(), n: z.int() })),
  modesOverTime: z.object({
    unit: z.enum(['week', 'month']),
    periods: z.array(
      z.object({
        from: z.string().describe('first day of the period, UTC'),
        modes: z.array(z.object({ mode: FailureModeOrUnknown.nullable(), n: z.int() })),
        n: z.int(),
      }),
    ),
  }),
});
export type MeasuresView = z.infer<typeof MeasuresView>;

const MODE = FailureModeOrUnknown.nullable();
/** The newest periods that a page shows. */
const MOST_PERIODS = 26;

function periodsOf(rows: Awaited<ReturnType<Lists['modesOverTime']>>) {
  const periods = new Map<
    string,
    { from: string; modes: { mode: z.infer<typeof MODE>; n: number }[]; n: number }
  >();
  for (const { from, mode, n } of rows) {
    const period = periods.get(from) ?? { from, modes: [], n: 0 };
    period.modes.push({ mode: MODE.parse(mode), n });
    period.n += n;
    periods.set(from, period);
  }
  return [...periods.values()].slice(-MOST_PERIODS);
}

export async function measuresView(
  lists: Lists,
  filter: IncidentFilter,
  { unit, nowMs }: { unit: 'week' | 'month'; nowMs: number },
): Promise<MeasuresView> {
  const [durations, inTime, open, statuses, modes, overTime] = await Promise.all([
    lists.durations(filter),
    lists.inTime(filter),
    lists.openCounts(nowMs, filter.agent),
    lists.countsBy('status', filter),
    lists.countsBy('mode', filter),
    lists.modesOverTime(unit, filter),
  ]);
  const decided = inTime.inTime + inTime.late;
  return {
    measures: durations.map(({ name, n, median, p90 }) => ({
      name,
      definition: DEFINITIONS[name],
      n,
      medianMs: median,
      p90Ms: p90,
    })),
    distribution: { ...inTime, share: decided === 0 ? null : inTime.inTime / decided },
    openRemediation: open.openRemediation,
    incidents: statuses.reduce((sum, { n }) => sum + n, 0),
    outcomes: statuses.map(({ value, n }) => ({ status: value ?? '', n })),
    modes: modes.map(({ value, n }) => ({ mode: MODE.parse(value), n })),
    modesOverTime: { unit, periods: periodsOf(overTime) },
  };
}

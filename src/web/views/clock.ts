import { z } from 'zod';
import { isLate } from '../../domain/incident/line.ts';
import type { IncidentState } from '../../domain/incident/state.ts';
import { iso, isoOrNull, Moment } from './fields.ts';

/** How much of the time to the distribution is gone, in bands; `late` once it is over. */
export const Band = z.enum(['calm', 'half', 'soon', 'near', 'last', 'late', 'done', 'done_late', 'none']);
export type Band = z.infer<typeof Band>;

export const ClockView = z.object({
  state: z
    .enum(['running', 'late', 'done', 'done_late', 'none'])
    .describe('none: the incident ended without a distribution'),
  startedAt: Moment,
  dueAt: Moment,
  doneAt: Moment.nullable(),
});
export type ClockView = z.infer<typeof ClockView>;

/** The clock of the distribution, 48 hours unless the policy says otherwise. */
export function clockOf(state: IncidentState, nowMs: number): ClockView {
  const dueAt = state.openedAt + state.policy.distributionMs;
  const doneAt = state.distributed?.at ?? null;
  const word =
    doneAt !== null
      ? isLate(state)
        ? 'done_late'
        : 'done'
      : state.breachedAt !== null || (state.status === 'open' && nowMs >= dueAt)
        ? 'late'
        : state.status === 'open'
          ? 'running'
          : 'none';
  return { state: word, startedAt: iso(state.openedAt), dueAt: iso(dueAt), doneAt: isoOrNull(doneAt) };
}

const BANDS: readonly (readonly [number, Band])[] = [
  [0.95, 'last'],
  [0.85, 'near'],
  [0.75, 'soon'],
  [0.5, 'half'],
];

/** The band of a clock now. */
export function bandOf({ state, startedAt, dueAt }: ClockView, nowMs: number): Band {
  if (state !== 'running') return state;
  const start = Date.parse(startedAt);
  const gone = (nowMs - start) / Math.max(1, Date.parse(dueAt) - start);
  return BANDS.find(([from]) => gone > from)?.[1] ?? 'calm';
}

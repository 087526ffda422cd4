import { heartbeat } from '@temporalio/activity';
import type { Erased, Erasures } from '../store/port/erasures.ts';
import { UnderLegalHold } from '../store/errors.ts';
import type { RetainActivities, Retained, RetentionAges } from './types.ts';

export interface RetainDeps {
  erasures: Pick<Erasures, 'due' | 'eraseEvidence' | 'eraseWords'>;
  nowMs: () => number;
  /** Told after each incident. */
  beat?: () => void;
}

const DAY_MS = 86_400_000;
const days = (ms: number): string => `${Math.round((10 * ms) / DAY_MS) / 10} days`;

/** What is erased of one incident, unless a hold was placed meanwhile. */
async function eraseOne(
  { erasures }: RetainDeps,
  what: Erased['what'],
  order: { incidentId: string; by: string; reason: string },
): Promise<boolean> {
  try {
    if (what === 'evidence') return await erasures.eraseEvidence(order);
    await erasures.eraseWords(order);
    return true;
  } catch (error) {
    if (error instanceof UnderLegalHold) return false;
    throw error;
  }
}

/** Erases what is due, oldest end first; each incident by itself, so that a crash leaves the rest to a repeat. */
export async function retain(deps: RetainDeps, ages: RetentionAges, by: string): Promise<Retained> {
  const erased: Retained = { evidence: 0, words: 0 };
  for (const [what, ageMs] of [
    ['evidence', ages.evidenceMs],
    ['words', ages.wordsMs],
  ] as const) {
    if (ageMs === null) continue;
    const due = await deps.erasures.due({ what, endedBeforeMs: deps.nowMs() - ageMs });
    for (const { incidentId } of due) {
      const reason = `retention: ${what} for ${days(ageMs)} after the end`;
      if (await eraseOne(deps, what, { incidentId, by, reason })) erased[what] += 1;
      deps.beat?.();
    }
  }
  return erased;
}

export const createRetainActivities = (deps: Omit<RetainDeps, 'beat'>): RetainActivities => ({
  retain: (ages) => retain({ ...deps, beat: () => heartbeat() }, ages, 'retention policy'),
});

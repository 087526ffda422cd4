import { ApplicationFailure } from '@temporalio/workflow';
import { refusal, type Refusal } from '../domain/incident/refusal.ts';
import { REFUSED } from './messages.ts';

/** What an update fails with when the decider refuses: its words, and the refusal itself as the first detail. */
export const refused = (why: Refusal): ApplicationFailure =>
  ApplicationFailure.create({
    message: `${why.sentence} ${why.next}`,
    type: REFUSED,
    nonRetryable: true,
    details: [why],
  });

/** The refusal in it; null when it is something else. */
export const refusalOf = (error: unknown): Refusal | null => {
  if (!(error instanceof ApplicationFailure)) return null;
  if (error.type === REFUSED) return (error.details?.[0] as Refusal | undefined) ?? refusal('already-ended');
  return null;
};

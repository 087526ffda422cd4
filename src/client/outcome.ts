import {
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import { refusal, refusalCodes, type Refusal, type RefusalCode } from '../domain/incident/refusal.ts';
import { CLOCK, FORGED, REFUSED } from '../workflows/messages.ts';
import { ClockDiffers } from './errors.ts';

/** How sending one command went. `late`: no worker answered in time; `gone`: no run takes commands any more. */
export type Outcome =
  | { kind: 'accepted'; events: number; seq: number }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'gone' }
  | { kind: 'late'; cause: unknown };

const codes: ReadonlySet<string> = new Set(refusalCodes);
const RefusalDetail = z.object({
  code: z.string().refine((code): code is RefusalCode => codes.has(code)),
  sentence: z.string(),
  next: z.string(),
});

/** A run that closed while the update was on its way. */
const CLOSED_TYPES = new Set(['AcceptedUpdateCompletedWorkflow']);
const NOT_FOUND = 5;

/** What an error of an update means. Throws it again when the workflow could not believe us. */
export function outcomeOf(error: unknown): Outcome {
  if (error instanceof WorkflowExecutionAlreadyStartedError || error instanceof WorkflowNotFoundError)
    return { kind: 'gone' };
  if (error instanceof WorkflowUpdateFailedError) {
    const { cause } = error;
    if (!(cause instanceof ApplicationFailure)) return { kind: 'late', cause: error };
    if (cause.type === REFUSED) return { kind: 'refused', refusal: refusalIn(cause) };
    if (cause.type === FORGED && cause.details?.[0] === CLOCK) throw new ClockDiffers(error);
    if (cause.type === FORGED)
      throw new Error(`The incident refused our signature: ${cause.message}`, { cause: error });
    if (CLOSED_TYPES.has(cause.type ?? '')) return { kind: 'gone' };
  }
  if (grpcCode(error) === NOT_FOUND) return { kind: 'gone' };
  return { kind: 'late', cause: error };
}

function refusalIn(failure: ApplicationFailure): Refusal {
  const parsed = RefusalDetail.safeParse(failure.details?.[0]);
  return parsed.success ? parsed.data : { ...refusal('already-ended'), sentence: failure.message };
}

const grpcCode = (error: unknown): number | null => {
  const source = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return isGrpcServiceError(source) ? source.code : null;
};

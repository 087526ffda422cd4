import { inWorkflowContext, isCancellation } from '@temporalio/workflow';

/** Thrown through the phases when the incident has ended, or when this run hands over to the next. */
export class Stop extends Error {}

/**
 * The phases end, or the worker lets go of this run: then what is left of it goes on outside its context, where every
 * call fails and a log line that throws would take the whole worker down.
 */
export const isPassing = (error: unknown): boolean =>
  error instanceof Stop || isCancellation(error) || !inWorkflowContext();

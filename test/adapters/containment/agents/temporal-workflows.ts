import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/** Counts for ever; a cancel ends it as cancelled. */
export async function counting(): Promise<void> {
  for (;;) await sleep('100 milliseconds');
}

/** Answers a cancel by cleaning up and completing. */
export async function tidying(): Promise<string> {
  try {
    await sleep('1 hour');
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(() => sleep('50 milliseconds'));
  }
  return 'tidy';
}

/** Does not listen to a cancel. */
export async function deaf(): Promise<void> {
  await CancellationScope.nonCancellable(() => sleep('1 hour'));
}

/** Comes to its own end at once. */
export async function brief(): Promise<string> {
  return 'done';
}

import type { Worker } from '@temporalio/worker';

const LOOK_EVERY_MS = 1_000;
/** Longer than an orderly end takes (`shutdownGraceTime`). */
const BROKEN_AFTER_MS = 30_000;

/**
 * Rejects when the worker has stopped by itself and does not end: one that lost its workflow thread may drain for ever,
 * and a process that only looks alive is started again by nobody.
 */
export function brokenDown(worker: Pick<Worker, 'getState'>, leaving: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    let stoppedAt: number | null = null;
    const timer = setInterval(() => {
      if (leaving.aborted) return clearInterval(timer);
      if (worker.getState() === 'RUNNING') return void (stoppedAt = null);
      stoppedAt ??= Date.now();
      if (Date.now() - stoppedAt < BROKEN_AFTER_MS) return;
      clearInterval(timer);
      reject(new Error(`the worker stopped by itself and does not end (${worker.getState()})`));
    }, LOOK_EVERY_MS);
    timer.unref();
  });
}

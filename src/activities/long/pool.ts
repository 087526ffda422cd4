import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import { Piscina } from 'piscina';
import type { RawPage } from '../../adapters/traces/port.ts';
import type { NeutralSteps, StepsOrder } from '../preserve/neutral.ts';
import type { SealedSteps } from '../preserve/sealed.ts';
import type { JobName, JobOrder, JobResult } from './jobs.ts';

/**
 * Work on this many steps or more is given to a thread: it takes the process a quarter of a second or more, in which no
 * click is answered, no other incident goes on and no activity beats.
 */
export const LONG_STEPS = 1_000;
/** A session that needs more ends the thread, and with it one try of its activity, not the worker. */
const MOST_MEMORY_MB = 4_096;
const IDLE_MS = 30_000;

export interface Tasks {
  onSession<N extends JobName>(task: {
    name: N;
    sealed: SealedSteps;
    order: JobOrder<N>;
  }): Promise<JobResult<N>>;
  stepsOf(task: { packs: Uint8Array[]; order: StepsOrder }): Promise<NeutralSteps>;
  redactedPage(task: {
    page: RawPage;
    maskedFields: readonly string[];
  }): Promise<{ body: Uint8Array; masked: number }>;
}

let pool: Piscina | null = null;

function startPool(): Piscina {
  const started = new Piscina({
    filename: fileURLToPath(new URL('./thread.mjs', import.meta.url)),
    minThreads: 0,
    // One long session at a time: what they take of memory does not add up.
    maxThreads: 1,
    idleTimeout: IDLE_MS,
    atomics: 'disabled',
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
  });
  // Of a thread that could not begin; its task would wait for ever. The next one begins anew.
  started.on('error', () => {
    if (pool === started) pool = null;
    void started.destroy();
  });
  return started;
}

/** Ends with the activity that it is called from, where that is cancelled. */
const cancellation = (): { signal?: AbortSignal } => {
  try {
    return { signal: Context.current().cancellationSignal };
  } catch {
    return {};
  }
};

/** The entry has no types of its own; `Tasks` is what `thread.ts` is held to. */
const run = (name: keyof Tasks, task: object): Promise<unknown> => {
  pool ??= startPool();
  return pool.run(task, { name, ...cancellation() });
};

/** The tasks of `thread.ts`, in the thread. */
export const inThread = {
  onSession: (task) => run('onSession', task),
  stepsOf: (task) => run('stepsOf', task),
  redactedPage: (task) => run('redactedPage', task),
} as Tasks;

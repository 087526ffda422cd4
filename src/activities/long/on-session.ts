import type { EvidenceStore } from '../../adapters/evidence/port.ts';
import { sealedSteps, sessionOf } from '../preserve/sealed.ts';
import { jobs, type JobName, type JobOrder, type JobResult } from './jobs.ts';
import { inThread, LONG_STEPS } from './pool.ts';

/** Computes something from a sealed session: here, or in a thread where it is long. Throws `EvidenceAltered`. */
export type OnSession = <N extends JobName>(
  name: N,
  manifestUri: string,
  order: JobOrder<N>,
) => Promise<JobResult<N>>;

export const createOnSession =
  (evidence: Pick<EvidenceStore, 'get'>): OnSession =>
  async (name, manifestUri, order) => {
    const sealed = await sealedSteps(evidence, manifestUri);
    return sealed.count < LONG_STEPS
      ? jobs[name](await sessionOf(sealed), order)
      : inThread.onSession({ name, sealed, order });
  };

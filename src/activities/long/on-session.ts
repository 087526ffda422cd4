import type { EvidenceStore } from '../../adapters/evidence/port.ts';
import type { Session } from '../../domain/session/session.ts';
import { type SealedSteps, sealedSteps, sessionOf } from '../preserve/sealed.ts';
import { jobs, type JobName, type JobOrder, type JobResult } from './jobs.ts';
import { inThread, LONG_STEPS } from './pool.ts';

/** Computes something from a sealed session: here, or in a thread where it is long. Throws `EvidenceAltered`. */
export type OnSession = <N extends JobName>(
  name: N,
  manifestUri: string,
  order: JobOrder<N>,
) => Promise<JobResult<N>>;

export const createOnSession = (evidence: Pick<EvidenceStore, 'get'>): OnSession => {
  /** Both proofs of a lesson ask for the same session at the same moment. */
  const underWay = new Map<string, Promise<SealedSteps & { session: Session | null }>>();
  const read = async (manifestUri: string): Promise<SealedSteps & { session: Session | null }> => {
    const sealed = await sealedSteps(evidence, manifestUri);
    return { ...sealed, session: sealed.count < LONG_STEPS ? await sessionOf(sealed) : null };
  };
  return async (name, manifestUri, order) => {
    const reading =
      underWay.get(manifestUri) ?? read(manifestUri).finally(() => underWay.delete(manifestUri));
    underWay.set(manifestUri, reading);
    const { session, ...sealed } = await reading;
    return session ? jobs[name](session, order) : inThread.onSession({ name, sealed, order });
  };
};

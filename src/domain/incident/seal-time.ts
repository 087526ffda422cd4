import type { Seal } from './vocabulary.ts';

/** A machine whose clock is further from Temporal's is not believed about the time of a seal. */
const BELIEVED_MS = 2 * 60_000;

/** When the seal was made, at the earliest, by Temporal's clock. */
export const sealedByTemporalMs = ({ sealedAtMs, clockAheadMs = 0 }: Seal): number =>
  sealedAtMs - clockAheadMs;

const isBelieved = ({ clockAheadMs = 0 }: Seal): boolean => Math.abs(clockAheadMs) <= BELIEVED_MS;

/**
 * Promise 2, by Temporal's clock: what was reported before the rotation was sealed before it, whatever the clock of the
 * sealing machine says. That clock is asked only when the report came later, and only while it is near Temporal's.
 * Seals of earlier releases are taken at their word.
 */
export const isBeforeRotation = (seal: Seal, reportedAtMs: number): boolean => {
  const { rotatesAtMs, sealedAtMs, clockAheadMs } = seal;
  if (rotatesAtMs === null) return true;
  if (clockAheadMs !== undefined && reportedAtMs <= rotatesAtMs) return true;
  return sealedAtMs <= rotatesAtMs && isBelieved(seal);
};

/** Why the time of a seal proves nothing. */
export const lateWords = (sessionId: string, seal: Seal | null): string => {
  if (!seal || isBelieved(seal) || seal.rotatesAtMs === null || sealedByTemporalMs(seal) > seal.rotatesAtMs)
    return `Session ${sessionId} was sealed after its log had rotated; this cannot be proven.`;
  const minutes = Math.round(Math.abs(seal.clockAheadMs ?? 0) / 60_000);
  const where = (seal.clockAheadMs ?? 0) > 0 ? 'ahead of' : 'behind';
  return `The seal of session ${sessionId} was reported after its log had rotated, by a machine whose clock is ${minutes} minutes ${where} Temporal's; that it was sealed before cannot be proven.`;
};

import { canonical } from '../domain/canonical.ts';
import type { AuditRow } from './port.ts';
import { sha256Of } from './prose.ts';

/** What the first record of an incident follows. */
export const GENESIS = '0'.repeat(64);

/** sha256 over the canonical JSON of the record, all of it but the hash itself. */
export const hashOf = ({ incidentId, seq, event, prevHash, recordedAtMs }: Omit<AuditRow, 'hash'>): string =>
  sha256Of(canonical({ incidentId, seq, event, prevHash, recordedAtMs }));

/** The records of events that follow `prevHash`; `events` are without the words of people. */
export const chain = (
  incidentId: string,
  prevHash: string,
  events: readonly { seq: number; event: unknown }[],
  recordedAtMs: number,
): AuditRow[] => {
  let previous = prevHash;
  return events.map(({ seq, event }) => {
    const row = { incidentId, seq, event, prevHash: previous, recordedAtMs };
    previous = hashOf(row);
    return { ...row, hash: previous };
  });
};

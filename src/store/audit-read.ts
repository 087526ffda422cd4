import type { IncidentEvent } from '../domain/incident/event.ts';
import type { Database } from './connection.ts';
import type { SignedHead } from './head-signature.ts';
import type { AuditRow } from './port.ts';
import { withProse } from './prose.ts';

/** The records of an incident in their order, from and to a number, both included. */
export const readRows = async (
  db: Database,
  incidentId: string,
  from = 1,
  to = 2_147_483_647,
): Promise<AuditRow[]> => {
  const rows = await db
    .selectFrom('audit_event')
    .selectAll()
    .where('incident_id', '=', incidentId)
    .where('seq', '>=', from)
    .where('seq', '<=', to)
    .orderBy('seq')
    .execute();
  return rows.map((row) => ({
    incidentId,
    seq: row.seq,
    event: row.event,
    prevHash: row.prev_hash,
    hash: row.hash,
    recordedAtMs: row.recorded_at_ms,
  }));
};

/** The words of people in an incident that were not erased: digest → text. */
export const readWords = async (db: Database, incidentId: string): Promise<Map<string, string>> => {
  const rows = await db
    .selectFrom('prose')
    .select(['sha256', 'text'])
    .where('incident_id', '=', incidentId)
    .where('text', 'is not', null)
    .orderBy('sha256')
    .execute();
  return new Map(rows.map((row) => [row.sha256, String(row.text)]));
};

export const readEvents = async (db: Database, incidentId: string): Promise<IncidentEvent[]> => {
  const [rows, words] = await Promise.all([readRows(db, incidentId), readWords(db, incidentId)]);
  return rows.map((row) => withProse(row.event, words) as IncidentEvent);
};

export const readSignedHeads = async (db: Database, incidentId: string): Promise<SignedHead[]> => {
  const rows = await db
    .selectFrom('audit_head')
    .selectAll()
    .where('incident_id', '=', incidentId)
    .orderBy('seq')
    .execute();
  return rows.map((row) => ({
    incidentId,
    seq: row.seq,
    head: row.head,
    signedAtMs: row.signed_at_ms,
    keyId: row.key_id,
    signature: row.signature,
  }));
};

import { sql } from 'kysely';
import type { IncidentEvent } from '../domain/incident/event.ts';
import type { Database } from './connection.ts';
import type { SignedHead } from './head-signature.ts';
import type { AuditRow, ChainSelection } from './port.ts';
import { proseDigests, withProse } from './prose.ts';

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

/** The words of people in an incident that were not erased, all or of these digests: digest → text. */
export const readWords = async (
  db: Database,
  incidentId: string,
  digests: readonly string[] | null = null,
): Promise<Map<string, string>> => {
  if (digests?.length === 0) return new Map();
  const all = db
    .selectFrom('prose')
    .select(['sha256', 'text'])
    .where('incident_id', '=', incidentId)
    .where('text', 'is not', null)
    .orderBy('sha256');
  const rows = await (digests === null ? all : all.where('sha256', 'in', digests)).execute();
  return new Map(rows.map((row) => [row.sha256, String(row.text)]));
};

export const readErasedWords = async (db: Database, incidentId: string): Promise<string[]> => {
  const rows = await db
    .selectFrom('prose')
    .select('sha256')
    .where('incident_id', '=', incidentId)
    .where('text', 'is', null)
    .orderBy('sha256')
    .execute();
  return rows.map(({ sha256 }) => sha256);
};

export const readEvents = async (db: Database, incidentId: string): Promise<IncidentEvent[]> => {
  const [rows, words] = await Promise.all([readRows(db, incidentId), readWords(db, incidentId)]);
  return rows.map((row) => withProse(row.event, words) as IncidentEvent);
};

export const readEvent = async (
  db: Database,
  incidentId: string,
  seq: number,
): Promise<IncidentEvent | null> => {
  const [row] = await readRows(db, incidentId, seq, seq);
  if (!row) return null;
  const words = await readWords(db, incidentId, proseDigests(row.event));
  return withProse(row.event, words) as IncidentEvent;
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

/** Every incident that any of the tables knows: one that was taken out of one of them is missed in the others. */
export const readChains = async (
  db: Database,
  {
    incidentId = null,
    fromMs = null,
    toMs = null,
  }: { [K in keyof ChainSelection]: ChainSelection[K] | null },
): Promise<{ incidentId: string; seq: number; head: string }[]> => {
  const asked = incidentId === null ? sql`true` : sql`incident_id = ${incidentId}`;
  const { rows } = await sql<{ incidentId: string; seq: number; head: string }>`
    with known as (
      select incident_id, seq, head, 1 as rank from incident where ${asked}
      union all select incident_id, seq, head, 2 from audit_head where ${asked}
      union all select incident_id, seq, hash, 3 from audit_event where ${asked}),
    chosen as (
      select distinct incident_id from audit_event
      where ${asked} and (${fromMs}::bigint is null or recorded_at_ms >= ${fromMs})
        and (${toMs}::bigint is null or recorded_at_ms < ${toMs})
      union select incident_id from incident
      where ${asked} and ${fromMs}::bigint is null and ${toMs}::bigint is null
      union select incident_id from audit_head
      where ${asked} and (${fromMs}::bigint is null or signed_at_ms >= ${fromMs})
        and (${toMs}::bigint is null or signed_at_ms < ${toMs}))
    select distinct on (incident_id) incident_id as "incidentId", seq, head
    from known where incident_id in (select incident_id from chosen)
    order by incident_id, rank, seq desc`.execute(db);
  return rows;
};

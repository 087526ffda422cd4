import { z } from 'zod';
import type { AuditLog } from '../store/port.ts';

const Hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits');

/** One record as it was chained. */
export const ExportedRow = z.object({
  incidentId: z.string(),
  seq: z.int(),
  event: z.unknown(),
  prevHash: Hash,
  hash: Hash,
  recordedAtMs: z.number(),
});
export type ExportedRow = z.infer<typeof ExportedRow>;

export const ExportedHead = z.object({
  incidentId: z.string(),
  seq: z.int(),
  head: Hash,
  signedAtMs: z.number(),
  keyId: z.string(),
  signature: z.string(),
});

/** The first line of an export: what the rest must add up to. */
export const ExportManifest = z.object({
  kind: z.literal('holdpoint-audit'),
  version: z.literal(1),
  incidentId: z.string(),
  rows: z.int().nonnegative(),
  head: Hash,
  heads: z.array(ExportedHead),
});
export type ExportManifest = z.infer<typeof ExportManifest>;

const Answer = z.object({ incidentId: z.string(), rows: z.array(ExportedRow), heads: z.array(ExportedHead) });

const linesOf = (manifest: ExportManifest, rows: readonly unknown[]): string =>
  `${[manifest, ...rows].map((line) => JSON.stringify(line)).join('\n')}\n`;

/** The answer of `GET /api/v1/incidents/:id/audit` as an export; null for anything else. Only its heads show a cut tail. */
export function exportOfAnswer(value: unknown): string | null {
  const answer = Answer.safeParse(value);
  if (!answer.success) return null;
  const { incidentId, rows, heads } = answer.data;
  const head = rows.at(-1)?.hash ?? '0'.repeat(64);
  return linesOf({ kind: 'holdpoint-audit', version: 1, incidentId, rows: rows.length, head, heads }, rows);
}

/** An incident's records as JSON lines: the manifest, then a record a line. Null for an unknown incident. */
export async function exportAudit(audit: AuditLog, incidentId: string): Promise<string | null> {
  const [rows, head, heads] = await Promise.all([
    audit.rows(incidentId),
    audit.head(incidentId),
    audit.signedHeads(incidentId),
  ]);
  if (!head) return null;
  const manifest: ExportManifest = {
    kind: 'holdpoint-audit',
    version: 1,
    incidentId,
    rows: rows.length,
    head: head.head,
    heads,
  };
  return linesOf(manifest, rows);
}

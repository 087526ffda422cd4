import { z } from 'zod';
import type { AuditLog } from '../store/port.ts';

const Hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits');

/** One record as it was chained. */
export const ExportedRow = z.strictObject({
  incidentId: z.string(),
  seq: z.int().positive(),
  event: z.unknown(),
  prevHash: Hash,
  hash: Hash,
  recordedAtMs: z.number(),
});
export type ExportedRow = z.infer<typeof ExportedRow>;

/** Words of people that a record names by their digest. Words that were erased are not there. */
export const ExportedWords = z.strictObject({ sha256: Hash, text: z.string() });
export type ExportedWords = z.infer<typeof ExportedWords>;

export const ExportedHead = z.object({
  incidentId: z.string(),
  seq: z.int().positive(),
  head: Hash,
  signedAtMs: z.number(),
  keyId: z.string(),
  signature: z.string(),
});
export type ExportedHead = z.infer<typeof ExportedHead>;

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

const Answer = z.object({
  incidentId: z.string(),
  rows: z.array(ExportedRow),
  words: z.array(ExportedWords),
  heads: z.array(ExportedHead),
});

const linesOf = ({ incidentId, rows, words, heads }: z.infer<typeof Answer>): string => {
  const head = rows.at(-1)?.hash ?? '0'.repeat(64);
  const manifest: ExportManifest = {
    kind: 'holdpoint-audit',
    version: 1,
    incidentId,
    rows: rows.length,
    head,
    heads,
  };
  return `${[manifest, ...rows, ...words].map((line) => JSON.stringify(line)).join('\n')}\n`;
};

/** The answer of `GET /api/v1/incidents/:id/audit` as an export; null for anything else. Only its heads show a cut tail. */
export const exportOfAnswer = (value: unknown): string | null => {
  const answer = Answer.safeParse(value);
  return answer.success ? linesOf(answer.data) : null;
};

/**
 * An incident's records as JSON lines: the manifest, a record a line, and the words of people beside the records.
 * Null for an unknown incident.
 */
export const exportAudit = async (
  audit: Pick<AuditLog, 'rows' | 'words' | 'signedHeads'>,
  incidentId: string,
  { withWords = true }: { withWords?: boolean } = {},
): Promise<string | null> => {
  const [words, heads] = await Promise.all([
    withWords ? audit.words(incidentId) : [],
    audit.signedHeads(incidentId),
  ]);
  // Read last: whatever was signed or written beside a record before is of a record that is there by now.
  const rows = await audit.rows(incidentId);
  return rows.length === 0 ? null : linesOf({ incidentId, rows, words, heads });
};

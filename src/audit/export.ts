import { z } from 'zod';
import type { AuditLog } from '../store/port.ts';
import { proseDigests } from '../store/prose.ts';
import {
  ExportedHead,
  ExportedRow,
  ExportedWords,
  sealed,
  type ExportManifest,
  type ExportSet,
} from './format.ts';

const NO_HEAD = '0'.repeat(64);
type Audit = Pick<AuditLog, 'rows' | 'words' | 'signedHeads' | 'chains'>;

const Answer = z.object({
  incidentId: z.string(),
  rows: z.array(ExportedRow),
  words: z.array(ExportedWords),
  heads: z.array(ExportedHead),
});

const linesOf = (
  { incidentId, rows, words, heads }: z.infer<typeof Answer>,
  expected: { seq: number; head: string } = {
    seq: rows.length,
    head: rows.at(-1)?.hash ?? NO_HEAD,
  },
): string[] => {
  const manifest: ExportManifest = sealed({
    kind: 'holdpoint-audit' as const,
    version: 2 as const,
    incidentId,
    rows: expected.seq,
    head: expected.head,
    words: words.length,
    heads,
  });
  return [manifest, ...rows, ...words].map((line) => `${JSON.stringify(line)}\n`);
};

/** The answer of `GET /api/v1/incidents/:id/audit` as an export; null for anything else. Only its heads show a cut tail. */
export const exportOfAnswer = (value: unknown): string | null => {
  const answer = Answer.safeParse(value);
  return answer.success ? linesOf(answer.data).join('') : null;
};

export interface ExportOptions {
  /** False leaves out what people wrote; the records keep its digests. */
  withWords?: boolean;
}

/** One incident up to the record that its chain had reached when it was listed. */
const incidentLines = async (
  audit: Audit,
  { incidentId, seq, head }: { incidentId: string; seq: number; head: string },
  { withWords = true }: ExportOptions,
): Promise<string[]> => {
  const [rows, words, heads] = await Promise.all([
    audit.rows(incidentId, seq),
    withWords ? audit.words(incidentId) : [],
    audit.signedHeads(incidentId),
  ]);
  const named = new Set(rows.flatMap(({ event }) => proseDigests(event)));
  return linesOf(
    {
      incidentId,
      rows,
      words: words.filter(({ sha256 }) => named.has(sha256)),
      heads: heads.filter((signed) => signed.seq <= seq),
    },
    { seq, head },
  );
};

/**
 * An incident's records as JSON lines: the manifest, a record a line, and the words of people beside the records.
 * Null for an unknown incident.
 */
export const exportAudit = async (
  audit: Audit,
  incidentId: string,
  options: ExportOptions = {},
): Promise<string | null> => {
  const [found] = await audit.chains({ incidentId });
  return found ? (await incidentLines(audit, found, options)).join('') : null;
};

/** Every incident with a record in a span of time, whole: a first line that lists them, then each by itself. */
export async function* exportSet(
  audit: Audit,
  { fromMs, toMs, atMs }: { fromMs: number | null; toMs: number | null; atMs: number },
  options: ExportOptions = {},
): AsyncGenerator<string> {
  const chains = await audit.chains({ fromMs, toMs });
  const set: ExportSet = sealed({
    kind: 'holdpoint-audit-set' as const,
    version: 1 as const,
    fromMs,
    toMs,
    exportedAtMs: atMs,
    incidents: chains.map(({ incidentId, seq, head }) => ({ incidentId, rows: seq, head })),
  });
  yield `${JSON.stringify(set)}\n`;
  for (const found of chains) yield* await incidentLines(audit, found, options);
}

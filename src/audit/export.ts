import { z } from 'zod';
import type { Store } from '../store/port.ts';
import { proseDigests } from '../store/prose.ts';
import {
  ExportedHead,
  ExportedRow,
  ExportedWords,
  erasureOf,
  sealed,
  type Erasure,
  type ExportManifest,
  type ExportSet,
} from './format.ts';

const NO_HEAD = '0'.repeat(64);
interface Source {
  audit: Pick<Store['audit'], 'rows' | 'words' | 'erasedWords' | 'signedHeads' | 'chains'>;
  erasures: Pick<Store['erasures'], 'erased'>;
}

const Answer = z.object({
  incidentId: z.string(),
  rows: z.array(ExportedRow),
  words: z.array(ExportedWords),
  heads: z.array(ExportedHead),
});

const linesOf = (
  {
    incidentId,
    rows,
    words,
    erased,
    erasures,
    heads,
  }: z.infer<typeof Answer> & { erased?: string[] | undefined; erasures?: Erasure[] },
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
    ...(erased === undefined ? {} : { erased }),
    ...(erasures === undefined ? {} : { erasures }),
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

/**
 * One incident up to the record that its chain had reached when it was listed. What was appended meanwhile is left out;
 * what stands behind the place that the chain has reached by now was put there past the log, and is left in to be found.
 */
const incidentLines = async (
  { audit, erasures }: Source,
  { incidentId, seq, head }: { incidentId: string; seq: number; head: string },
  { withWords = true }: ExportOptions,
): Promise<string[]> => {
  const [rows, words, heads] = await Promise.all([
    audit.rows(incidentId),
    withWords ? audit.words(incidentId) : [],
    audit.signedHeads(incidentId),
  ]);
  // Asked after the words: what is erased in between is in both.
  const erased = withWords ? await audit.erasedWords(incidentId) : undefined;
  const all = await erasures.erased(incidentId);
  const [now] = await audit.chains({ incidentId });
  const isMeant = (one: { seq: number }): boolean => one.seq <= seq || one.seq > (now?.seq ?? seq);
  const meant = rows.filter(isMeant);
  const named = new Set(meant.flatMap(({ event }) => proseDigests(event)));
  return linesOf(
    {
      incidentId,
      rows: meant,
      words: words.filter(({ sha256 }) => named.has(sha256)),
      erased: erased?.filter((sha256) => named.has(sha256)),
      erasures: all.map(erasureOf),
      heads: heads.filter(isMeant),
    },
    { seq, head },
  );
};

/**
 * An incident's records as JSON lines: the manifest, a record a line, and the words of people beside the records.
 * Null for an unknown incident.
 */
export const exportAudit = async (
  source: Source,
  incidentId: string,
  options: ExportOptions = {},
): Promise<string | null> => {
  const [found] = await source.audit.chains({ incidentId });
  return found ? (await incidentLines(source, found, options)).join('') : null;
};

/** Every incident with a record in a span of time, whole: a first line that lists them, then each by itself. */
export async function* exportSet(
  source: Source,
  { fromMs, toMs, atMs }: { fromMs: number | null; toMs: number | null; atMs: number },
  options: ExportOptions = {},
): AsyncGenerator<string> {
  const chains = await source.audit.chains({ fromMs, toMs });
  const set: ExportSet = sealed({
    kind: 'holdpoint-audit-set' as const,
    version: 1 as const,
    fromMs,
    toMs,
    exportedAtMs: atMs,
    incidents: chains.map(({ incidentId, seq, head }) => ({ incidentId, rows: seq, head })),
  });
  yield `${JSON.stringify(set)}\n`;
  for (const found of chains) yield* await incidentLines(source, found, options);
}

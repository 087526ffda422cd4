import { GENESIS, hashOf } from '../store/chain.ts';
import { isHeadSignedBy } from '../store/head-signature.ts';
import { proseDigests } from '../store/prose.ts';
import type { ExportedHead, ExportedRow, ExportManifest } from './format.ts';

/** What is wrong, and from which record on. */
export interface Problem {
  seq: number;
  sentence: string;
}

/** A record by itself: of this incident, after the one before, with the hash of its own content. */
export const ownProblems = (row: ExportedRow, incidentId: string, last: number, where: string): Problem[] => {
  const sentences = [
    ...(row.incidentId === incidentId ? [] : [`is of incident ${row.incidentId}`]),
    ...(row.seq > last ? [] : [`stands after record ${last}: it was repeated or moved`]),
    ...(hashOf(row) === row.hash ? [] : ['was changed: its hash is not that of its content']),
  ];
  return sentences.map((sentence) => ({
    seq: row.seq,
    sentence: `Record ${row.seq} (${where}) ${sentence}.`,
  }));
};

/** The records together: none missing, each after the one before, the last the head. */
export const chainProblems = (
  rows: ReadonlyMap<number, ExportedRow>,
  { rows: count, head }: ExportManifest,
): Problem[] => {
  const problems: Problem[] = [];
  const end = [...rows.keys()].reduce((a, b) => Math.max(a, b), 0);
  for (let seq = 1; seq <= Math.min(end, count); seq += 1) {
    const before = seq === 1 ? GENESIS : rows.get(seq - 1)?.hash;
    const row = rows.get(seq);
    if (!row) problems.push({ seq, sentence: `Record ${seq} is missing.` });
    else if (before !== undefined && row.prevHash !== before)
      problems.push({
        seq,
        sentence: `Record ${seq} does not follow record ${seq - 1}: one of them was replaced.`,
      });
  }
  if (end < count) problems.push({ seq: end + 1, sentence: `Records ${end + 1} to ${count} are missing.` });
  if (end > count) problems.push({ seq: count + 1, sentence: `Records ${count + 1} to ${end} were added.` });
  if (end === count && end > 0 && rows.get(end)?.hash !== head)
    problems.push({ seq: end, sentence: `Record ${end} is not the head ${head}.` });
  return problems;
};

/** Signed heads: each of a record that is there, by one of the keys, the last of them over the last record. */
export const headProblems = (
  rows: ReadonlyMap<number, ExportedRow>,
  { heads, rows: count, incidentId }: ExportManifest,
  keys: readonly Uint8Array[],
): Problem[] => {
  const problems = heads.flatMap((signed) => signatureProblems(signed, rows, incidentId, keys));
  if (keys.length === 0) return problems;
  const covered = heads.reduce((highest, { seq }) => Math.max(highest, seq), 0);
  if (covered === 0) problems.push({ seq: 0, sentence: 'No head was signed.' });
  else if (covered < count)
    problems.push({
      seq: covered + 1,
      sentence: `Records ${covered + 1} to ${count} are after the last signed head.`,
    });
  return problems;
};

const signatureProblems = (
  signed: ExportedHead,
  rows: ReadonlyMap<number, ExportedRow>,
  incidentId: string,
  keys: readonly Uint8Array[],
): Problem[] => {
  const { seq, keyId } = signed;
  const problems: Problem[] = [];
  if (signed.incidentId !== incidentId)
    problems.push({ seq, sentence: `The signed head ${seq} is of incident ${signed.incidentId}.` });
  if (rows.get(seq)?.hash !== signed.head)
    problems.push({ seq, sentence: `Record ${seq} is not the one whose head was signed.` });
  if (keys.length > 0 && !keys.some((key) => isHeadSignedBy(signed, key)))
    problems.push({ seq, sentence: `The signature of head ${seq} (key ${keyId}) is not by this key.` });
  return problems;
};

/** Words beside the records: each named by one, as many as were written; absent only where they were erased or left out. */
export const wordProblems = (
  rows: ReadonlyMap<number, ExportedRow>,
  words: ReadonlyMap<string, { line: number }>,
  manifest: ExportManifest,
): { absent: number; sentences: Problem[] } => {
  const naming = [...rows.values()].flatMap(({ seq, event }) =>
    proseDigests(event).map((sha256) => [sha256, seq] as const),
  );
  const named = new Set(naming.map(([sha256]) => sha256));
  const gone = new Set(manifest.erased);
  const lost = naming.filter(
    ([sha256]) => manifest.erased !== undefined && !words.has(sha256) && !gone.has(sha256),
  );
  const strangers = [...words].filter(([sha256]) => !named.has(sha256));
  const sentences = strangers.map(([sha256, { line }]) => ({
    seq: Infinity,
    sentence: `No record names the words ${sha256} (line ${line}).`,
  }));
  sentences.push(
    ...lost.map(([sha256, seq]) => ({
      seq,
      sentence: `The words ${sha256} of record ${seq} are missing, and were not erased.`,
    })),
  );
  if (gone.size > 0 && manifest.erasures?.every(({ what }) => what !== 'words'))
    sentences.push({
      seq: Infinity,
      sentence: 'Texts were erased, and no erasure is on record.',
    });
  if (words.size !== manifest.words)
    sentences.push({
      seq: Infinity,
      sentence: `${words.size} texts follow the records, not the ${manifest.words} of the manifest.`,
    });
  return { absent: [...named].filter((sha256) => !words.has(sha256)).length, sentences };
};

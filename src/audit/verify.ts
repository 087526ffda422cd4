import { GENESIS, hashOf } from '../store/chain.ts';
import { isHeadSignedBy } from '../store/head-signature.ts';
import { proseDigests, sha256Of } from '../store/prose.ts';
import { ExportedRow, ExportedWords, ExportManifest, exportOfAnswer, type ExportedHead } from './export.ts';

export interface AuditVerdict {
  ok: boolean;
  incidentId: string;
  rows: number;
  head: string;
  /** How many signed heads were checked against the public keys; null where none was given. */
  signaturesChecked: number | null;
  /** Words that records name and the export does not hold: erased, or left out. */
  wordsAbsent: number;
  /** What is wrong and where, first the earliest record. */
  problems: string[];
}

export interface VerifyOptions {
  /** Ed25519 public keys, any of which may have signed a head. */
  publicKeys?: readonly Uint8Array[];
  /** A head known from elsewhere, such as a postmortem mail: a log that was cut before it does not hold it. */
  knownHead?: string;
}

interface Problem {
  seq: number;
  sentence: string;
}

/** Checks an export offline: every record, their chain and order, the head, signed heads, and the words beside them. */
export const verifyAudit = (given: string, options: VerifyOptions = {}): AuditVerdict => {
  const text = exportOfAnswer(jsonOf(given)) ?? given;
  const [first = '', ...rest] = text.split('\n').filter((line) => line.trim() !== '');
  const parsed = ExportManifest.safeParse(jsonOf(first));
  if (!parsed.success) return nothing('The first line is not the manifest of an audit export.');
  const manifest = parsed.data;
  const { rows, words, problems } = read(rest, manifest.incidentId);
  problems.push(...chainProblems(rows, manifest));
  problems.push(...headProblems(rows, manifest, options.publicKeys ?? []));
  const named = new Set([...rows.values()].flatMap(({ event }) => proseDigests(event)));
  for (const sha256 of words.keys())
    if (!named.has(sha256))
      problems.push({ seq: Infinity, sentence: `No record names the words ${sha256}.` });
  if (options.knownHead !== undefined && ![...rows.values()].some((row) => row.hash === options.knownHead))
    problems.push({
      seq: Infinity,
      sentence: `No record has the head ${options.knownHead}: the log was changed or cut.`,
    });
  problems.sort((a, b) => a.seq - b.seq || 0);
  return {
    ok: problems.length === 0,
    incidentId: manifest.incidentId,
    rows: rows.size,
    head: manifest.head,
    signaturesChecked: options.publicKeys ? manifest.heads.length : null,
    wordsAbsent: [...named].filter((sha256) => !words.has(sha256)).length,
    problems: problems.map(({ sentence }) => sentence),
  };
};

const nothing = (problem: string): AuditVerdict => ({
  ok: false,
  incidentId: '',
  rows: 0,
  head: '',
  signaturesChecked: null,
  wordsAbsent: 0,
  problems: [problem],
});

const jsonOf = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

interface Read {
  rows: Map<number, ExportedRow>;
  words: Map<string, ExportedWords>;
  problems: Problem[];
}

/** Every line by itself: whether it is a record, in its place, and with its own hash; or words with their own digest. */
const read = (lines: readonly string[], incidentId: string): Read => {
  const out: Read = { rows: new Map(), words: new Map(), problems: [] };
  let last = 0;
  for (const [index, line] of lines.entries()) {
    const where = `line ${index + 2}`;
    const value = jsonOf(line);
    const row = ExportedRow.safeParse(value);
    const words = ExportedWords.safeParse(value);
    if (row.success) {
      out.problems.push(...ownProblems(row.data, incidentId, last, where));
      if (!out.rows.has(row.data.seq)) out.rows.set(row.data.seq, row.data);
      last = row.data.seq;
    } else if (words.success) {
      const { sha256, text } = words.data;
      out.words.set(sha256, words.data);
      if (sha256Of(text) !== sha256)
        out.problems.push({
          seq: Infinity,
          sentence: `The words of ${where} were changed: they are not those of ${sha256}.`,
        });
    } else {
      last += 1;
      out.problems.push({
        seq: last,
        sentence: `No record is on ${where}, where record ${last} should stand.`,
      });
    }
  }
  return out;
};

const ownProblems = (row: ExportedRow, incidentId: string, last: number, where: string): Problem[] => {
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
const chainProblems = (
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
  if (end === count && rows.get(end)?.hash !== head)
    problems.push({ seq: end, sentence: `Record ${end} is not the head ${head}.` });
  return problems;
};

const headProblems = (
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

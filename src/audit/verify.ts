import type { z } from 'zod';
import { own } from '../forensics/read/json.ts';
import { sha256Of } from '../store/prose.ts';
import { exportOfAnswer } from './export.ts';
import { type Erasure, ExportedWords, ExportedRow, ExportManifest, isSealed, jsonOf } from './format.ts';
import { chainProblems, headProblems, ownProblems, wordProblems, type Problem } from './problems.ts';

export interface AuditVerdict {
  ok: boolean;
  incidentId: string;
  rows: number;
  head: string;
  /** How many signed heads were checked against the public keys; null where none was given. */
  signaturesChecked: number | null;
  /** Words that records name and the export does not hold: erased, or left out. */
  wordsAbsent: number;
  /** What was erased, when, by whom and why, as the export says. */
  erasures: Erasure[];
  /** What is wrong and where, first the earliest record. */
  problems: string[];
}

export interface VerifyOptions {
  /** Ed25519 public keys, any of which may have signed a head. */
  publicKeys?: readonly Uint8Array[];
  /** A head known from elsewhere, such as a postmortem mail: a log that was cut before it does not hold it. */
  knownHead?: string;
}

/** Checks an export of one incident offline: every record, their chain and order, the head, signed heads, and the words. */
export const verifyAudit = (given: string, options: VerifyOptions = {}): AuditVerdict => {
  const text = exportOfAnswer(jsonOf(given)) ?? given;
  const lines = text.split('\n');
  const whole = lines.at(-1) === '';
  const verdict = verifyLines(whole ? lines.slice(0, -1) : lines, options);
  if (whole) return verdict;
  const problems = [...verdict.problems, `Line ${lines.length} does not end: the file was cut.`];
  return { ...verdict, ok: false, problems };
};

/** The lines of one incident, of which the first stands on `firstLine` of its file. */
export const verifyLines = (
  lines: readonly string[],
  options: VerifyOptions = {},
  firstLine = 1,
): AuditVerdict => {
  const [first = '', ...rest] = lines;
  const value = jsonOf(first);
  const parsed = ExportManifest.safeParse(value);
  if (!parsed.success)
    return nothing(
      `Line ${firstLine} is not the manifest of an audit export${wrongHead(value, parsed.error)}.`,
    );
  const manifest = parsed.data;
  const { rows, words, problems } = read(rest, manifest, firstLine + 1);
  if (!isSealed(manifest) || JSON.stringify(manifest) !== first)
    problems.push({ seq: 0, sentence: `The manifest (line ${firstLine}) was changed.` });
  problems.push(...chainProblems(rows, manifest));
  problems.push(...headProblems(rows, manifest, options.publicKeys ?? []));
  const { absent, sentences } = wordProblems(rows, words, manifest);
  problems.push(...sentences);
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
    wordsAbsent: absent,
    erasures: manifest.erasures ?? [],
    problems: [...new Set(problems.map(({ sentence }) => sentence))],
  };
};

/** Which signed head of a manifest is none, where it is that. */
const wrongHead = (value: unknown, { issues: [issue] }: z.ZodError): string => {
  const [field, index, part] = issue?.path ?? [];
  if (field !== 'heads' || typeof index !== 'number') return '';
  const heads = own(value, 'heads');
  const seq = Array.isArray(heads) ? own(heads[index], 'seq') : null;
  return `: in the signed head ${typeof seq === 'number' ? seq : `at ${index}`}, ${String(part)} ${issue?.message}`;
};

const nothing = (problem: string): AuditVerdict => ({
  ok: false,
  incidentId: '',
  rows: 0,
  head: '',
  signaturesChecked: null,
  wordsAbsent: 0,
  erasures: [],
  problems: [problem],
});

interface Read {
  rows: Map<number, ExportedRow>;
  words: Map<string, { line: number; text: string }>;
  problems: Problem[];
}

/** Every line by itself: whether it is a record, in its place, and with its own hash; or words with their own digest. */
const read = (lines: readonly string[], { incidentId }: ExportManifest, firstLine: number): Read => {
  const out: Read = { rows: new Map(), words: new Map(), problems: [] };
  let last = 0;
  let lastWords = '';
  const say = (seq: number, sentence: string): void => void out.problems.push({ seq, sentence });
  for (const [index, line] of lines.entries()) {
    const number = firstLine + index;
    const value = jsonOf(line);
    const row = ExportedRow.safeParse(value);
    const words = row.success ? null : ExportedWords.safeParse(value);
    // The same value in other bytes (a repeated key, an escaped letter) is no line that was written.
    const isAsWritten = (row.success || words?.success) && JSON.stringify(value) === line;
    if (row.success) {
      const { seq } = row.data;
      out.problems.push(...ownProblems(row.data, incidentId, last, `line ${number}`));
      if (!isAsWritten) say(seq, `Record ${seq} (line ${number}) was changed: it is written otherwise.`);
      if (lastWords !== '') say(seq, `Record ${seq} (line ${number}) stands after words: it was moved.`);
      if (!out.rows.has(seq)) out.rows.set(seq, row.data);
      last = seq;
    } else if (words?.success) {
      const { sha256, text } = words.data;
      if (sha256Of(text) !== sha256 || !isAsWritten)
        say(Infinity, `The words of line ${number} were changed: they are not those of ${sha256}.`);
      if (sha256 <= lastWords) say(Infinity, `The words of line ${number} were repeated or moved.`);
      out.words.set(sha256, { line: number, text });
      lastWords = sha256;
    } else {
      last += 1;
      say(last, `No record is on line ${number}, where record ${last} should stand.`);
    }
  }
  return out;
};

import { GENESIS, hashOf } from '../store/chain.ts';
import { isHeadSignedBy } from '../store/head-signature.ts';
import { ExportedRow, ExportManifest, exportOfAnswer } from './export.ts';

export interface AuditVerdict {
  ok: boolean;
  incidentId: string;
  rows: number;
  head: string;
  /** How many signed heads were checked against the public key; null where none was given. */
  signaturesChecked: number | null;
  /** What is wrong and where, first the earliest record. */
  problems: string[];
}

const jsonOf = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

function checkRow(
  line: string,
  place: number,
  incidentId: string,
  previous: string,
  problems: string[],
): string {
  const row = ExportedRow.safeParse(jsonOf(line));
  const where = `record ${place} (line ${place + 1})`;
  if (!row.success) {
    problems.push(`${where} is not a record.`);
    return previous;
  }
  const { seq, hash, prevHash } = row.data;
  if (row.data.incidentId !== incidentId) problems.push(`${where} is of incident ${row.data.incidentId}.`);
  if (seq !== place) problems.push(`${where} has number ${seq}: a record is missing, added or out of order.`);
  if (prevHash !== previous) problems.push(`${where} does not follow the record before it.`);
  if (hashOf(row.data) !== hash) problems.push(`${where} was changed: its hash is not that of its content.`);
  return hash;
}

/** Checks an export offline: every record, their chain, their number, the head, and the signed heads. */
export function verifyAudit(given: string, publicKey: Uint8Array | null): AuditVerdict {
  const text = exportOfAnswer(jsonOf(given)) ?? given;
  const lines = text.split('\n').filter((line) => line !== '');
  const manifest = ExportManifest.safeParse(jsonOf(lines[0] ?? ''));
  const failed = (problem: string): AuditVerdict => ({
    ok: false,
    incidentId: '',
    rows: 0,
    head: '',
    signaturesChecked: null,
    problems: [problem],
  });
  if (!manifest.success) return failed('The first line is not the manifest of an audit export.');
  const { incidentId, rows, head, heads } = manifest.data;
  const problems: string[] = [];
  const hashes: string[] = [];
  lines
    .slice(1)
    .forEach((line, i) => hashes.push(checkRow(line, i + 1, incidentId, hashes[i - 1] ?? GENESIS, problems)));
  if (hashes.length !== rows) problems.push(`${hashes.length} records are there, ${rows} were exported.`);
  if (hashes.at(-1) !== head) problems.push(`The last record is not the head ${head}.`);
  for (const signed of heads) {
    if (hashes[signed.seq - 1] !== signed.head)
      problems.push(`Record ${signed.seq} is not the one whose head was signed.`);
    if (publicKey && !isHeadSignedBy(signed, publicKey))
      problems.push(`The signature of head ${signed.seq} is not by this key.`);
  }
  if (publicKey && heads.length === 0) problems.push('No head was signed.');
  return {
    ok: problems.length === 0,
    incidentId,
    rows: hashes.length,
    head,
    signaturesChecked: publicKey ? heads.length : null,
    problems,
  };
}

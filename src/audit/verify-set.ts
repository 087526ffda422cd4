import { exportOfAnswer } from './export.ts';
import { type Erasure, ExportSet, isSealed, jsonOf } from './format.ts';
import { verifyLines, type AuditVerdict, type VerifyOptions } from './verify.ts';

export interface SetVerdict {
  ok: boolean;
  incidents: number;
  rows: number;
  signaturesChecked: number | null;
  wordsAbsent: number;
  /** What was erased of which incident, when, by whom and why, as the export says. */
  erasures: (Erasure & { incidentId: string })[];
  /** The head of a single incident; null for several. */
  head: string | null;
  /** The only incident; null for several. */
  incidentId: string | null;
  /** What is wrong and where; each names the incident, where there are several. */
  problems: string[];
}

/** Lines without their ends, and whether the last one had one. */
async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<{ line: string; ended: boolean }> {
  let rest = '';
  for await (const chunk of chunks) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) yield { line, ended: true };
  }
  if (rest !== '') yield { line: rest, ended: false };
}

const isManifest = (line: string): boolean => line.startsWith('{"kind":"holdpoint-audit"');

class Collected implements SetVerdict {
  ok = true;
  incidents = 0;
  rows = 0;
  wordsAbsent = 0;
  readonly erasures: SetVerdict['erasures'] = [];
  head: string | null = null;
  incidentId: string | null = null;
  signaturesChecked: number | null = null;
  readonly problems: string[] = [];

  say(problem: string): void {
    this.ok = false;
    this.problems.push(problem);
  }

  take(verdict: AuditVerdict, isAlone: boolean): void {
    this.incidents += 1;
    this.rows += verdict.rows;
    this.wordsAbsent += verdict.wordsAbsent;
    const { incidentId } = verdict;
    this.erasures.push(...verdict.erasures.map((erasure) => ({ incidentId, ...erasure })));
    if (verdict.signaturesChecked !== null)
      this.signaturesChecked = (this.signaturesChecked ?? 0) + verdict.signaturesChecked;
    if (isAlone) [this.head, this.incidentId] = [verdict.head, verdict.incidentId];
    const of = isAlone || verdict.incidentId === '' ? '' : `Incident ${verdict.incidentId}: `;
    for (const problem of verdict.problems) this.say(`${of}${problem}`);
  }
}

/** What the first line of a set says of an incident, against what follows. */
const listProblems = (set: ExportSet, seen: readonly AuditVerdict[]): string[] => {
  const found = new Map(seen.map((verdict) => [verdict.incidentId, verdict]));
  const listed = new Set(set.incidents.map(({ incidentId }) => incidentId));
  const missing = set.incidents.filter(({ incidentId }) => !found.has(incidentId));
  const other = set.incidents.filter(({ incidentId, head }) => {
    const verdict = found.get(incidentId);
    return verdict !== undefined && verdict.head !== head;
  });
  const added = seen.filter(({ incidentId }) => incidentId !== '' && !listed.has(incidentId));
  const order = seen.map(({ incidentId }) => incidentId).filter((id) => listed.has(id));
  const expected = set.incidents.map(({ incidentId }) => incidentId).filter((id) => found.has(id));
  const moved = order.findIndex((id, i) => id !== expected[i]);
  return [
    ...missing.map(({ incidentId }) => `Incident ${incidentId} is missing.`),
    ...other.map(({ incidentId, head }) => `Incident ${incidentId} does not end at the head ${head}.`),
    ...added.map(({ incidentId }) => `Incident ${incidentId} was added: the first line does not list it.`),
    ...(moved < 0 ? [] : [`Incident ${order[moved]} was repeated or moved.`]),
  ];
};

/** Checks an export of one incident or of several, read as a stream; needs nothing but the file and the public keys. */
export const verifyExport = async (
  chunks: AsyncIterable<string>,
  options: VerifyOptions = {},
): Promise<SetVerdict> => {
  const out = new Collected();
  const { knownHead, ...others } = options;
  const seen: AuditVerdict[] = [];
  let set: ExportSet | null = null;
  let section: string[] = [];
  let from = 1;
  let number = 0;
  let holdsHead = knownHead === undefined;
  const close = (): void => {
    if (section.length === 0) return;
    const verdict = verifyLines(section, others, from);
    holdsHead ||= section.some((line) => line.includes(`"hash":"${knownHead}"`));
    seen.push({ ...verdict, problems: [] });
    out.take(verdict, set === null);
    section = [];
  };
  for await (const { line, ended } of linesOf(chunks)) {
    number += 1;
    if (!ended && number === 1) return ofAnswer(line, options);
    if (!ended) out.say(`Line ${number} does not end: the file was cut.`);
    const first = number === 1 ? ExportSet.safeParse(jsonOf(line)) : null;
    if (first?.success) {
      set = first.data;
      if (!isSealed(set) || JSON.stringify(set) !== line)
        out.say('The list of incidents (line 1) was changed.');
      continue;
    }
    if (isManifest(line)) close();
    if (section.length === 0) from = number;
    section.push(line);
  }
  close();
  if (number === 0) out.say('Line 1 is not the manifest of an audit export: the file is empty.');
  if (set) for (const problem of listProblems(set, seen)) out.say(problem);
  if (!holdsHead) out.say(`No record has the head ${knownHead}: the log was changed or cut.`);
  return out;
};

/** One line without an end: the answer of the API, or a file that was cut. */
const ofAnswer = (line: string, options: VerifyOptions): SetVerdict => {
  const out = new Collected();
  const text = exportOfAnswer(jsonOf(line));
  if (text === null) out.say('Line 1 does not end: the file was cut, or is not an audit export.');
  else out.take(verifyLines(text.split('\n').slice(0, -1), options), true);
  return out;
};

import type { Advice } from '../../domain/session/analysis.ts';
import { activeClasses, hasNoEffect, kindOf, needsClassifying } from '../../domain/incident/classes.ts';
import { isEmpty, minus, sizeOf, union, allOf } from '../../domain/incident/ranges.ts';
import type {
  ClassState,
  IncidentState,
  SignOff,
  SuggestedAnalysis,
  TargetState,
} from '../../domain/incident/state.ts';

/** What a presenter needs beside the state: the audit head, the time, names, and the quotes of the analysis. */
export interface Reader {
  nowMs: number;
  names: Readonly<Record<string, string>>;
  /** Digest of the newest audit row, when known. */
  head: string | null;
  /** The incident's page, when one is served. */
  pageUrl: string | null;
  /** The channel of its own that the incident is talked about in. */
  room?: string | null;
  /** Quoted evidence of the first candidate, from the sealed analysis. */
  quotes: readonly { step: number; place: string; quote: string }[];
  /** What a model said of the candidates, where one was asked. Its opinion; it decides nothing. */
  advice?: Advice | null;
}

/** Best mode score less the second best, from which on one tap may confirm what the engine suggests. */
const GOOD_MARGIN = 0.15;
/** A second origin candidate nearer than this share of the first is a choice, not a confirmation. */
const CLEAR_LEAD = 0.9;

/** The analysis that people confirm: the first session's that has one. */
export const analysisOf = (state: IncidentState): SuggestedAnalysis | null =>
  Object.values(state.sessions).find((session) => session.analysis)?.analysis ?? null;

/** True when the engine is sure enough that one tap may confirm mode, origin and path together. */
export function isClear(analysis: SuggestedAnalysis): boolean {
  const [first, second] = analysis.candidates;
  if (analysis.provisional || analysis.mode === 'unknown' || !first) return false;
  return analysis.margin >= GOOD_MARGIN && (!second || second.score <= first.score * CLEAR_LEAD);
}

export const openRequests = (state: IncidentState): SignOff[] =>
  Object.values(state.signOffs).filter((request) => request.status === 'open');

export const classOf = (state: Pick<IncidentState, 'classes'>, classId: string): ClassState | null =>
  state.classes[classId] ?? null;

/** Targets that wait for a person. */
export const stuckTargets = (state: IncidentState): TargetState[] =>
  Object.values(state.targets).filter((target) => ['unconfirmed', 'awaiting_person'].includes(target.status));

const hasOpenRequest = (state: IncidentState, classId: string): boolean =>
  openRequests(state).some((request) => request.classId === classId);

/** A sign-off of this class was asked for before, by the engine or a person. */
export const wasAsked = (state: IncidentState, classId: string): boolean =>
  Object.values(state.signOffs).some((request) => request.classId === classId);

export const toClassify = (state: IncidentState): ClassState[] =>
  activeClasses(state).filter(needsClassifying);

/** Irreversible classes that need a remediation plan written: none is signed, none is asked for. */
export const toPlan = (state: IncidentState): ClassState[] =>
  activeClasses(state).filter(
    (item) =>
      kindOf(item) === 'irreversible' &&
      !hasNoEffect(item) &&
      !needsClassifying(item) &&
      !hasOpenRequest(state, item.spec.classId) &&
      !isEmpty(minus(allOf(item.spec.count), item.authorised)),
  );

/** Irreversible classes with a signed plan whose result nobody has recorded. */
export const toRemediate = (state: IncidentState): ClassState[] =>
  activeClasses(state).filter(
    (item) => kindOf(item) === 'irreversible' && !isEmpty(minus(item.authorised, item.remediated)),
  );

export const toSettle = (state: IncidentState): ClassState[] =>
  Object.values(state.classes).filter((item) => !isEmpty(item.uncertain));

/** Reversible classes whose actions are neither reversed nor declined nor asked for: a person asks again. */
export const toAskAgain = (state: IncidentState): ClassState[] =>
  activeClasses(state).filter((item) => {
    const rest = minus(allOf(item.spec.count), union(item.authorised, union(item.done, item.declined)));
    return (
      kindOf(item) === 'reversible' &&
      !hasNoEffect(item) &&
      !needsClassifying(item) &&
      !hasOpenRequest(state, item.spec.classId) &&
      !isEmpty(rest)
    );
  });

export const brokenGlasses = (state: IncidentState): SignOff[] =>
  Object.values(state.signOffs).filter((request) => request.glass && !request.glass.countersignedBy);

export const troubledReceipts = (state: IncidentState): string[] =>
  Object.entries(state.distribution?.receipts ?? {})
    .filter(([, receipt]) => receipt.status === 'uncertain' || receipt.status === 'refused')
    .map(([id]) => id);

/** Distinct people who signed, and how many are needed. */
export const signers = (request: SignOff): string[] => [
  ...new Set(request.signatures.map((signature) => signature.by)),
];

export interface Counts {
  reversible: number;
  irreversible: number;
  unknown: number;
  reversed: number;
  notDone: number;
  remediated: number;
  uncertain: number;
  declined: number;
}

/** Actions of the newest map by kind, and what became of the reversals. */
export function countsOf(state: IncidentState): Counts {
  const counts: Counts = {
    reversible: 0,
    irreversible: 0,
    unknown: 0,
    reversed: 0,
    notDone: 0,
    remediated: 0,
    uncertain: 0,
    declined: 0,
  };
  for (const item of activeClasses(state)) {
    if (hasNoEffect(item)) continue;
    if (needsClassifying(item)) counts.unknown += item.spec.count;
    else counts[kindOf(item)] += item.spec.count;
  }
  for (const item of Object.values(state.classes)) {
    counts.reversed += sizeOf(item.done);
    counts.notDone += sizeOf(item.notDone);
    counts.remediated += sizeOf(item.remediated);
    counts.uncertain += sizeOf(item.uncertain);
    counts.declined += sizeOf(item.declined);
  }
  return counts;
}

import { activeClasses, hasNoEffect, inFlight, kindOf, needsClassifying } from './classes.ts';
import { isContained, isSessionContained, targetsOf } from './containment.ts';
import { phaseOf, type Phase } from './phase.ts';
import { allOf, minus, sizeOf, union } from './ranges.ts';
import type { ClassState, IncidentState, SignOff } from './state.ts';
import type { FailureModeOrUnknown } from '../session/analysis.ts';

/** What lists, search and measures know of an incident: a few fields of its state. Times in ms since the epoch. */
export interface IncidentLine {
  title: string;
  phase: Phase;
  mode: FailureModeOrUnknown | null;
  ownerId: string | null;
  /** When the distribution is due; null once it is done, or when the incident has ended. */
  distributionDueAt: number | null;
  /** When the first open sign-off expires; null without one. */
  signOffDueAt: number | null;
  pendingSignOffs: number;
  /** Actions neither reversed, declined nor remediated yet. */
  openRemediation: number;
  /** From opening until the first session was stopped, or a person answered for it. */
  containMs: number | null;
  /** From opening until the engine's first classification. */
  classifyMs: number | null;
  /** Of each decided sign-off: from the request (its last round) to the signature that decided. */
  signOffsMs: number[];
  /** From opening until every recipient had the postmortem. */
  distributeMs: number | null;
  /** The 48 hours were breached, whatever came after. */
  late: boolean;
  /** Words to search by, lower case, parted by spaces: metadata alone, nothing of a trace. */
  words: string;
}

const isOpen = (state: IncidentState): boolean => state.status === 'open';

export const openSignOffs = (state: IncidentState): SignOff[] =>
  isOpen(state) ? Object.values(state.signOffs).filter(({ status }) => status === 'open') : [];

/** When a request expires, ms since the epoch. */
export const expiryOf = ({ policy }: IncidentState, request: SignOff): number =>
  request.openedAt + policy.signOffExpiryMs;

/** Null once it is done, or where the incident has ended without one. */
export const distributionDueOf = (state: IncidentState): number | null =>
  isOpen(state) && !state.distributed ? state.openedAt + state.policy.distributionMs : null;

export const isLate = (state: IncidentState): boolean =>
  state.breachedAt !== null || state.distributed?.late === true;

/** What became of the actions of a class; each action counts once. */
export interface ClassCounts {
  total: number;
  reversed: number;
  declined: number;
  remediated: number;
  uncertain: number;
  running: number;
  /** Nothing has been decided or done about it yet. */
  pending: number;
}

export function classCountsOf(item: ClassState): ClassCounts {
  const all = allOf(item.spec.count);
  const settled = kindOf(item) === 'irreversible' ? item.remediated : union(item.done, item.declined);
  const running = inFlight(item);
  const rest = hasNoEffect(item) ? [] : minus(all, union(union(settled, item.uncertain), running));
  return {
    total: item.spec.count,
    reversed: sizeOf(item.done),
    declined: sizeOf(minus(item.declined, item.done)),
    remediated: sizeOf(item.remediated),
    uncertain: sizeOf(item.uncertain),
    running: sizeOf(running),
    pending: sizeOf(rest),
  };
}

const openRemediationOf = (state: IncidentState): number =>
  isOpen(state)
    ? activeClasses(state)
        .map(classCountsOf)
        .reduce((sum, { pending, uncertain, running }) => sum + pending + uncertain + running, 0)
    : 0;

function containedAt(state: IncidentState): number | null {
  const stopped = Object.keys(state.sessions)
    .filter((sessionId) => isSessionContained(state, sessionId))
    .map((sessionId) =>
      Math.max(
        ...targetsOf(state, sessionId)
          .filter(isContained)
          .map(({ settledAt }) => settledAt ?? 0),
      ),
    );
  return stopped.length > 0 ? Math.min(...stopped) : null;
}

const classifiedAt = (state: IncidentState): number | null => state.mode.at;

const signOffTimes = (state: IncidentState): number[] =>
  Object.values(state.signOffs).flatMap(({ status, signatures, openedAt }) => {
    const last = signatures.at(-1);
    return status === 'decided' && last && last.at >= openedAt ? [last.at - openedAt] : [];
  });

const since = (state: IncidentState, at: number | null): number | null =>
  at === null ? null : Math.max(0, at - state.openedAt);

/** Words as they are searched: lower case, letters and digits alone. */
export const searchWords = (text: string): string[] =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

const MOST_WORDS = 400;

function wordsOf(state: IncidentState, mode: string | null): string {
  const { alerts } = state;
  const texts = [
    state.incidentId,
    state.agent,
    alerts.first?.title ?? '',
    alerts.last?.title ?? '',
    alerts.first?.source ?? '',
    mode ?? '',
    state.dedupKey,
    ...Object.keys(state.sessions).slice(0, 50),
    ...activeClasses(state)
      .slice(0, 50)
      .map(({ spec }) => spec.tool),
  ];
  return [...new Set(texts.flatMap(searchWords))].slice(0, MOST_WORDS).join(' ');
}

export function lineOf(state: IncidentState): IncidentLine {
  const requests = openSignOffs(state);
  const mode = state.mode.confirmed ?? state.mode.suggested;
  return {
    title: state.alerts.first?.title ?? state.incidentId,
    phase: phaseOf(state),
    mode,
    ownerId: state.ownerId,
    distributionDueAt: distributionDueOf(state),
    signOffDueAt:
      requests.length > 0 ? Math.min(...requests.map((request) => expiryOf(state, request))) : null,
    pendingSignOffs: requests.length,
    openRemediation: openRemediationOf(state),
    containMs: since(state, containedAt(state)),
    classifyMs: since(state, classifiedAt(state)),
    signOffsMs: signOffTimes(state),
    distributeMs: since(state, state.distributed?.at ?? null),
    late: isLate(state),
    words: wordsOf(state, mode),
  };
}

/** Actions of the newest map by what they are and what became of them. */
export interface BlastCounts extends ClassCounts {
  reversible: number;
  irreversible: number;
  unknown: number;
  noEffect: number;
}

export function blastCountsOf(state: IncidentState): BlastCounts {
  const counts: BlastCounts = {
    total: 0,
    reversed: 0,
    declined: 0,
    remediated: 0,
    uncertain: 0,
    running: 0,
    pending: 0,
    reversible: 0,
    irreversible: 0,
    unknown: 0,
    noEffect: 0,
  };
  for (const item of activeClasses(state)) {
    const of = classCountsOf(item);
    for (const key of Object.keys(of) as (keyof ClassCounts)[]) counts[key] += of[key];
    if (hasNoEffect(item)) counts.noEffect += of.total;
    else if (needsClassifying(item)) counts.unknown += of.total;
    else counts[kindOf(item)] += of.total;
  }
  return counts;
}

import { checklistOf } from '../../../domain/incident/checklist.ts';
import { isAllContained } from '../../../domain/incident/containment.ts';
import { blastCountsOf, isLate, type BlastCounts } from '../../../domain/incident/line.ts';
import type { IncidentState } from '../../../domain/incident/state.ts';
import { endingWords, modeWords, plural } from '../../../domain/incident/words.ts';
import { lasting } from '../../../slack/blocks/times.ts';

/** The sentence's end once: titles of alerts may bring their own. */
const sentence = (text: string): string => (/[.!?…]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);

function alerted({ alerts, agent }: IncidentState): string {
  const first = alerts.first?.title;
  const again = alerts.count > 1 ? ` (${plural(alerts.count, 'alert')})` : '';
  return first ? sentence(`An alert about ${agent}${again}: ${first}`) : `An incident of ${agent}.`;
}

function stopped(state: IncidentState): string {
  const sessions = Object.keys(state.sessions).length;
  if (sessions === 0) return 'Which session went wrong is not known yet; the agent is held meanwhile.';
  if (!isAllContained(state))
    return `${plural(sessions, 'session')}; not every one is known to be stopped yet.`;
  const targets = Object.values(state.targets);
  const held = state.held ? '; the agent starts no new one' : '';
  if (targets.every(({ status }) => status === 'already_ended'))
    return `${plural(sessions, 'session')}, over before the stop${held}.`;
  const last = Math.max(...targets.map(({ settledAt }) => settledAt ?? state.openedAt));
  return `${plural(sessions, 'session')} stopped ${lasting(last - state.openedAt)} after the alert${held}.`;
}

function found(state: IncidentState): string {
  const { mode, origin } = state;
  if (!mode.confirmed && !mode.suggested) return '';
  const name = mode.confirmed
    ? `The failure mode is ${modeWords[mode.confirmed]}`
    : `The engine suggests ${modeWords[mode.suggested ?? 'unknown']}`;
  const where = origin
    ? `, and the wrong premise entered at step ${origin.step}`
    : ', and the fault origin is not confirmed yet';
  return `${name}${where}.`;
}

export function blastWords(counts: BlastCounts): string {
  const parts = [
    [counts.reversed, 'reversed'],
    [counts.remediated, 'remediated'],
    [counts.declined, 'left as they are on a signed reason'],
    [counts.running, 'being reversed'],
    [counts.pending, 'still to settle'],
    [counts.uncertain, 'uncertain'],
    [counts.noEffect, 'without effect'],
  ] as const;
  return parts.flatMap(([count, words]) => (count > 0 ? [`${count} ${words}`] : [])).join(', ');
}

function touched(state: IncidentState): string {
  if (!state.blast) return '';
  const counts = blastCountsOf(state);
  if (counts.total === 0) return 'It took no action outside the session after that.';
  const unfixable = counts.irreversible + counts.unknown;
  const kinds = unfixable > 0 ? `, ${unfixable} of them irreversible` : ', all reversible';
  return `After that it took ${plural(counts.total, 'external action')}${kinds}: ${blastWords(counts)}.`;
}

function ended(state: IncidentState): string {
  const { status, endedAt, ending } = state;
  if (status === 'open' || status === 'none' || endedAt === null) {
    const open = checklistOf(state).filter(({ proven }) => !proven).length;
    return open === 0 ? 'Every checklist item is proven.' : `${plural(open, 'checklist item')} still open.`;
  }
  const late = isLate(state) ? ', late' : '';
  const reason = ending ? `: ${ending.reason.text}` : '';
  return sentence(`It was ${endingWords[status]} after ${lasting(endedAt - state.openedAt)}${late}${reason}`);
}

/** What happened, in one paragraph. Nothing of a trace is in it. */
export const storyOf = (state: IncidentState): string =>
  [alerted(state), stopped(state), found(state), touched(state), ended(state)].filter(Boolean).join(' ');

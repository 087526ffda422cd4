import { inFlight, isGlassOpen, isSettled } from '../classes.ts';
import { checklistOf, openItems } from '../checklist.ts';
import { courseOf } from '../course.ts';
import { isContained } from '../containment.ts';
import { duesOf } from '../due.ts';
import type { Fact } from '../event.ts';
import { isEmpty } from '../ranges.ts';
import type { IncidentState } from '../state.ts';
import type { ChecklistItem } from '../vocabulary.ts';
import { decision, type DecisionTable } from './table.ts';

const runningReversals = (s: IncidentState): boolean =>
  Object.values(s.classes).some((item) => !isEmpty(inFlight(item)));

/** DESIGN, "Bug or postmortem": what a bug needs besides its fix. */
const bugItems: ChecklistItem[] = [
  'trace_exported',
  'failure_mode',
  'fault_origin',
  'actions_enumerated',
  'eval_regression',
];
const openForBug = (s: IncidentState): string[] =>
  checklistOf(s)
    .filter((status) => !status.proven && bugItems.includes(status.item))
    .map((status) => status.item);

const uncontained = (s: IncidentState): string =>
  Object.values(s.targets).find((target) => !isContained(target))?.targetId ?? '';

const evidenceKept = (s: IncidentState): boolean =>
  Object.values(s.sessions).every((session) => session.seal);
const unreversed = (s: IncidentState): boolean =>
  Object.values(s.classes).some((item) => !isSettled(item)) || isGlassOpen(s);

/** A false alarm ends the hold; after a merge the other incident holds the agent. */
function endingFacts(s: IncidentState): Fact[] {
  if (!s.ending) return [];
  const release: Fact[] =
    s.ending.kind === 'dismissed' && s.held
      ? [{ type: 'agentReleased', data: { reason: s.ending.reason } }]
      : [];
  return [
    ...release,
    { type: 'incidentEnded', data: { status: s.ending.kind, late: s.breachedAt !== null } },
  ];
}

export const running: DecisionTable<
  | 'acknowledge'
  | 'takeOwnership'
  | 'handOver'
  | 'setSeverity'
  | 'addNote'
  | 'tick'
  | 'reportNoticeLost'
  | 'proposeEnding'
  | 'withdrawEnding'
  | 'secondEnding'
  | 'requestClose'
> = {
  acknowledge: decision(
    'acknowledge',
    'responder',
    [{ code: 'already-acknowledged', breaks: (s) => s.acknowledgedAt !== null }],
    () => [{ type: 'acknowledged', data: {} }],
  ),

  takeOwnership: decision(
    'takeOwnership',
    'responder',
    [{ code: 'already-owner', breaks: (s, c) => s.ownerId === c.by.id }],
    (s, c) => [
      ...(s.acknowledgedAt === null ? [{ type: 'acknowledged' as const, data: {} }] : []),
      { type: 'ownerSet', data: { owner: c.by.id } },
    ],
  ),

  handOver: decision(
    'handOver',
    'responder',
    [{ code: 'already-owner', breaks: (s, c) => s.ownerId === c.to }],
    (_s, c) => [{ type: 'ownerSet', data: { owner: c.to } }],
  ),

  setSeverity: decision(
    'setSeverity',
    'responder',
    [{ code: 'no-change', breaks: (s, c) => s.severity === c.severity }],
    (_s, { severity }) => [{ type: 'severitySet', data: { severity } }],
  ),

  addNote: decision('addNote', 'responder', [], (_s, { text }) => [{ type: 'noteAdded', data: { text } }]),

  tick: decision(
    'tick',
    'engine',
    [{ code: 'no-change', breaks: (s, c) => !duesOf(s).some((due) => due.at <= c.at) }],
    (s, c) =>
      duesOf(s)
        .filter((due) => due.at <= c.at)
        .map((due) => due.fact(s)),
  ),

  reportNoticeLost: decision(
    'reportNoticeLost',
    'engine',
    [{ code: 'no-change', breaks: (s, c) => s.lostNotices?.some(({ about }) => about === c.about) === true }],
    (_s, { about, what, because }) => [{ type: 'noticeLost', data: { about, what, because } }],
  ),

  proposeEnding: decision(
    'proposeEnding',
    'responder',
    [
      { code: 'ending-proposed', breaks: (s) => s.ending !== null },
      { code: 'evidence-first', breaks: (s) => !evidenceKept(s) },
      {
        code: 'course-postmortem',
        breaks: (s, c) => c.kind === 'resolved_as_bug' && courseOf(s)?.course !== 'bug',
        detail: (s) => courseOf(s)?.rule ?? 'the blast radius is not mapped yet.',
      },
      { code: 'fix-needed', breaks: (_s, c) => c.kind === 'resolved_as_bug' && c.fixUrl === null },
      {
        code: 'into-needed',
        breaks: (s, c) =>
          c.kind === 'merged' && (c.intoIncidentId === null || c.intoIncidentId === s.incidentId),
      },
    ],
    (_s, { kind, reason, fixUrl, intoIncidentId }) => [
      { type: 'endingProposed', data: { kind, reason, fixUrl, intoIncidentId } },
    ],
  ),

  withdrawEnding: decision(
    'withdrawEnding',
    'responder',
    [{ code: 'no-ending-proposed', breaks: (s) => s.ending === null }],
    () => [{ type: 'endingWithdrawn', data: {} }],
  ),

  secondEnding: decision(
    'secondEnding',
    'responder',
    [
      { code: 'no-ending-proposed', breaks: (s) => s.ending === null },
      { code: 'own-ending', breaks: (s, c) => s.ending?.proposedBy === c.by.id },
      { code: 'evidence-first', breaks: (s) => !evidenceKept(s) },
      { code: 'reversals-running', breaks: runningReversals },
      {
        code: 'course-postmortem',
        breaks: (s) => s.ending?.kind === 'resolved_as_bug' && courseOf(s)?.course !== 'bug',
        detail: (s) => courseOf(s)?.rule ?? '',
      },
      {
        code: 'items-open',
        breaks: (s) => s.ending?.kind === 'resolved_as_bug' && openForBug(s).length > 0,
        detail: (s) => openForBug(s).join(', '),
      },
      {
        code: 'unreversed-actions',
        breaks: (s) => s.ending?.kind === 'resolved_as_bug' && unreversed(s),
      },
      {
        code: 'containment-open',
        breaks: (s) => s.ending?.kind === 'resolved_as_bug' && uncontained(s) !== '',
        detail: uncontained,
      },
      { code: 'still-held', breaks: (s) => s.ending?.kind === 'resolved_as_bug' && s.held },
    ],
    (s) => endingFacts(s),
  ),

  // Promise 4: no closure with an open item; there is no "skip".
  requestClose: decision(
    'requestClose',
    'responder',
    [
      {
        code: 'items-open',
        breaks: (s) => openItems(s).length > 0,
        detail: (s) => openItems(s).join(', '),
      },
      { code: 'containment-open', breaks: (s) => uncontained(s) !== '', detail: uncontained },
      { code: 'still-held', breaks: (s) => s.held },
    ],
    (s) => [{ type: 'incidentEnded', data: { status: 'closed', late: s.distributed?.late ?? true } }],
  ),
};

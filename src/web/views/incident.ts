import { z } from 'zod';
import { checklistOf } from '../../domain/incident/checklist.ts';
import type { IncidentEvent } from '../../domain/incident/event.ts';
import { blastCountsOf } from '../../domain/incident/line.ts';
import type { IncidentState, SessionState } from '../../domain/incident/state.ts';
import { ChecklistItem } from '../../domain/incident/vocabulary.ts';
import { lostNoticeWords } from '../../domain/incident/words.ts';
import type { IncidentRow } from '../../store/port.ts';
import type { Read } from '../sketches.ts';
import type { NameOf } from './fields.ts';
import {
  classViews,
  ClassView,
  EvidenceView,
  evidenceViews,
  signOffViews,
  SignOffView,
  targetViews,
  TargetView,
} from './incident/parts.ts';
import { SessionView, stepViews } from './incident/session.ts';
import { storyOf } from './incident/story.ts';
import { timelineView, TimelineView } from './incident/timeline.ts';
import { IncidentLineView, lineView } from './line.ts';
import type { Sight } from './sight.ts';

export const IncidentView = z.object({
  incident: IncidentLineView,
  story: z.string().describe('what happened, in one paragraph'),
  course: z.object({ course: z.enum(['postmortem', 'bug']), rule: z.string() }).nullable(),
  firstAction: z.object({ sentence: z.string(), done: z.boolean() }).nullable(),
  proposedEnding: z
    .object({ kind: z.string(), by: z.string(), reason: z.string() })
    .nullable()
    .describe('waits for a second person'),
  untold: z
    .array(z.object({ what: z.string(), because: z.string(), at: z.string() }))
    .describe('notices and pages that were given up after many tries, newest last'),
  containment: z.array(TargetView),
  blast: z
    .object({
      total: z.int(),
      attempted: z.int(),
      subagents: z.int(),
      overLikelyOrigins: z
        .boolean()
        .describe('the fault origin is not confirmed: every likely one is covered'),
      reversed: z.int(),
      remediated: z.int(),
      declined: z.int(),
      running: z.int(),
      pending: z.int(),
      uncertain: z.int(),
      reversible: z.int(),
      irreversible: z.int(),
      unknown: z.int(),
      noEffect: z.int(),
    })
    .nullable()
    .describe('null: not mapped yet'),
  classes: z.array(ClassView),
  signOffs: z.array(SignOffView).describe('newest first'),
  checklist: z.array(z.object({ item: ChecklistItem, proven: z.boolean(), proof: z.string() })),
  timeline: TimelineView,
  session: SessionView.nullable().describe('the session with the fault origin, else the chosen or first one'),
  sessionIds: z.array(z.string()),
  evidence: z.array(EvidenceView),
  postmortem: z.object({
    version: z.int(),
    final: z.boolean(),
    documentSha256: z.string().nullable(),
    receipts: z.array(z.object({ team: z.string(), kind: z.string(), status: z.string() })),
  }),
  linkedFrom: z.string().nullable().describe('the incident before this one'),
  audit: z.object({ seq: z.int(), head: z.string() }),
});
export type IncidentView = z.infer<typeof IncidentView>;

/** The session that a page draws: the one asked for, else that of the fault origin, else the first. */
export function drawnSession(state: IncidentState, asked: string | null): SessionState | null {
  const named = asked !== null && Object.hasOwn(state.sessions, asked) ? state.sessions[asked] : undefined;
  const origin = state.origin ? state.sessions[state.origin.sessionId] : undefined;
  return named ?? origin ?? Object.values(state.sessions)[0] ?? null;
}

function sessionView(
  state: IncidentState,
  session: SessionState,
  read: Read | null,
): z.infer<typeof SessionView> {
  const { sessionId, seal, analysis } = session;
  const isOrigin = state.origin?.sessionId === sessionId;
  const origin = isOrigin ? (state.origin?.step ?? null) : (analysis?.candidates[0]?.step ?? null);
  const base = { sessionId, totalSteps: seal?.steps ?? 0, confirmed: isOrigin };
  if (!read) return { ...base, state: 'hidden', steps: [] };
  if (read.state !== 'shown') return { ...base, state: read.state, steps: [] };
  const cascade = isOrigin && state.cascade ? state.cascade : (analysis?.cascadePath ?? []);
  const marks = { origin, symptom: analysis?.symptomStep ?? null, cascade };
  return { ...base, state: 'shown', steps: stepViews(read.sketch, marks) };
}

export interface IncidentViewOf {
  row: IncidentRow;
  events: readonly IncidentEvent[];
  /** The session to draw, and what could be read of it; `read` is null without sight of traces. */
  session: SessionState | null;
  read: Read | null;
  nameOf: NameOf;
  sight: Sight;
  nowMs: number;
  beforeSeq: number | null;
}

export function incidentView(given: IncidentViewOf): IncidentView {
  const { row, events, session, read, nameOf, sight, nowMs, beforeSeq } = given;
  const { state, seq, head } = row;
  const { blast, firstAction, ending, course, postmortem, distribution } = state;
  return {
    incident: lineView(row, nameOf, nowMs),
    story: storyOf(state),
    course: course && { course: course.course, rule: course.rule },
    firstAction: firstAction && { sentence: firstAction.sentence, done: firstAction.completedAt !== null },
    proposedEnding:
      ending && state.status === 'open'
        ? { kind: ending.kind, by: nameOf(ending.proposedBy), reason: ending.reason.text }
        : null,
    untold: (state.lostNotices ?? []).map((lost) => ({
      what: lostNoticeWords(lost),
      because: lost.because,
      at: new Date(lost.at).toISOString(),
    })),
    containment: targetViews(state),
    blast: blast && {
      attempted: blast.attempted,
      subagents: blast.subagents,
      overLikelyOrigins: state.origin === null,
      ...blastCountsOf(state),
    },
    classes: classViews(state),
    signOffs: signOffViews(state, nameOf).reverse(),
    checklist: checklistOf(state),
    timeline: timelineView(events, nameOf, sight, beforeSeq),
    session: session && sessionView(state, session, sight.trace ? read : null),
    sessionIds: Object.keys(state.sessions),
    evidence: evidenceViews(state),
    postmortem: {
      version: postmortem.version,
      final: postmortem.final,
      documentSha256: distribution?.documentSha256 ?? null,
      receipts: Object.values(distribution?.receipts ?? {}).map(({ team, kind, status }) => ({
        team,
        kind,
        status,
      })),
    },
    linkedFrom: state.linkedFrom,
    audit: { seq, head },
  };
}

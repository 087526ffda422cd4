import { z } from 'zod';
import { checklistOf } from '../../domain/incident/checklist.ts';
import { expiryOf, openSignOffs } from '../../domain/incident/line.ts';
import { phaseOf, phases } from '../../domain/incident/phase.ts';
import { sizeOf } from '../../domain/incident/ranges.ts';
import type { IncidentState, SignOff } from '../../domain/incident/state.ts';
import { Severity } from '../../domain/incident/vocabulary.ts';
import { waitingSince } from '../../domain/incident/waiting.ts';
import { FailureModeOrUnknown } from '../../domain/session/analysis.ts';
import { nextOf } from '../../slack/blocks/card/lead.ts';
import type { IncidentRow } from '../../store/port.ts';
import { clockOf, ClockView } from './clock.ts';
import { iso, isoOrNull, Moment, type NameOf, PersonView, personView } from './fields.ts';

export const Status = z.enum(['open', 'closed', 'dismissed', 'resolved_as_bug', 'merged']);
export const PhaseName = z.enum(phases);

/** A sign-off that waits for people. */
export const PendingSignOff = z.object({
  requestId: z.string(),
  incidentId: z.string(),
  tool: z.string(),
  kind: z.enum(['reversal', 'remediation_plan']),
  actions: z.int().nonnegative(),
  signatures: z.int().nonnegative(),
  quorum: z.int().positive(),
  askedAt: Moment.describe('of its last round'),
  dueAt: Moment.describe('then it expires and is open again'),
  round: z.int().nonnegative(),
});
export type PendingSignOff = z.infer<typeof PendingSignOff>;

/** One incident in a list. */
export const IncidentLineView = z.object({
  incidentId: z.string(),
  title: z.string(),
  agent: z.string(),
  status: Status,
  severity: Severity,
  phase: PhaseName,
  failureMode: z
    .object({ mode: FailureModeOrUnknown, confirmed: z.boolean() })
    .nullable()
    .describe('null: not classified yet'),
  owner: PersonView.nullable(),
  acknowledged: z.boolean(),
  openedAt: Moment,
  endedAt: Moment.nullable(),
  lastEventAt: Moment,
  waitsFor: z.string().describe('the one thing it waits for, a sentence'),
  waitsSince: Moment.nullable(),
  clock: ClockView,
  signOffs: z.array(PendingSignOff),
  itemsProven: z.int().nonnegative(),
  items: z.int().positive(),
  sessions: z.int().nonnegative(),
  alerts: z.int().nonnegative(),
  held: z.boolean().describe('the agent starts no new session'),
  seq: z.int().positive().describe('events on record'),
});
export type IncidentLineView = z.infer<typeof IncidentLineView>;

const pendingOf = (state: IncidentState, request: SignOff): PendingSignOff => ({
  requestId: request.requestId,
  incidentId: state.incidentId,
  tool: state.classes[request.classId]?.spec.tool ?? '',
  kind: request.remediation ? 'remediation_plan' : 'reversal',
  actions: sizeOf(request.indices),
  signatures: new Set(request.signatures.map(({ by }) => by)).size,
  quorum: request.quorum,
  askedAt: iso(request.openedAt),
  dueAt: iso(expiryOf(state, request)),
  round: request.round,
});

export function lineView({ seq, state }: IncidentRow, nameOf: NameOf, nowMs: number): IncidentLineView {
  const items = checklistOf(state);
  const { confirmed, suggested } = state.mode;
  const mode = confirmed ?? suggested;
  return {
    incidentId: state.incidentId,
    title: state.alerts.first?.title ?? state.incidentId,
    agent: state.agent,
    status: Status.parse(state.status),
    severity: state.severity,
    phase: phaseOf(state),
    failureMode: mode === null ? null : { mode, confirmed: confirmed !== null },
    owner: personView(state.ownerId, nameOf),
    acknowledged: state.acknowledgedAt !== null,
    openedAt: iso(state.openedAt),
    endedAt: isoOrNull(state.endedAt),
    lastEventAt: iso(state.lastEventAt),
    waitsFor: nextOf(state),
    waitsSince: isoOrNull(waitingSince(state)),
    clock: clockOf(state, nowMs),
    signOffs: openSignOffs(state).map((request) => pendingOf(state, request)),
    itemsProven: items.filter(({ proven }) => proven).length,
    items: items.length,
    sessions: Object.keys(state.sessions).length,
    alerts: state.alerts.count,
    held: state.held,
    seq,
  };
}

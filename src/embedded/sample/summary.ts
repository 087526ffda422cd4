import { checklistOf, type ItemStatus } from '../../domain/incident/checklist.ts';
import { kindOf } from '../../domain/incident/classes.ts';
import type { IncidentEvent } from '../../domain/incident/event.ts';
import { has } from '../../domain/incident/ranges.ts';
import type { ClassState, IncidentState } from '../../domain/incident/state.ts';
import { phaseSpans, type PhaseSpan } from '../../domain/incident/timeline.ts';
import type { PlanAction } from '../../activities/plan.ts';
import { countOf } from './story.ts';

export interface Summary {
  incidentId: string;
  status: string;
  phases: PhaseSpan[];
  checklist: ItemStatus[];
  blastRadius: { reversible: number; irreversible: number };
  reversals: { action: string; outcome: string }[];
  auditHead: string;
  mails: { to: string; messageId: string }[];
}

function outcomeOf(item: ClassState, index: number): string {
  if (kindOf(item) === 'irreversible') return has(item.remediated, index) ? 'remediated' : 'open';
  if (has(item.done, index)) return 'done';
  if (has(item.uncertain, index)) return 'uncertain';
  if (has(item.declined, index)) return 'declined';
  return has(item.notDone, index) ? 'not done' : 'open';
}

/** What `npm start -- --auto --json` prints: the incident as its record has it. */
export function summaryOf(input: {
  state: IncidentState;
  events: IncidentEvent[];
  plans: Record<string, PlanAction[]>;
  auditHead: string;
  mails: Summary['mails'];
}): Summary {
  const { state, events, plans, auditHead, mails } = input;
  const active = Object.values(state.classes).filter((item) => !item.superseded);
  return {
    incidentId: state.incidentId,
    status: state.status,
    phases: phaseSpans(events),
    checklist: checklistOf(state),
    blastRadius: { reversible: countOf(state, 'reversible'), irreversible: countOf(state, 'irreversible') },
    reversals: active.flatMap((item) =>
      (plans[item.spec.planUri] ?? []).map(({ index, tool, target }) => ({
        action: `${tool} ${target ?? ''}`.trim(),
        outcome: outcomeOf(item, index),
      })),
    ),
    auditHead,
    mails,
  };
}

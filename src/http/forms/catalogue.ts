import type { Role } from '../../domain/incident/actor.ts';
import type { IncidentState } from '../../domain/incident/state.ts';
import { analysisForms } from './catalogue/analysis.ts';
import { containmentForms } from './catalogue/containment.ts';
import { endingForms } from './catalogue/ending.ts';
import { postmortemForms } from './catalogue/postmortem.ts';
import { reversalForms } from './catalogue/reversal.ts';
import { runningForms } from './catalogue/running.ts';
import type { Decisions, Option } from './form.ts';

export const mayDecide = (roles: readonly Role[]): boolean =>
  roles.includes('responder') || roles.includes('approver');

/**
 * The decisions that somebody with these roles can take now. Only what could succeed is offered; whether it does, the
 * decider says. `people`: to whom the incident can be handed over, by actor id.
 */
export function decisionsOf(state: IncidentState, roles: readonly Role[], people: Option[]): Decisions {
  if (state.status !== 'open' || !mayDecide(roles)) return { wanted: [], always: [] };
  const running = runningForms(state, people);
  const ending = endingForms(state);
  return {
    wanted: [
      ...running.wanted,
      ...containmentForms(state),
      ...analysisForms(state),
      ...reversalForms(state),
      ...postmortemForms(state),
      ...ending.wanted,
    ],
    always: [...running.always, ...ending.always],
  };
}

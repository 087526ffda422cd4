import type { IncidentState } from '../../../domain/incident/state.ts';
import { stuckTargets } from '../../../slack/blocks/reading.ts';
import { containmentWords } from '../../../domain/incident/words.ts';
import { form, hidden, reason, type DecisionForm } from '../form.ts';

function nameSession(state: IncidentState): DecisionForm {
  const offered = state.offered.map(({ sessionId, because }) => ({
    value: sessionId,
    label: sessionId,
    hint: because,
  }));
  return form({
    type: 'nameSession',
    title: 'Name the session that went wrong',
    submit: 'Stop this session',
    style: 'primary',
    explain: ['It is contained first; only then is its trace read.'],
    fields: [
      ...(offered.length > 0
        ? [
            {
              kind: 'choice' as const,
              name: 'pick',
              label: 'Candidates',
              required: false,
              options: offered,
            },
          ]
        : []),
      {
        kind: 'line',
        name: 'sessionId',
        label: offered.length > 0 ? 'Or another session id' : 'Session id',
        required: offered.length === 0,
      },
    ],
  });
}

/** Naming the session, and the stop that waits for a person. */
export const containmentForms = (state: IncidentState): DecisionForm[] => [
  ...(Object.keys(state.sessions).length === 0 ? [nameSession(state)] : []),
  ...stuckTargets(state).flatMap(({ targetId, sessionId, agent, status }) => [
    form({
      id: `retryContainment-${targetId}`,
      type: 'retryContainment',
      title: `Retry the stop of ${sessionId}`,
      submit: 'Retry the stop',
      style: 'primary',
      explain: [`${agent}: ${containmentWords[status]}`],
      fields: [hidden('targetId', targetId)],
    }),
    form({
      id: `takeOverContainment-${targetId}`,
      type: 'takeOverContainment',
      title: `Take over the stop of ${sessionId}`,
      submit: 'Take it over',
      style: 'danger',
      explain: ['You answer for it that this no longer runs. The trace is read after that.'],
      fields: [hidden('targetId', targetId), reason('How do you know that it is stopped?')],
    }),
  ]),
];

import type { IncidentState } from '../../../domain/incident/state.ts';
import { Severity } from '../../../domain/incident/vocabulary.ts';
import { severityWords } from '../../../domain/incident/words.ts';
import type { Decisions } from '../form.ts';
import { form, reason, type Option } from '../form.ts';

/** Acknowledgement, ownership, severity, notes, release. */
export function runningForms(state: IncidentState, people: Option[]): Decisions {
  const acknowledge = form({
    type: 'acknowledge',
    title: 'Acknowledge',
    submit: 'Acknowledge',
    style: 'primary',
    explain: ['Nobody else is paged then.'],
    fields: [],
  });
  const firstAction = form({
    type: 'completeFirstAction',
    title: 'First action',
    submit: 'First action done',
    explain: [state.firstAction?.sentence ?? ''],
    fields: [{ kind: 'lines', name: 'note', label: 'What did you find?', required: true }],
  });
  const release = form({
    type: 'releaseAgent',
    title: 'Release the agent',
    submit: 'Release',
    explain: [`${state.agent} may start new sessions then.`],
    fields: [reason('Why is it safe now?')],
  });
  return {
    wanted: [
      ...(state.acknowledgedAt === null ? [acknowledge] : []),
      ...(state.firstAction && state.firstAction.completedAt === null ? [firstAction] : []),
    ],
    always: [
      form({
        type: 'addNote',
        title: 'Add a note',
        submit: 'Add',
        fields: [{ kind: 'lines', name: 'text', label: 'Note', required: true }],
      }),
      form({
        type: 'setSeverity',
        title: 'Severity',
        submit: 'Set',
        fields: [
          {
            kind: 'choice',
            name: 'severity',
            label: 'Severity',
            required: true,
            options: Severity.options.map((value) => ({ value, label: severityWords[value] })),
            value: state.severity,
          },
        ],
      }),
      form({ type: 'takeOwnership', title: 'Take ownership', submit: 'Take ownership', fields: [] }),
      ...(people.length > 0
        ? [
            form({
              type: 'handOver',
              title: 'Hand over',
              submit: 'Hand over',
              fields: [{ kind: 'choice', name: 'to', label: 'To whom?', required: true, options: people }],
            }),
          ]
        : []),
      ...(state.held ? [release] : []),
    ],
  };
}

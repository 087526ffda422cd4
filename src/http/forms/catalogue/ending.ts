import { phaseOf } from '../../../domain/incident/phase.ts';
import type { IncidentState } from '../../../domain/incident/state.ts';
import type { Decisions } from '../form.ts';
import { form, hidden, reason, type DecisionForm, type Field } from '../form.ts';

const propose = (kind: string, title: string, explain: string, fields: Field[] = []): DecisionForm =>
  form({
    id: `proposeEnding-${kind}`,
    type: 'proposeEnding',
    title,
    submit: 'Propose',
    explain: [explain, 'A second person has to agree; the evidence is kept.'],
    fields: [hidden('kind', kind), ...fields, reason('Why?')],
  });

const second = (state: IncidentState): DecisionForm[] =>
  state.ending
    ? [
        form({
          type: 'secondEnding',
          title: `Agree to the ending: ${state.ending.kind.replaceAll('_', ' ')}`,
          submit: 'Agree and end',
          style: 'primary',
          explain: [state.ending.reason.text, ...(state.ending.fixUrl ? [state.ending.fixUrl] : [])],
          fields: [reason('Anything to add?', false)],
        }),
        form({ type: 'withdrawEnding', title: 'Withdraw the ending', submit: 'Withdraw', fields: [] }),
      ]
    : [];

/** Closure, and the endings that are not closure. */
export function endingForms(state: IncidentState): Decisions {
  const canPropose = state.ending === null;
  const late = ['postmortem', 'distribute', 'close'].includes(phaseOf(state));
  return {
    wanted: [
      ...second(state),
      ...(late ? [form({ type: 'requestClose', title: 'Close', submit: 'Request close', fields: [] })] : []),
    ],
    always: canPropose
      ? [
          propose('dismissed', 'Dismiss: false alarm', 'It ends the hold.'),
          propose('resolved_as_bug', 'Resolve as a bug', 'By the rule only.', [
            { kind: 'line', name: 'fixUrl', label: 'Link to the fix', required: true },
          ]),
          propose('merged', 'Merge into another incident', 'The other one goes on.', [
            { kind: 'line', name: 'intoIncidentId', label: 'Id of the other incident', required: true },
          ]),
        ]
      : [],
  };
}

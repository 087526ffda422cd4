import type { Button, KnownBlock, ModalView } from '@slack/types';
import { Severity, type EndingKind } from '../../../domain/incident/vocabulary.ts';
import type { IncidentState } from '../../../domain/incident/state.ts';
import type { Place } from '../../form-ids.ts';
import { button, personField, radioField, selectField, textField } from '../elements.ts';
import { mentionOf } from '../mention.ts';
import { paragraphs, person, quote, row, word, type Line } from '../rich.ts';
import { divider, said, small } from '../text.ts';
import { endingWords, severityWords } from '../../../domain/incident/words.ts';
import { form, placedSheet } from './modal.ts';

/** What stands on an ending's button, and what becomes of the incident by it. */
const endingChoices: Record<EndingKind, [label: string, effect: string]> = {
  dismissed: ['Dismiss: false alarm', 'It ends the hold.'],
  merged: ['Merge into another', 'The other incident goes on.'],
  resolved_as_bug: ['Resolve as a bug', 'Only where the rule allows it.'],
};

const line = (words: string, accessory: Button): KnownBlock => ({
  type: 'section',
  text: { type: 'mrkdwn', text: words, verbatim: true },
  accessory,
});

/** What is always possible, a tap each. */
export function moreSheet(state: IncidentState, place: Place): ModalView {
  const { incidentId } = state;
  const owner = state.ownerId ? mentionOf(state.ownerId) : 'nobody';
  return placedSheet('more', place, 'More', [
    line('A note for the record', button('Add a note', { do: 'note', incidentId })),
    line(`Owner: ${owner}`, button('Take ownership', { do: 'take_ownership', incidentId })),
    line('Somebody else runs it', button('Hand over', { do: 'hand_over', incidentId })),
    line(
      `Severity: ${severityWords[state.severity]}`,
      button('Set the severity', { do: 'severity', incidentId }),
    ),
    ...(state.held
      ? [
          line(
            'The agent starts no new session',
            button('Release the agent', { do: 'release', incidentId }, { apart: 'more' }),
          ),
        ]
      : []),
    divider,
    said('*Endings that are not closure.* A second person has to agree; the evidence is kept.'),
    ...(Object.keys(endingChoices) as EndingKind[]).map((kind) =>
      line(
        endingChoices[kind][1],
        button(endingChoices[kind][0], { do: 'end_otherwise', incidentId, kind }, { apart: kind }),
      ),
    ),
  ]);
}

/** An open incident that another one can be merged into. */
export interface OtherIncident {
  incidentId: string;
  title: string;
}

/** At most ten `others`; the value of a choice is its place in the list, which the metadata repeats. */
const mergeFields = (others: OtherIncident[]): KnownBlock[] => [
  ...(others.length > 0
    ? [
        selectField(
          'into_pick',
          'Into which?',
          others.map(({ incidentId, title }, i) => ({
            value: String(i),
            label: title,
            description: incidentId,
          })),
          { optional: true, placeholder: 'Open incidents of this agent' },
        ),
      ]
    : [said('No other incident of this agent is open.')]),
  textField('into', others.length > 0 ? 'Or its id' : 'Id of the other incident', {
    optional: others.length > 0,
    max: 200,
  }),
];

/** An ending other than closure: a reason, and a second person. */
export const endOtherwiseModal = (kind: EndingKind, others: OtherIncident[], place: Place): ModalView =>
  form(
    'end_otherwise',
    { ...place, kind, others: others.map(({ incidentId }) => incidentId) },
    { title: endingChoices[kind][0], submit: 'Propose' },
    [
      said(`${endingChoices[kind][1]} A second person has to agree; the evidence is kept.`),
      ...(kind === 'resolved_as_bug' ? [textField('fix', 'Link to the fix', { max: 1_000 })] : []),
      ...(kind === 'merged' ? mergeFields(others) : []),
      textField('reason', 'Why?', { multiline: true }),
    ],
  );

export function secondEndingModal(
  state: IncidentState,
  names: Readonly<Record<string, string>>,
  place: Place,
): ModalView {
  const { ending } = state;
  const lines: Line[] = ending
    ? [
        row('Proposed', word(endingWords[ending.kind])),
        row('By', person(ending.proposedBy, names)),
        row('Because', quote(ending.reason.text, 2_000)),
        ...(ending.fixUrl ? [row('Fix', quote(ending.fixUrl, 500))] : []),
        ...(ending.intoIncidentId ? [row('Into', quote(ending.intoIncidentId, 200))] : []),
      ]
    : [[quote('No ending is proposed.')]];
  return form('second_ending', place, { title: 'Agree to the ending', submit: 'Agree and end' }, [
    paragraphs(lines),
    textField('reason', 'Anything to add?', { optional: true, multiline: true }),
  ]);
}

export const noteModal = (place: Place): ModalView =>
  form('note', place, { title: 'Add a note', submit: 'Add' }, [
    textField('text', 'Note', { multiline: true }),
    small('Notes are part of the record.'),
  ]);

export const severityModal = (state: IncidentState, place: Place): ModalView =>
  form('severity', place, { title: 'Severity', submit: 'Set' }, [
    radioField(
      'severity',
      'Severity',
      Severity.options.map((severity) => ({ value: severity, label: severityWords[severity] })),
      { initial: state.severity },
    ),
  ]);

export const handOverModal = (state: IncidentState, place: Place): ModalView =>
  form('hand_over', place, { title: 'Hand over', submit: 'Hand over' }, [
    ...(state.ownerId ? [said(`Owner now: ${mentionOf(state.ownerId)}`)] : []),
    personField('to', 'To whom?'),
  ]);

export const firstActionModal = (state: IncidentState, place: Place): ModalView =>
  form('first_action', place, { title: 'First action', submit: 'Done' }, [
    paragraphs([[quote(state.firstAction?.sentence ?? '', 500)]]),
    textField('note', 'What did you find?', { multiline: true }),
  ]);

/** Value of the choice that asks for an id typed below. */
export const TYPED_SESSION = 'typed';

export const nameSessionModal = (state: IncidentState, place: Place): ModalView =>
  form('name_session', place, { title: 'Name the session', submit: 'Stop this session' }, [
    said('It is contained first; only then is its trace read.'),
    ...(state.offered.length > 0
      ? [
          paragraphs(
            state.offered
              .slice(0, 20)
              .map((one, i): Line => [quote(`${i + 1}. ${one.sessionId}: ${one.because}`, 250)]),
          ),
          selectField(
            'pick',
            'Candidates',
            [
              ...state.offered.map((one, i) => ({ value: String(i), label: `${i + 1}. ${one.sessionId}` })),
              { value: TYPED_SESSION, label: 'Another one, typed below' },
            ],
            { initial: '0' },
          ),
        ]
      : []),
    textField('session', state.offered.length > 0 ? 'Or another session, by its id' : 'Session id', {
      optional: state.offered.length > 0,
      max: 200,
    }),
  ]);

/** Receipts that nobody is sure of: at most ten; the value of a choice is its place in the list. */
export const settleReceiptModal = (
  recipientIds: string[],
  state: IncidentState,
  names: Readonly<Record<string, string>>,
  place: Place,
): ModalView =>
  form('settle_receipt', { ...place, recipientIds }, { title: 'Settle a receipt', submit: 'Settle' }, [
    selectField(
      'recipient',
      'Recipient',
      recipientIds.map((id, i) => ({
        value: String(i),
        label: names[id] ?? id,
        description: `${state.distribution?.receipts[id]?.status ?? ''}: ${state.distribution?.receipts[id]?.note ?? ''}`,
      })),
      { initial: '0' },
    ),
    radioField('outcome', 'Did it arrive?', [
      { value: 'sent', label: 'Yes, it arrived' },
      { value: 'send_again', label: 'No, send it again' },
    ]),
    textField('reason', 'How do you know?', { multiline: true }),
  ]);

/** A person reports what they saw; the agent is stopped at once. */
export const reportModal = (
  agents: readonly string[],
  what: string,
  meta: Place & { messageUrl: string | null },
): ModalView =>
  form('report', meta, { title: 'Report an agent', submit: 'Stop it and open' }, [
    said('*The agent is stopped at once*, its evidence is sealed, and an incident opens or is joined.'),
    agents.length > 0
      ? selectField(
          'agent',
          'Agent',
          agents.map((agent, i) => ({ value: String(i), label: agent })),
          agents.length === 1 ? { initial: '0' } : {},
        )
      : textField('agent', 'Agent', { max: 200 }),
    textField('what', 'What went wrong?', {
      multiline: true,
      max: 300,
      ...(what ? { initial: what } : {}),
    }),
    textField('session', 'Session id, if you know it', { optional: true, max: 200 }),
    textField('wrong', 'A value that is wrong, if you know one', { optional: true, max: 300 }),
  ]);

import { partialSession } from '../../../domain/incident/checklist.ts';
import { unplannedClasses } from '../../../domain/incident/classes.ts';
import type { IncidentState } from '../../../domain/incident/state.ts';
import { FactorKind, GapKind, RunItem, Section } from '../../../domain/incident/vocabulary.ts';
import { troubledReceipts } from '../../../slack/blocks/reading.ts';
import {
  attestWords,
  factorWords,
  gapWords,
  itemWords,
  sectionWords,
} from '../../../domain/incident/words.ts';
import { form, hidden, reason, type DecisionForm } from '../form.ts';

const choices = <T extends string>(values: readonly T[], words: Record<T, string>) =>
  values.map((value) => ({ value, label: words[value] }));

/** A section's form; `mine` stands in it when somebody else saved meanwhile. */
export function sectionForm(state: IncidentState, section: Section, mine?: string): DecisionForm {
  const found = state.postmortem.sections[section];
  return form({
    id: `editSection-${section}`,
    type: 'editSection',
    title: sectionWords[section],
    submit: 'Save the section',
    explain: mine !== undefined && found ? [`Theirs, saved while you wrote: ${found.text.text}`] : [],
    fields: [
      hidden('section', section),
      hidden('baseSha256', found?.text.sha256 ?? ''),
      {
        kind: 'lines',
        name: 'text',
        label: mine === undefined ? 'Text' : 'Yours',
        required: true,
        value: mine ?? found?.text.text ?? '',
      },
    ],
  });
}

function factors(state: IncidentState): DecisionForm[] {
  const { factors: known, attested } = state.postmortem;
  const ids = Object.keys(known);
  return [
    form({
      type: 'addFactor',
      title: `Contributing factors: ${ids.length} of at least ${state.policy.minContributingFactors}`,
      submit: 'Add the factor',
      explain: ['A single root cause has no field.'],
      fields: [
        {
          kind: 'choice',
          name: 'kind',
          label: 'Kind',
          required: true,
          options: choices(FactorKind.options, factorWords),
        },
        { kind: 'lines', name: 'text', label: 'What contributed?', required: true },
      ],
    }),
    ...Object.entries(known).map(([factorId, { kind, text }]) =>
      form({
        id: `removeFactor-${factorId}`,
        type: 'removeFactor',
        title: `${factorWords[kind]}: ${text.text}`,
        submit: 'Remove',
        fields: [hidden('factorId', factorId)],
      }),
    ),
    ...(attested || ids.length === 0
      ? []
      : [
          form({
            type: 'attestFactors',
            title: 'Attest the factors',
            submit: 'I know of no factor that is left out',
            fields: [hidden('factorIds', JSON.stringify(ids))],
          }),
        ]),
  ];
}

const gap = ({ postmortem }: IncidentState): DecisionForm =>
  form({
    type: 'describeGap',
    title: 'Detection gap',
    submit: 'Save the gap',
    fields: [
      {
        kind: 'choice',
        name: 'kind',
        label: 'What would have caught this earlier?',
        required: true,
        options: choices(GapKind.options, gapWords),
        ...(postmortem.gap ? { value: postmortem.gap.kind } : {}),
      },
      {
        kind: 'lines',
        name: 'text',
        label: 'In a sentence or two',
        required: true,
        ...(postmortem.gap ? { value: postmortem.gap.text.text } : {}),
      },
    ],
  });

const isAttestable = (state: IncidentState, item: RunItem): boolean =>
  item === 'trace_exported'
    ? partialSession(state) !== null
    : state.origin !== null && state.proofs[item]?.ok === false;

const attestations = (state: IncidentState): DecisionForm[] =>
  RunItem.options
    .filter((item) => isAttestable(state, item))
    .map((item) =>
      form({
        id: `attestItem-${item}`,
        type: 'attestItem',
        title: `Attest a link: ${itemWords[item]}`,
        submit: 'Attest',
        explain: [`${attestWords[item]} Two people attest the same link.`],
        fields: [
          hidden('item', item),
          {
            kind: 'line',
            name: 'link',
            label: 'Link',
            required: true,
            ...(state.attestations[item] ? { value: state.attestations[item].link } : {}),
          },
          reason('What does it show?'),
        ],
      }),
    );

const receipts = (state: IncidentState): DecisionForm[] =>
  troubledReceipts(state).map((recipientId) =>
    form({
      id: `settleReceipt-${recipientId}`,
      type: 'settleReceipt',
      title: `Settle a receipt: ${recipientId}`,
      submit: 'Settle',
      style: 'primary',
      explain: [state.distribution?.receipts[recipientId]?.note ?? ''],
      fields: [
        hidden('recipientId', recipientId),
        {
          kind: 'choice',
          name: 'outcome',
          label: 'Did it arrive?',
          required: true,
          options: [
            { value: 'sent', label: 'Yes, it arrived' },
            { value: 'send_again', label: 'No, send it again' },
          ],
        },
        reason('How do you know?'),
      ],
    }),
  );

/** The postmortem's parts, once every irreversible action has its plan. */
export function postmortemForms(state: IncidentState): DecisionForm[] {
  if (!state.blast || unplannedClasses(state).length > 0) return [];
  const { version, final } = state.postmortem;
  return [
    ...factors(state),
    gap(state),
    ...Section.options.map((section) => sectionForm(state, section)),
    ...attestations(state),
    ...(final
      ? []
      : [
          form({
            type: 'finalisePostmortem',
            title: 'Distribute',
            submit: `Make version ${version + 1} final and distribute it`,
            fields: [],
          }),
        ]),
    ...receipts(state),
  ];
}

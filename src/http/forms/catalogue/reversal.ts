import { plural } from '../../../domain/incident/words.ts';
import { sizeOf } from '../../../domain/incident/ranges.ts';
import type { ClassState, IncidentState } from '../../../domain/incident/state.ts';
import {
  brokenGlasses,
  toAskAgain,
  toClassify,
  toPlan,
  toRemediate,
  toSettle,
} from '../../../slack/blocks/reading.ts';
import { form, hidden, reason, type DecisionForm, type Field } from '../form.ts';

const of = ({ spec }: ClassState): string => `${spec.tool}, ${plural(spec.count, 'action')}`;
const classField = ({ spec }: ClassState): Field => hidden('classId', spec.classId);

const settle = (item: ClassState): DecisionForm =>
  form({
    id: `settleUncertain-${item.spec.classId}`,
    type: 'settleUncertain',
    title: `Settle uncertain reversals: ${item.spec.tool}`,
    submit: 'Settle',
    style: 'danger',
    explain: [
      `The answer of ${plural(sizeOf(item.uncertain), 'reversal')} was lost. Look in the system itself: nothing is repeated blindly.`,
    ],
    fields: [
      classField(item),
      hidden('indices', JSON.stringify(item.uncertain)),
      {
        kind: 'choice',
        name: 'outcome',
        label: 'What became of them?',
        required: true,
        options: [
          { value: 'done', label: 'They were reversed' },
          { value: 'not_done', label: 'They were not', hint: 'They can be signed and run again' },
        ],
      },
      reason('Where did you look?'),
    ],
  });

const classify = (item: ClassState): DecisionForm =>
  form({
    id: `classifyActions-${item.spec.classId}`,
    type: 'classifyActions',
    title: `Classify an unknown tool: ${of(item)}`,
    submit: 'Classify',
    style: 'primary',
    explain: ['No manifest knows this tool, so it counts as irreversible.'],
    fields: [
      classField(item),
      {
        kind: 'choice',
        name: 'as',
        label: 'What did these actions do?',
        required: true,
        options: [
          { value: 'irreversible', label: 'They changed something for good' },
          { value: 'no_effect', label: 'Nothing outside the session' },
        ],
      },
      reason('How do you know?'),
    ],
  });

const plan = (item: ClassState): DecisionForm =>
  form({
    id: `requestSignOff-${item.spec.classId}`,
    type: 'requestSignOff',
    title: `Write the remediation plan: ${of(item)}`,
    submit: 'Ask for sign-off',
    style: 'primary',
    explain: ['Two approvers sign this plan. You may not: you are the one who asks.'],
    fields: [
      classField(item),
      hidden('planSha256', item.spec.planSha256),
      {
        kind: 'lines',
        name: 'remediation',
        label: 'What will people do about them: who does what, by when?',
        required: true,
        ...(item.plan ? { value: item.plan.text } : {}),
      },
    ],
  });

const askAgain = (item: ClassState): DecisionForm =>
  form({
    id: `requestSignOff-${item.spec.classId}`,
    type: 'requestSignOff',
    title: `Ask for the reversal again: ${of(item)}`,
    submit: 'Ask again',
    explain: ['Another approver has to sign: you are the one who asks.'],
    fields: [classField(item), hidden('planSha256', item.spec.planSha256)],
  });

const remediated = (item: ClassState): DecisionForm =>
  form({
    id: `recordRemediation-${item.spec.classId}`,
    type: 'recordRemediation',
    title: `Record the result: ${of(item)}`,
    submit: 'Record',
    style: 'primary',
    explain: [`Signed plan: ${item.plan?.text ?? ''}`],
    fields: [
      classField(item),
      hidden('indices', 'all'),
      { kind: 'lines', name: 'result', label: 'What was done, and what came of it?', required: true },
    ],
  });

const countersigns = (state: IncidentState): DecisionForm[] =>
  brokenGlasses(state).map(({ requestId, indices }) =>
    form({
      id: `countersign-${requestId}`,
      type: 'countersign',
      title: 'Countersign a broken glass',
      submit: 'Countersign',
      style: 'primary',
      explain: [`${plural(sizeOf(indices), 'action')} were authorised by one person alone.`],
      fields: [hidden('requestId', requestId), reason('What did you check?')],
    }),
  );

/** Classes of actions: what of them waits for a person. Signing has a page of its own, with the whole list. */
export const reversalForms = (state: IncidentState): DecisionForm[] => [
  ...toSettle(state).map(settle),
  ...toClassify(state).map(classify),
  ...toPlan(state).map(plan),
  ...toRemediate(state).map(remediated),
  ...toAskAgain(state).map(askAgain),
  ...countersigns(state),
];

import type { ModalView } from '@slack/types';
import { sizeOf } from '../../../domain/incident/ranges.ts';
import type { ClassState, TargetState } from '../../../domain/incident/state.ts';
import type { Place } from '../../form-ids.ts';
import type { PlanFile } from '../../plan-file.ts';
import { radioField, selectField, textField } from '../elements.ts';
import { bullets, paragraphs, row, value, word, quote } from '../rich.ts';
import { said, small } from '../text.ts';
import { actionLine, asked, hasManySessions } from '../sign-off/actions.ts';
import { containmentWords, plural } from '../../../domain/incident/words.ts';
import { form } from './modal.ts';

const LISTED = 20;

const listOf = (plan: PlanFile | null) =>
  plan
    ? [
        bullets(plan.actions.slice(0, LISTED).map((action) => actionLine(action, hasManySessions(plan)))),
        ...(plan.actions.length > LISTED
          ? [small(`and ${plural(plan.actions.length - LISTED, 'more action')}`)]
          : []),
      ]
    : [said('_The list of actions cannot be read right now._')];

/** What people will do about actions that cannot be undone; two others sign it. */
export const writePlanModal = (item: ClassState, plan: PlanFile | null, place: Place): ModalView =>
  form(
    'write_plan',
    { ...place, classId: item.spec.classId, planSha256: item.spec.planSha256 },
    { title: 'Remediation plan', submit: 'Ask for sign-off' },
    [
      paragraphs([
        row('Irreversible', value(item.spec.tool, 100), word(`, ${plural(item.spec.count, 'action')}`)),
      ]),
      textField('plan', 'What will people do about them?', {
        multiline: true,
        placeholder: 'Who does what, by when',
        ...(item.plan ? { initial: item.plan.text } : {}),
      }),
      small('Two approvers sign this plan. You may not: you are the one who asks.'),
      ...listOf(plan),
    ],
  );

export const remediatedModal = (item: ClassState, place: Place): ModalView =>
  form(
    'remediated',
    { ...place, classId: item.spec.classId },
    { title: 'Remediation result', submit: 'Record' },
    [
      paragraphs([
        row('Signed plan', quote(item.plan?.text ?? '', 1_500)),
        row('For', value(item.spec.tool, 100), word(`, ${plural(sizeOf(item.authorised), 'action')}`)),
      ]),
      textField('result', 'What was done, and what came of it?', { multiline: true }),
    ],
  );

export const classifyModal = (item: ClassState, plan: PlanFile | null, place: Place): ModalView =>
  form('classify', { ...place, classId: item.spec.classId }, { title: 'Unknown tool', submit: 'Classify' }, [
    paragraphs([
      row(
        'Not in the tool manifest',
        value(item.spec.tool, 100),
        word(
          `. Until somebody classifies it, ${item.spec.count === 1 ? 'its action counts' : `its ${item.spec.count} actions count`} as irreversible.`,
        ),
      ),
    ]),
    ...listOf(plan),
    radioField('as', 'What did these actions do?', [
      {
        value: 'irreversible',
        label: 'They changed something for good',
        description: 'A remediation plan is needed',
      },
      { value: 'no_effect', label: 'Nothing outside the session', description: 'Nothing has to be undone' },
    ]),
    textField('reason', 'How do you know?', { multiline: true }),
  ]);

/** Ranges of indices that fit into a modal's metadata; the rest is settled afterwards. */
const MOST_RANGES = 100;

export const settleModal = (item: ClassState, plan: PlanFile | null, place: Place): ModalView => {
  const indices = item.uncertain.slice(0, MOST_RANGES);
  return form(
    'settle_uncertain',
    { ...place, classId: item.spec.classId, indices },
    { title: 'Uncertain reversals', submit: 'Settle' },
    [
      said(
        `The answer of ${plural(sizeOf(indices), 'reversal')} was lost. Look in the system itself: nothing is repeated blindly.`,
      ),
      ...(plan
        ? [
            bullets(
              asked(plan, indices)
                .slice(0, LISTED)
                .map((action) => actionLine(action, hasManySessions(plan))),
            ),
          ]
        : []),
      radioField('outcome', 'What became of them?', [
        { value: 'done', label: 'They were reversed' },
        { value: 'not_done', label: 'They were not', description: 'They can be signed and run again' },
      ]),
      textField('reason', 'Where did you look?', { multiline: true }),
    ],
  );
};

/** At most ten `targets`; the value of a choice is its place in the list, which the metadata repeats. */
export const takeOverModal = (targets: TargetState[], place: Place): ModalView =>
  form(
    'take_over',
    { ...place, targetIds: targets.map((target) => target.targetId) },
    { title: 'Take it over', submit: 'Take over' },
    [
      said('*You answer for it that this no longer runs.* The trace is read after that.'),
      ...(targets.length > 1
        ? [
            selectField(
              'target',
              'Which one?',
              targets.map((target, i) => ({
                value: String(i),
                label: target.sessionId,
                description: containmentWords[target.status],
              })),
              { initial: '0' },
            ),
          ]
        : [
            paragraphs(
              targets.map((target) => [
                value(target.sessionId, 200),
                word(` ${containmentWords[target.status]}`),
              ]),
            ),
          ]),
      textField('reason', 'How do you know that it is stopped?', { multiline: true }),
    ],
  );

export const releaseModal = (agent: string, place: Place): ModalView =>
  form('release', place, { title: 'Release the agent', submit: 'Release' }, [
    paragraphs([[value(agent, 200), word(' may start new sessions again.')]]),
    textField('reason', 'Why is it safe now?', { multiline: true }),
  ]);

import { plural } from '../../../domain/incident/words.ts';
import { undecided } from '../../../domain/incident/decisions/sign-off.ts';
import { sizeOf } from '../../../domain/incident/ranges.ts';
import type { SignOff } from '../../../domain/incident/state.ts';
import { asked } from '../../../slack/blocks/sign-off/actions.ts';
import { outside } from '../../../slack/blocks/text.ts';
import type { PlanFile } from '../../../slack/plan-file.ts';
import { form, hidden, reason, type DecisionForm, type Field } from '../form.ts';

/** Nothing is chosen and nothing is ticked before a person does it. */
function scope(request: SignOff, plan: PlanFile, count: number): Field[] {
  if (count <= 1) return [hidden('scope', 'all')];
  return [
    {
      kind: 'choice',
      name: 'scope',
      label: 'What do you sign?',
      required: true,
      options: [
        { value: 'all', label: `All ${plural(count, 'action')} of this list` },
        { value: 'ticked', label: 'Only the ones ticked below' },
      ],
    },
    {
      kind: 'ticks',
      name: 'index',
      label: 'Tick to sign only some',
      options: asked(plan, undecided(request)).map((action) => ({
        value: String(action.index),
        label: `${action.index + 1}. ${outside(action.target ?? `step ${action.step}`, 60)}`,
      })),
    },
  ];
}

/** Sign, deny, break the glass: bound to the digest of the plan on the page. Null plan: nothing can be signed. */
export function signOffForms(request: SignOff, plan: PlanFile | null): DecisionForm[] {
  const { requestId, seen } = request;
  const bound = [hidden('requestId', requestId), hidden('seen', seen)];
  const count = sizeOf(undecided(request));
  const isIrreversible = request.remediation !== null;
  const number: Field = {
    kind: 'number',
    name: 'typedCount',
    label: 'Type the number of actions you sign',
    required: true,
    min: 1,
    hint: 'They cannot be undone. Typing the number shows that you mean all of them.',
  };
  const sign = (list: PlanFile): DecisionForm =>
    form({
      type: 'signReversal',
      title: isIrreversible ? 'Sign the remediation plan' : 'Sign the reversal',
      submit: 'Sign',
      style: 'primary',
      explain: [`${plural(request.quorum, 'person', 'people')} must sign.`],
      fields: [
        ...bound,
        ...scope(request, list, count),
        ...(isIrreversible ? [number] : []),
        reason(isIrreversible ? 'Why this plan is right' : 'Reason', isIrreversible),
      ],
    });
  return [
    ...(plan ? [sign(plan)] : []),
    form({
      type: 'denyReversal',
      title: 'Deny',
      submit: 'Deny',
      style: 'danger',
      explain: [`${plural(count, 'action')}: one denial ends the request.`],
      fields: [...bound, hidden('scope', 'all'), reason('Why not?')],
    }),
    form({
      type: 'breakGlass',
      title: 'Break the glass',
      submit: 'Break the glass',
      style: 'danger',
      explain: [
        `You alone authorise ${plural(count, 'action')}. Everybody is told at once; until another approver countersigns, the incident cannot close.`,
      ],
      fields: [...bound, hidden('scope', 'all'), reason('Why can this not wait for the signatures?')],
    }),
  ];
}

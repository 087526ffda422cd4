import type { App } from '@slack/bolt';
import { refusal } from '../../domain/incident/refusal.ts';
import { writePlanModal } from '../blocks/modals/actions.ts';
import { textIn } from '../blocks/modals/values.ts';
import { classOf } from '../blocks/reading.ts';
import { proseOf, sha256Of } from '../prose.ts';
import { onClick, onOpen } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { planOf } from './reading.ts';
import { answered, onSubmit, wrongInput } from './submits.ts';

/** Request ids come from the click, so that a second delivery asks for the same request. */
const requestId = (classId: string, key: string): string =>
  `so-${sha256Of(`${classId}:${key}`).slice(0, 16)}`;

export function register(app: App, deps: ListenerDeps): void {
  onOpen(app, deps, 'write_plan', 'Remediation plan', async ({ state, place, click }) => {
    const item = classOf(state, click.classId);
    if (!item) return { ok: false, ...refusal('unknown-class') };
    return writePlanModal(item, await planOf(deps, state, click.classId), place);
  });
  onSubmit(app, deps, 'write_plan', async ({ meta, values, send, key }) => {
    const plan = textIn(values, 'plan');
    if (!plan) return wrongInput('A plan is needed.', 'Say who does what, by when.', 'plan');
    const { classId, planSha256 } = meta;
    const outcome = await send({
      type: 'requestSignOff',
      requestId: requestId(classId, key),
      classId,
      planSha256,
      remediation: proseOf(plan),
    });
    return answered(outcome, 'The plan is written; two others are asked to sign it.', 'plan');
  });
  onClick(app, deps, 'ask_again', async (at) => {
    const item = classOf((await at.row())?.state ?? { classes: {} }, at.click.classId);
    if (!item) return await at.tell('There is no such class of actions. Look at the newest card.');
    const outcome = await at.send({
      type: 'requestSignOff',
      requestId: requestId(at.click.classId, `${at.body.actions[0]?.action_ts}:${at.actor.id}`),
      classId: at.click.classId,
      planSha256: item.spec.planSha256,
      remediation: null,
    });
    await at.answer(outcome, 'Asked again. Another approver has to sign: you are the one who asks.');
  });
}

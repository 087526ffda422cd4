import type { App } from '@slack/bolt';
import { z } from 'zod';
import { refusal } from '../../domain/incident/refusal.ts';
import { classifyModal, remediatedModal, settleModal } from '../blocks/modals/actions.ts';
import { choiceIn, textIn } from '../blocks/modals/values.ts';
import { classOf } from '../blocks/reading.ts';
import { proseOf } from '../prose.ts';
import { onOpen } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { planOf } from './reading.ts';
import { answered, onSubmit, wrongInput } from './submits.ts';

const unknownClass = { ok: false as const, ...refusal('unknown-class') };
const reasonNeeded = (field: string) => wrongInput('A reason is needed.', 'Say it in one sentence.', field);

function remediated(app: App, deps: ListenerDeps): void {
  onOpen(app, deps, 'remediated', 'Remediation result', ({ state, place, click }) => {
    const item = classOf(state, click.classId);
    return item ? remediatedModal(item, place) : unknownClass;
  });
  onSubmit(app, deps, 'remediated', async ({ meta, values, send }) => {
    const result = textIn(values, 'result');
    if (!result) return reasonNeeded('result');
    const outcome = await send({
      type: 'recordRemediation',
      classId: meta.classId,
      indices: 'all',
      result: proseOf(result),
    });
    return answered(outcome, 'The result of the remediation is on record.', 'result');
  });
}

function classify(app: App, deps: ListenerDeps): void {
  onOpen(app, deps, 'classify', 'Unknown tool', async ({ state, place, click }) => {
    const item = classOf(state, click.classId);
    return item ? classifyModal(item, await planOf(deps, state, click.classId), place) : unknownClass;
  });
  onSubmit(app, deps, 'classify', async ({ meta, values, send }) => {
    const as = z.enum(['irreversible', 'no_effect']).safeParse(choiceIn(values, 'as'));
    const reason = textIn(values, 'reason');
    if (!as.success) return wrongInput('Nothing is chosen.', 'Choose one.', 'as');
    if (!reason) return reasonNeeded('reason');
    const outcome = await send({
      type: 'classifyActions',
      classId: meta.classId,
      as: as.data,
      reason: proseOf(reason),
    });
    const done =
      as.data === 'no_effect' ? 'Classified: no effect outside the session.' : 'Classified: irreversible.';
    return answered(outcome, done, 'as');
  });
}

function settle(app: App, deps: ListenerDeps): void {
  onOpen(app, deps, 'settle_uncertain', 'Uncertain reversals', async ({ state, place, click }) => {
    const item = classOf(state, click.classId);
    return item ? settleModal(item, await planOf(deps, state, click.classId), place) : unknownClass;
  });
  onSubmit(app, deps, 'settle_uncertain', async ({ meta, values, send }) => {
    const outcome = z.enum(['done', 'not_done']).safeParse(choiceIn(values, 'outcome'));
    const reason = textIn(values, 'reason');
    if (!outcome.success) return wrongInput('Nothing is chosen.', 'Choose one.', 'outcome');
    if (!reason) return reasonNeeded('reason');
    const sent = await send({
      type: 'settleUncertain',
      classId: meta.classId,
      indices: meta.indices,
      outcome: outcome.data,
      reason: proseOf(reason),
    });
    return answered(sent, 'Settled; it is on record as you found it.', 'outcome');
  });
}

export function register(app: App, deps: ListenerDeps): void {
  remediated(app, deps);
  classify(app, deps);
  settle(app, deps);
}

import type { App } from '@slack/bolt';
import { refusal } from '../../domain/incident/refusal.ts';
import { breakGlassModal, countersignModal, denyModal } from '../blocks/sign-off/modals.ts';
import { textIn } from '../blocks/modals/values.ts';
import { proseOf } from '../prose.ts';
import { onOpen } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { signable } from './sign.ts';
import { answered, onSubmit, wrongInput } from './submits.ts';

const reasonNeeded = () => wrongInput('A reason is needed.', 'Say why in one sentence.', 'reason');

/** The other answers to a sign-off: deny, break the glass, countersign. */
export function register(app: App, deps: ListenerDeps): void {
  onOpen(app, deps, 'deny', 'Deny', ({ state, place, click }) => {
    const found = signable(state, click.requestId, click.seen);
    return 'requestId' in found ? denyModal(state, found, place) : found;
  });
  onSubmit(app, deps, 'deny', async ({ meta, values, send }) => {
    const reason = textIn(values, 'reason');
    if (!reason) return reasonNeeded();
    const { requestId, seen } = meta;
    const outcome = await send({
      type: 'denyReversal',
      requestId,
      seen,
      indices: 'all',
      reason: proseOf(reason),
    });
    return answered(outcome, 'Denied; the request is decided.', 'reason');
  });

  onOpen(app, deps, 'break_glass', 'Break the glass', ({ state, place, click }) => {
    const found = signable(state, click.requestId, click.seen);
    return 'requestId' in found ? breakGlassModal(state, found, place) : found;
  });
  onSubmit(app, deps, 'break_glass', async ({ meta, values, send }) => {
    const reason = textIn(values, 'reason');
    if (!reason) return reasonNeeded();
    const { requestId, seen } = meta;
    const outcome = await send({
      type: 'breakGlass',
      requestId,
      seen,
      indices: 'all',
      reason: proseOf(reason),
    });
    return answered(
      outcome,
      'The glass is broken. Everybody is told; another approver has to countersign.',
      'reason',
    );
  });

  onOpen(app, deps, 'countersign', 'Countersign', ({ state, place, click }) => {
    const request = state.signOffs[click.requestId];
    return request?.glass
      ? countersignModal(state, request, place)
      : { ok: false, ...refusal('no-break-glass') };
  });
  onSubmit(app, deps, 'countersign', async ({ meta, values, send }) => {
    const reason = textIn(values, 'reason');
    if (!reason) return reasonNeeded();
    const outcome = await send({ type: 'countersign', requestId: meta.requestId, reason: proseOf(reason) });
    return answered(outcome, 'Countersigned.', 'reason');
  });
}

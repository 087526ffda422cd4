import type { App } from '@slack/bolt';
import { refusal } from '../../domain/incident/refusal.ts';
import { breakGlassModal, countersignModal, denyModal } from '../blocks/sign-off/modals.ts';
import { textIn } from '../blocks/modals/values.ts';
import { proseOf } from '../prose.ts';
import { onOpen } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { readerOf } from './reading.ts';
import { signable } from './sign.ts';
import { answered, onSubmit, wrongInput } from './submits.ts';

const reasonNeeded = () => wrongInput('A reason is needed.', 'Say why in one sentence.', 'reason');

/** Why the glass was broken, from the record. */
async function reasonOfGlass(
  { store, log }: ListenerDeps,
  incidentId: string,
  requestId: string,
): Promise<string | null> {
  try {
    const events = await store.audit.events(incidentId);
    const broken = events.findLast(
      (event) => event.type === 'glassBroken' && event.data.requestId === requestId,
    );
    return broken?.type === 'glassBroken' ? broken.data.reason.text : null;
  } catch (error) {
    log.warn('the reason for a broken glass could not be read', error);
    return null;
  }
}

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

  onOpen(app, deps, 'countersign', 'Countersign', async ({ state, found, place, click }) => {
    const request = state.signOffs[click.requestId];
    if (!request?.glass) return { ok: false, ...refusal('no-break-glass') };
    const [{ names }, because] = await Promise.all([
      readerOf(deps, found),
      reasonOfGlass(deps, state.incidentId, click.requestId),
    ]);
    return countersignModal(state, request, because, names, place);
  });
  onSubmit(app, deps, 'countersign', async ({ meta, values, send }) => {
    const reason = textIn(values, 'reason');
    if (!reason) return reasonNeeded();
    const outcome = await send({ type: 'countersign', requestId: meta.requestId, reason: proseOf(reason) });
    return answered(outcome, 'Countersigned.', 'reason');
  });
}

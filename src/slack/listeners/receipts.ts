import type { App } from '@slack/bolt';
import { z } from 'zod';
import { refusal } from '../../domain/incident/refusal.ts';
import { settleReceiptModal } from '../blocks/modals/running.ts';
import { choiceIn, textIn } from '../blocks/modals/values.ts';
import { troubledReceipts } from '../blocks/reading.ts';
import { proseOf } from '../prose.ts';
import { onOpen } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { readerOf } from './reading.ts';
import { answered, onSubmit, wrongInput } from './submits.ts';

/** A message of the distribution whose fate is uncertain: a person looks and says. */
export function register(app: App, deps: ListenerDeps): void {
  onOpen(app, deps, 'settle_receipt', 'Settle a receipt', async ({ state, found, place }) => {
    const ids = troubledReceipts(state).slice(0, 10);
    if (ids.length === 0) return { ok: false, ...refusal('receipt-settled') };
    return settleReceiptModal(ids, state, (await readerOf(deps, found)).names, place);
  });
  onSubmit(app, deps, 'settle_receipt', async ({ meta, values, send }) => {
    const recipientId = meta.recipientIds[Number(choiceIn(values, 'recipient') ?? -1)];
    const outcome = z.enum(['sent', 'send_again']).safeParse(choiceIn(values, 'outcome'));
    const reason = textIn(values, 'reason');
    if (!recipientId) return wrongInput('Nobody is chosen.', 'Choose a recipient.', 'recipient');
    if (!outcome.success) return wrongInput('Nothing is chosen.', 'Choose one.', 'outcome');
    if (!reason) return wrongInput('A reason is needed.', 'Say how you know.', 'reason');
    const sent = await send({
      type: 'settleReceipt',
      recipientId,
      outcome: outcome.data,
      reason: proseOf(reason),
    });
    return answered(
      sent,
      outcome.data === 'sent' ? 'On record as received.' : 'It is sent again.',
      'recipient',
    );
  });
}

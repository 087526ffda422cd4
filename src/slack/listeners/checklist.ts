import type { App } from '@slack/bolt';
import { z } from 'zod';
import { attestItemModal, checklistModal } from '../blocks/modals/checklist.ts';
import { textIn } from '../blocks/modals/values.ts';
import { itemWords } from '../../domain/incident/words.ts';
import { proseOf } from '../prose.ts';
import { onOpen } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { answered, onSubmit, wrongInput } from './submits.ts';

export function register(app: App, deps: ListenerDeps): void {
  onOpen(app, deps, 'checklist', 'Checklist', ({ state, place }) => checklistModal(state, place), {
    alsoEnded: true,
  });
  onOpen(app, deps, 'attest_item', 'Attest a link', ({ state, place, click }) =>
    attestItemModal(click.item, state, place),
  );
  onSubmit(app, deps, 'attest_item', async ({ meta, values, send }) => {
    const link = z.url().max(1_000).safeParse(textIn(values, 'link'));
    const reason = textIn(values, 'reason');
    if (!link.success) return wrongInput('This is no link.', 'Give a whole address: https://…', 'link');
    if (!reason) return wrongInput('A reason is needed.', 'Say what it shows.', 'reason');
    const outcome = await send({
      type: 'attestItem',
      item: meta.item,
      link: link.data,
      reason: proseOf(reason),
    });
    return answered(outcome, `Attested: ${itemWords[meta.item]}. Two people attest the same link.`, 'link');
  });
}

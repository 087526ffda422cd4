import { z } from 'zod';
import { checkModal } from '../block-kit/view.ts';
import { SlackError } from '../core.ts';
import type { Core } from '../core.ts';
import type { Delivery } from '../journal.ts';
import { contentOf, must } from '../api/chat.ts';
import { post } from '../workspace/messages.ts';
import type { Channel, View } from '../workspace/model.ts';
import { nextId } from '../workspace/numbers.ts';
import { closeModal, pushModal, updateModal } from '../workspace/views.ts';

/** What a Slack client shows when a modal's app did not answer as it should. */
export const TROUBLE = 'We had some trouble connecting. Try again?';

const ViewAnswer = z.discriminatedUnion('response_action', [
  z.looseObject({ response_action: z.literal('clear') }),
  z.looseObject({ response_action: z.literal('update'), view: z.unknown() }),
  z.looseObject({ response_action: z.literal('push'), view: z.unknown() }),
  z.looseObject({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string()) }),
]);

const CommandAnswer = z.looseObject({
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).default('ephemeral'),
});

/** Shows one person an error for a moment. */
export function toast(core: Core, userId: string, text: string): void {
  const { toasts } = core.workspace;
  toasts.push({ id: nextId(core.workspace, 'N'), userId, text, atMs: core.now() });
  if (toasts.length > 200) toasts.shift();
  core.store.changed();
}

/**
 * Does to a submitted modal what the app answered: empty closes it, `errors` are shown by block, `update`,
 * `push` and `clear` do so. An answer Slack would not take is a violation, and the person sees `TROUBLE`.
 */
export function applyViewAnswer(core: Core, view: View, delivery: Delivery): void {
  if (delivery.status !== 200) return toast(core, view.userId, TROUBLE);
  if (core.workspace.views[view.id] === undefined) return;
  if (delivery.body.trim() === '' || delivery.body.trim() === '{}') return closeModal(core, view, false);
  try {
    const answer = ViewAnswer.parse(JSON.parse(delivery.body));
    if (answer.response_action === 'clear') closeModal(core, view, true);
    if (answer.response_action === 'update') updateModal(core, view, must(checkModal(answer.view)));
    if (answer.response_action === 'push') pushModal(core, view.userId, must(checkModal(answer.view)));
    if (answer.response_action === 'errors') showErrors(core, view, answer.errors);
  } catch (error) {
    const why = error instanceof SlackError ? [error.message, ...error.messages].join(' ') : String(error);
    core.journal.violated(`answer to view_submission of ${view.callbackId}: ${why}`);
    toast(core, view.userId, TROUBLE);
  }
}

function showErrors(core: Core, view: View, errors: Record<string, string>): void {
  const inputs = view.blocks.filter((block) => block.type === 'input').map((block) => block.block_id);
  const lost = Object.keys(errors).filter((blockId) => !inputs.includes(blockId));
  if (lost.length > 0 || Object.keys(errors).length === 0) {
    throw new SlackError(`errors for blocks that are no inputs: ${lost.join(', ')}`);
  }
  view.errors = errors;
  core.store.changed();
}

/** Shows the answer to a slash command: text or JSON, only to the person unless `in_channel`. */
export function applyCommandAnswer(
  core: Core,
  about: { userId: string; channel: Channel; command: string },
  delivery: Delivery,
): void {
  const { userId, channel, command } = about;
  if (delivery.status !== 200) {
    return toast(core, userId, `${command} failed with the error "${delivery.error ?? 'dispatch_failed'}"`);
  }
  if (delivery.body === '') return;
  try {
    const json = parseJson(delivery.body);
    const answer = CommandAnswer.parse(json ?? { text: delivery.body });
    const draft = contentOf(answer);
    const ephemeralFor = answer.response_type === 'in_channel' ? null : userId;
    post(core, channel, { ...draft, user: core.workspace.app.botUserId, ephemeralFor });
  } catch (error) {
    core.journal.violated(`answer to ${command}: ${String(error)}`);
    toast(core, userId, `${command} failed with the error "invalid_command_response"`);
  }
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

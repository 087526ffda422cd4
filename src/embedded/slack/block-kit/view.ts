import { z } from 'zod';
import type { Block } from './blocks.ts';
import { complaint, complaintsOf } from './complaints.ts';
import { plainText } from './objects.ts';
import { checkBlocks } from './validate.ts';
import type { Checked } from './validate.ts';

const common = {
  blocks: z.unknown(),
  private_metadata: z.string().max(3_000).optional(),
  callback_id: z.string().max(255).optional(),
  external_id: z.string().max(255).optional(),
};

const ModalInput = z.strictObject({
  type: z.literal('modal'),
  title: plainText(24),
  submit: plainText(24).optional(),
  close: plainText(24).optional(),
  clear_on_close: z.boolean().optional(),
  notify_on_close: z.boolean().optional(),
  submit_disabled: z.boolean().optional(),
  ...common,
});
const HomeInput = z.strictObject({ type: z.literal('home'), ...common });

export type CheckedModal = Omit<z.infer<typeof ModalInput>, 'blocks'> & { blocks: Block[] };
export type CheckedHome = Omit<z.infer<typeof HomeInput>, 'blocks'> & { blocks: Block[] };

/** Slack refuses a view above 250 kB. */
const MAX_VIEW_BYTES = 250_000;

/** Checks a modal as `views.open` does; what is wrong is said as Slack says it, below `/view`. */
export function checkModal(input: unknown): Checked<CheckedModal> {
  const parsed = ModalInput.safeParse(input);
  if (!parsed.success) return refused(complaintsOf(parsed.error, '/view'));
  const blocks = checkViewBlocks(input, parsed.data.blocks, 'modal');
  if (!blocks.ok) return blocks;
  if (parsed.data.submit === undefined && blocks.value.some((block) => block.type === 'input')) {
    return refused([complaint('missing required field: submit', '/view')]);
  }
  return { ok: true, value: { ...parsed.data, blocks: blocks.value } };
}

/** Checks a Home tab as `views.publish` does. */
export function checkHome(input: unknown): Checked<CheckedHome> {
  const parsed = HomeInput.safeParse(input);
  if (!parsed.success) return refused(complaintsOf(parsed.error, '/view'));
  const blocks = checkViewBlocks(input, parsed.data.blocks, 'home');
  return blocks.ok ? { ok: true, value: { ...parsed.data, blocks: blocks.value } } : blocks;
}

function checkViewBlocks(view: unknown, blocks: unknown, surface: 'modal' | 'home'): Checked<Block[]> {
  if (Buffer.byteLength(JSON.stringify(view)) > MAX_VIEW_BYTES) {
    return { ok: false, error: 'view_too_large', messages: [] };
  }
  const checked = checkBlocks(blocks, surface, '/view/blocks');
  return checked.ok ? checked : refused(checked.messages);
}

function refused(messages: string[]): { ok: false; error: string; messages: string[] } {
  const summary = complaint('failed to match all allowed schemas', '/view');
  return { ok: false, error: 'invalid_arguments', messages: [summary, ...messages] };
}

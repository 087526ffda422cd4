import { z } from 'zod';
import { elementsOf } from '../block-kit/blocks.ts';
import type { Block } from '../block-kit/blocks.ts';
import type { Element } from '../block-kit/elements.ts';
import { optionsOf } from '../block-kit/validate.ts';
import type { Entered, Values } from '../workspace/model.ts';

const OptionValue = z.object({ value: z.string() });
const Picked = z.object({
  selected_option: OptionValue.nullish(),
  selected_options: z.array(OptionValue).optional(),
});

/** What an element holds before anybody touches it, as Slack reports it; null for buttons and overflow menus. */
function initialEntry(element: Element): Entered | null {
  const { type } = element;
  switch (type) {
    case 'button':
    case 'overflow':
      return null;
    case 'plain_text_input':
    case 'number_input':
      return { type, value: element.initial_value ?? null };
    case 'static_select':
    case 'radio_buttons':
      return { type, selected_option: element.initial_option ?? null };
    case 'multi_static_select':
    case 'checkboxes':
      return { type, selected_options: element.initial_options ?? [] };
    case 'users_select':
      return { type, selected_user: element.initial_user ?? null };
    case 'multi_users_select':
      return { type, selected_users: element.initial_users ?? [] };
    case 'datepicker':
      return { type, selected_date: element.initial_date ?? null };
    default:
      return type satisfies never;
  }
}

/**
 * The state after blocks replaced others: an element of the same block_id, action_id and type keeps what was
 * entered, as Slack does; everything else starts with its initial value.
 */
export function carriedValues(blocks: Block[], oldBlocks: Block[], old: Values): Values {
  const values: Values = {};
  const before = new Set(oldBlocks.map((block) => block.block_id));
  for (const block of blocks) {
    const blockId = block.block_id ?? '';
    for (const element of elementsOf(block)) {
      const fresh = initialEntry(element);
      const actionId = element.action_id ?? '';
      if (fresh === null) continue;
      const kept = before.has(blockId) ? old[blockId]?.[actionId] : undefined;
      values[blockId] = {
        ...values[blockId],
        [actionId]:
          kept !== undefined && kept.type === element.type && stillThere(element, kept) ? kept : fresh,
      };
    }
  }
  return values;
}

/** A picked option is kept only while the element still offers it. */
function stillThere(element: Element, kept: Entered): boolean {
  const offered = new Set(optionsOf(element).map((option) => option.value));
  const picked = Picked.safeParse(kept);
  if (!picked.success) return true;
  const { selected_option: one, selected_options: many = [] } = picked.data;
  return [...many, ...(one == null ? [] : [one])].every((option) => offered.has(option.value));
}

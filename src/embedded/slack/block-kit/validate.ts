import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { Block, elementsOf } from './blocks.ts';
import { complaint, complaintsOf } from './complaints.ts';

export type Surface = 'message' | 'modal' | 'home';

/** Blocks a message, a modal and a Home tab may have. */
const MAX_BLOCKS: Record<Surface, number> = { message: 50, modal: 100, home: 100 };

/** Measured, undocumented: one markdown block fails above 13,297 characters, each further block costs 125. */
const MAX_MESSAGE_CHARS = 13_297;
const CHARS_A_BLOCK = 125;

export type Checked<T> = { ok: true; value: T } | { ok: false; error: string; messages: string[] };

/**
 * Checks the blocks of a message, modal or Home tab as Slack does, and gives every block and element an id.
 * `root` is the json-pointer of the array, e.g. `/blocks` or `/view/blocks`.
 */
export function checkBlocks(input: unknown, surface: Surface, root: string): Checked<Block[]> {
  if (!Array.isArray(input)) return { ok: false, error: 'invalid_blocks_format', messages: [] };
  const invalid = (messages: string[]): Checked<Block[]> => ({
    ok: false,
    error: 'invalid_blocks',
    messages,
  });
  const parsed = z.array(Block).max(MAX_BLOCKS[surface]).safeParse(input);
  if (!parsed.success) return invalid(complaintsOf(parsed.error, root));
  const messages = [
    ...duplicates(parsed.data, root),
    ...wrongSurface(parsed.data, surface, root),
    ...outsideOptions(parsed.data, root),
  ];
  if (messages.length > 0) return invalid(messages);
  if (surface === 'message' && sizeOf(parsed.data) > MAX_MESSAGE_CHARS) {
    return { ok: false, error: 'msg_blocks_too_long', messages: [] };
  }
  return { ok: true, value: withIds(parsed.data) };
}

function duplicates(blocks: Block[], root: string): string[] {
  const found: string[] = [];
  const blockIds = new Set<string>();
  for (const [index, block] of blocks.entries()) {
    if (block.block_id !== undefined && blockIds.has(block.block_id)) {
      found.push(complaint(`\`block_id\` "${block.block_id}" already exists`, `${root}/${index}/block_id`));
    }
    if (block.block_id !== undefined) blockIds.add(block.block_id);
    const actionIds = new Set<string>();
    for (const [place, { action_id: actionId }] of elementsOf(block).entries()) {
      if (actionId !== undefined && actionIds.has(actionId)) {
        const where = `${root}/${index}/elements/${place}/action_id`;
        found.push(complaint(`\`action_id\` "${actionId}" already exists in this block`, where));
      }
      if (actionId !== undefined) actionIds.add(actionId);
    }
  }
  return found;
}

function wrongSurface(blocks: Block[], surface: Surface, root: string): string[] {
  const found: string[] = [];
  let focused = 0;
  for (const [index, block] of blocks.entries()) {
    if (block.type === 'markdown' && surface !== 'message') {
      found.push(complaint('unsupported type: markdown', `${root}/${index}/type`));
    }
    for (const element of elementsOf(block)) {
      if ('focus_on_load' in element && element.focus_on_load === true) focused += 1;
    }
  }
  if (focused > 1) found.push(complaint('only one element may have `focus_on_load`', root));
  const markdown = blocks.reduce(
    (sum, block) => sum + (block.type === 'markdown' ? block.text.length : 0),
    0,
  );
  if (markdown > 12_000) found.push(complaint('must be less than 12001 characters of markdown', root));
  return found;
}

/** An initial option has to be one of the options, word for word. */
function outsideOptions(blocks: Block[], root: string): string[] {
  const found: string[] = [];
  for (const [index, block] of blocks.entries()) {
    for (const element of elementsOf(block)) {
      const known = optionsOf(element).map((option) => JSON.stringify(option));
      const initial = [
        ...('initial_option' in element && element.initial_option !== undefined
          ? [element.initial_option]
          : []),
        ...('initial_options' in element ? (element.initial_options ?? []) : []),
      ];
      if (initial.some((option) => !known.includes(JSON.stringify(option)))) {
        found.push(complaint('initial option is not one of the options', `${root}/${index}`));
      }
    }
  }
  return found;
}

type Used = ReturnType<typeof elementsOf>[number];

/** Every option of an element, groups flattened, in the order shown. */
export function optionsOf(element: Used) {
  if (!('options' in element) && !('option_groups' in element)) return [];
  const groups = 'option_groups' in element ? (element.option_groups ?? []) : [];
  return [...(element.options ?? []), ...groups.flatMap((group) => group.options)];
}

function sizeOf(blocks: Block[]): number {
  return textChars(blocks) + CHARS_A_BLOCK * (blocks.length - 1);
}

function textChars(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textChars(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, item]) => sum + (key === 'text' && typeof item === 'string' ? item.length : textChars(item)),
    0,
  );
}

/** Slack gives random names to what came without: answers in unnamed fields are lost when a view is updated. */
function withIds(blocks: Block[]): Block[] {
  return blocks.map((block) => {
    const named = { ...block, block_id: block.block_id ?? randomId() };
    if (named.type === 'actions') named.elements = named.elements.map(withActionId);
    if (named.type === 'input') named.element = withActionId(named.element);
    if (named.type === 'section' && named.accessory !== undefined && named.accessory.type !== 'image') {
      named.accessory = withActionId(named.accessory);
    }
    return named;
  });
}

function withActionId<T extends { action_id?: string | undefined }>(element: T): T {
  return { ...element, action_id: element.action_id ?? randomId() };
}

const randomId = (): string => randomBytes(4).toString('base64url').slice(0, 5);

import type { Block } from '../block-kit/blocks.ts';
import type { Core } from '../core.ts';
import type { Message, Values } from '../workspace/model.ts';
import { carriedValues } from './entered.ts';

/** The blocks of a message, those of its attachments included. */
export const blocksOf = (message: Message): Block[] => [
  ...message.blocks,
  ...message.attachments.flatMap((attachment) => attachment.blocks),
];

/** What one person has picked in a message so far; a client keeps it while the elements stay the same. */
export function draftOf(core: Core, userId: string, message: Message): Values {
  const key = `${userId} ${message.channel} ${message.ts}`;
  const blocks = blocksOf(message);
  const values = carriedValues(blocks, blocks, core.drafts.get(key) ?? {});
  if (Object.keys(values).length > 0) core.drafts.set(key, values);
  return values;
}

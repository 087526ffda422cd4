import { plural } from '../../domain/incident/words.ts';
import type { KnownBlock } from '@slack/types';
import { small } from './text.ts';

/** Slack: 50 blocks a message, and an undocumented cap of about 13,000 characters; we stay under 10,000. */
export const MAX_BLOCKS = 50;
export const MAX_CHARS = 9_500;
/** What each further block costs of that cap, as measured. */
const CHARS_A_BLOCK = 125;

/** Parts of a message in their order; when they do not fit, those with the highest `keep` go first. */
export interface Part {
  keep: 1 | 2 | 3;
  blocks: KnownBlock[];
}

export const charsOf = (value: unknown): number => {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + charsOf(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, item]) => sum + (key === 'text' && typeof item === 'string' ? item.length : charsOf(item)),
    0,
  );
};

const fits = (blocks: KnownBlock[]): boolean =>
  blocks.length <= MAX_BLOCKS &&
  charsOf(blocks) + CHARS_A_BLOCK * Math.max(0, blocks.length - 1) <= MAX_CHARS;

const flat = (parts: Part[]): KnownBlock[] => parts.flatMap((part) => part.blocks);

/** The blocks of a message within Slack's limits. What had to go is said, never silently dropped. */
export function within(parts: Part[]): KnownBlock[] {
  let left = parts.map((part) => ({ ...part, blocks: [...part.blocks] }));
  let dropped = 0;
  while (!fits([...flat(left), ...(dropped > 0 ? [note(dropped)] : [])])) {
    const worst = Math.max(...left.filter((part) => part.blocks.length > 0).map((part) => part.keep));
    const victim = left.findLast((part) => part.keep === worst && part.blocks.length > 0);
    if (!victim || left.every((part) => part.blocks.length === 0)) break;
    victim.blocks.pop();
    dropped += 1;
    left = [...left];
  }
  return dropped > 0 ? [...flat(left), note(dropped)] : flat(left);
}

const note = (dropped: number): KnownBlock =>
  small(`${plural(dropped, 'more part')} did not fit into this message; its buttons show everything.`);

import type { KnownBlock } from '@slack/types';

/** A message: `text` is what notifications and screen readers say. */
export interface Message {
  text: string;
  blocks: KnownBlock[];
}

import { createHash } from 'node:crypto';
import { z } from 'zod';

/** One entry of the distribution lists. `address`: a mail address, or a channel id. */
export const Recipient = z.strictObject({
  kind: z.enum(['mail', 'channel']),
  team: z.enum(['platform', 'on_call']),
  /** How people call it; the address where it has no name. */
  name: z.string().min(1).max(200).optional(),
  address: z.string().min(1).max(254),
});
export type Recipient = z.infer<typeof Recipient>;

/** Opaque and stable: chained events carry this id, the address lives in the directory. */
export const recipientId = ({ address }: Pick<Recipient, 'address'>): string =>
  `rcp-${createHash('sha256').update(address).digest('hex').slice(0, 16)}`;

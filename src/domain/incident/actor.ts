import { z } from 'zod';

export const Role = z.enum(['viewer', 'responder', 'approver', 'auditor']);
export type Role = z.infer<typeof Role>;

/**
 * Who gives a command. A person's `id` is stable and opaque (`slack:U…`, `oidc:…`); the name lives in the directory.
 * `verifiedBy` says how the server knew: a Slack request signature, a token, or a trusted proxy's header.
 */
export const Actor = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('person'),
    id: z.string().min(1).max(200),
    roles: z.array(Role).max(4),
    via: z.enum(['slack', 'page', 'api', 'cli']),
    verifiedBy: z.enum(['slack-signature', 'token', 'proxy-header']),
    /** Slack click, trigger or request ids, for the audit row. */
    proof: z.string().max(500).nullable(),
  }),
  z.strictObject({ kind: z.literal('engine'), id: z.string().min(1).max(200) }),
  z.strictObject({ kind: z.literal('source'), id: z.string().min(1).max(200) }),
]);
export type Actor = z.infer<typeof Actor>;
export type Person = Extract<Actor, { kind: 'person' }>;

import { z } from 'zod';

/**
 * What a tool does outside the session. Paths: `args.x` and `result.x` of the call, `before.x` of the last read of
 * the same target before it.
 */
export const ToolSpec = z.strictObject({
  effect: z.enum(['none', 'read', 'write', 'think']),
  reversible: z.boolean().optional(),
  reversal: z.string().optional(),
  reversalArgs: z.record(z.string(), z.string()).optional(),
  /** How long a reversal is possible after the action, ms. */
  reversalWindowMs: z.number().positive().optional(),
  target: z.string().optional(),
  spawnsAgent: z.boolean().optional(),
  poll: z.boolean().optional(),
});
export type ToolSpec = z.infer<typeof ToolSpec>;

export const ToolManifest = z.strictObject({ tools: z.record(z.string(), ToolSpec) });
export type ToolManifest = z.infer<typeof ToolManifest>;

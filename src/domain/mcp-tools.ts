import { z } from 'zod';

/** MCP `ToolAnnotations`, as far as they say what a tool does outside. Read from the operator's own file, so they count. */
const Annotations = z.object({
  readOnlyHint: z.boolean().optional(),
  destructiveHint: z.boolean().optional(),
  idempotentHint: z.boolean().optional(),
  openWorldHint: z.boolean().optional(),
});
const Listed = z.object({ name: z.string().min(1), annotations: z.unknown().optional() });

/**
 * MCP: without `readOnlyHint: true` a tool may change its surroundings, and nothing in the protocol says how to undo
 * that: it counts as irreversible until the tools file names a reversal.
 */
const specFrom = (annotations: unknown): { effect: 'read' } | { effect: 'write'; reversible: false } =>
  Annotations.safeParse(annotations).data?.readOnlyHint === true
    ? { effect: 'read' }
    : { effect: 'write', reversible: false };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** An entry with `annotations` and no `effect` gets its effect from them; what it says itself stays. */
const annotated = (entry: unknown): unknown => {
  if (!isRecord(entry) || !('annotations' in entry)) return entry;
  const { annotations, ...own } = entry;
  if (own['effect'] !== undefined) return own;
  const spec = specFrom(annotations);
  return own['reversal'] === undefined ? { ...spec, ...own } : { effect: spec.effect, ...own };
};

/**
 * A tools file as people keep it → the form that `ToolManifest` checks. Besides our own form it may be what an MCP server
 * answers to `tools/list` (`{ tools: [{ name, annotations? }] }`, alone or as the `result` of the JSON-RPC answer), and
 * entries of our own form may carry `annotations` instead of an `effect`. Anything else is left for the schema to judge.
 */
export const withMcpAnnotations = (value: unknown): unknown => {
  const file =
    isRecord(value) && isRecord(value['result']) && 'tools' in value['result'] ? value['result'] : value;
  if (!isRecord(file)) return value;
  const { tools } = file;
  if (Array.isArray(tools)) {
    const listed = z.array(Listed).safeParse(tools);
    return listed.success
      ? { tools: Object.fromEntries(listed.data.map((t) => [t.name, specFrom(t.annotations)])) }
      : value;
  }
  if (!isRecord(tools)) return value;
  return {
    ...file,
    tools: Object.fromEntries(Object.entries(tools).map(([name, e]) => [name, annotated(e)])),
  };
};

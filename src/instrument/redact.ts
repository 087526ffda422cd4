/** Which part of a call a value comes from, so that a hook can decide. */
export type RedactedField =
  | 'system'
  | 'messages.in'
  | 'messages.out'
  | 'tool.arguments'
  | 'tool.result'
  | 'summary'
  | 'state'
  | 'objective'
  | 'error';

/** Returns what may leave the agent in place of `value`. `tool` is null outside a tool call. */
export type Redact = (field: RedactedField, value: unknown, tool: string | null) => unknown;

/** What a span shows where the hook failed: the value itself must not leave then. */
export const REDACTION_FAILED = '[withheld: the redaction hook failed]';

export const redacted = (
  hook: Redact | undefined,
  field: RedactedField,
  value: unknown,
  tool: string | null,
): unknown => {
  if (hook === undefined) return value;
  try {
    return hook(field, value, tool);
  } catch {
    return REDACTION_FAILED;
  }
};

/** JSON text of anything; never throws (cycles, bigints, hostile toJSON). */
export const jsonText = (value: unknown): string => {
  try {
    return JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v)) ?? 'null';
  } catch {
    return '"[not serialisable]"';
  }
};

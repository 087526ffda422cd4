import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

const FIXED_CHARS = 200;

/** About how much a span takes on the wire, in characters: text counts, the rest is small. */
export const charsOf = ({ attributes }: ReadableSpan): number =>
  Object.values(attributes).reduce<number>(
    (sum, value) => sum + (typeof value === 'string' ? value.length : 16),
    FIXED_CHARS,
  );

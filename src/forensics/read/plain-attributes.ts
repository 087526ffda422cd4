import { isObject } from './json.ts';
import { emptyAttributes, type Attributes, type AttrValue } from './raw-span.ts';

const MAX_NESTING = 32;

/** Any JSON value → an attribute value without a prototype; what is nested too deep becomes null. */
export const plainValue = (value: unknown, depth = 0): AttrValue => {
  if (depth > MAX_NESTING) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((one) => plainValue(one, depth + 1));
  return isObject(value) ? plainAttributes(value, depth + 1) : null;
};

/** A JSON object → attributes; anything else → none. */
export const plainAttributes = (value: unknown, depth = 0): Attributes => {
  const out = emptyAttributes();
  if (isObject(value)) for (const key of Object.keys(value)) out[key] = plainValue(value[key], depth);
  return out;
};

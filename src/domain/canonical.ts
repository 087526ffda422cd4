/**
 * One text for one JSON value, after RFC 8785: keys sorted by UTF-16 code units, no white space, numbers and strings as
 * `JSON.stringify` writes them. What JSON cannot carry is treated as JSON does where it is lossless (an undefined
 * property is left out) and refused where it would change the meaning.
 */
export const canonical = (value: unknown): string => {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return numberText(value);
  if (Array.isArray(value)) return `[${Array.from(value, canonical).join(',')}]`;
  if (typeof value === 'object' && isPlain(value)) return objectText(value);
  throw new TypeError(
    `canonical JSON has no ${describe(value)}: give plain objects, arrays, strings, finite numbers`,
  );
};

const numberText = (value: number): string => {
  if (!Number.isFinite(value))
    throw new TypeError(`canonical JSON has no number ${value}: give a finite one`);
  return JSON.stringify(value);
};

const objectText = (value: object): string => {
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`).join(',')}}`;
};

/** A `Date` or `Map` would be written as something else than it is. */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Objects of another realm (a workflow sandbox) have another `Object.prototype`.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

const describe = (value: unknown): string =>
  typeof value === 'object' && value !== null ? value.constructor.name : typeof value;

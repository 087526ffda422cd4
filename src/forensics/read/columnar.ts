import { isObject, type JsonObject } from './json.ts';

/** Where the names of the columns stand, and the rows of values beside them, as analytic stores and SQL interfaces answer. */
const HEADER = /^(?:columns|column_?names|cols|headers?|fields)$/i;
const BODY = /^(?:rows|values|data|records|items)$/i;
/** `column_names`. */
const LONGEST_HEADER = 12;
const LONGEST_NAME = 80;
const MAX_DEPTH = 3;

const nameOf = (column: unknown): string | null => {
  const name = isObject(column) ? column['name'] : column;
  return typeof name === 'string' && name !== '' && name.length <= LONGEST_NAME ? name : null;
};
const namesIn = (header: unknown): string[] | null => {
  if (!Array.isArray(header)) return null;
  const names = header.map(nameOf).filter((name) => name !== null);
  return names.length === header.length && new Set(names).size === names.length ? names : null;
};
const tableOf = (value: JsonObject, headerKey: string, depth: number): JsonObject | null => {
  const names = namesIn(value[headerKey]);
  const bodyKey = Object.keys(value).find((key) => BODY.test(key) && Array.isArray(value[key]));
  if (names === null || bodyKey === undefined) return null;
  const body = value[bodyKey] as unknown[];
  const rows = body.filter((row): row is unknown[] => Array.isArray(row) && row.length === names.length);
  if (rows.length !== body.length) return null;
  const { [headerKey]: _, ...rest } = value;
  return {
    ...rest,
    [bodyKey]: rows.map((row) =>
      withRecords(Object.fromEntries(names.map((name, i) => [name, row[i]])), depth + 1),
    ),
  };
};

/**
 * A header and rows of values → records under the key of the rows, also some levels down in an envelope. So a value is
 * known by the name of its column, and the order of the columns does not matter. Anything else stays as it is.
 */
export function withRecords(value: unknown, depth = 0): unknown {
  if (Array.isArray(value)) {
    if (value.length !== 1 || depth >= MAX_DEPTH) return value;
    const inner = withRecords(value[0], depth + 1);
    return inner === value[0] ? value : [inner];
  }
  if (!isObject(value)) return value;
  if (depth > MAX_DEPTH) return value;
  let changed: JsonObject | null = null;
  for (const key of Object.keys(value)) {
    const held = value[key];
    if (held === null || typeof held !== 'object') continue;
    if (Array.isArray(held)) {
      if (key.length <= LONGEST_HEADER && HEADER.test(key)) {
        const table = tableOf(value, key, depth);
        if (table) return table;
      }
      if (held.length !== 1) continue;
    }
    const inner = depth < MAX_DEPTH ? withRecords(held, depth + 1) : held;
    if (inner !== held) (changed ??= { ...value })[key] = inner;
  }
  return changed ?? value;
}

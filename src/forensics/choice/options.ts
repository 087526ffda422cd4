import { isEntityAt, isIdLike } from '../values/ids.ts';
import type { Reading } from '../narrative.ts';
import { isObject } from '../read/json.ts';
import { normal } from '../text/text.ts';
import { leavesOf, opened, type Leaf } from '../values/values.ts';

/** One of several things that an answer offered, with what it says of each. */
export interface Option {
  id: string;
  readonly leaves: readonly Leaf[];
  /** The first value at a path. */
  at: (path: string) => Leaf['value'] | undefined;
}
export const optionOf = (id: string, value: unknown): Option => {
  const leaves = leavesOf(value);
  let values: Map<string, Leaf['value']> | null = null;
  return {
    id,
    leaves,
    at: (path) => {
      values ??= new Map(leaves.toReversed().map((leaf) => [leaf.path, leaf.value]));
      return values.get(path);
    },
  };
};

const [LEAST_OPTIONS, MOST_OPTIONS] = [2, 60] as const;
const MAX_DEPTH = 8;

interface Named {
  id: string;
  value: unknown;
}
/** What stands beside each other, as options once somebody chooses among them. */
interface Offer {
  named: Named[];
  options: Option[] | null;
}
/** The elements of a list or a map under the ids that stand alike in them: keys of a map, or one field of each record. */
const namingsOf = (value: unknown): Named[][] => {
  if (isObject(value)) {
    const entries = Object.entries(value);
    const isMap = entries.every(([key, item]) => isObject(item) && isIdLike(key));
    return isMap ? [entries.map(([id, item]) => ({ id, value: item }))] : [];
  }
  if (!Array.isArray(value)) return [];
  const records = value.filter((item) => isObject(item));
  const [first] = records;
  return Object.keys(first ?? {})
    .filter((key) => typeof first?.[key] === 'string' && isEntityAt(key, String(first[key])))
    .map((key) =>
      records.flatMap((item) => (typeof item[key] === 'string' ? [{ id: item[key], value: item }] : [])),
    );
};

/** The ids of an answer that stand beside others of their kind, each with all of these. */
const offeredIn = (root: unknown): Map<string, Offer> => {
  const out = new Map<string, Offer>();
  const walk = (raw: unknown, depth: number): void => {
    const value = opened(raw);
    if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
    for (const named of namingsOf(value)) {
      if (named.length < LEAST_OPTIONS || named.length > MOST_OPTIONS) continue;
      const offer: Offer = { named, options: null };
      for (const { id } of named) if (!out.has(normal(id))) out.set(normal(id), offer);
    }
    for (const item of Array.isArray(value) ? value : Object.values(value)) walk(item, depth + 1);
  };
  walk(root, 0);
  return out;
};

/** Finds the newest answer among some readings that offers an id beside others of its kind, and its place. Each is read once. */
export const createOffers = (): ((
  id: string,
  readings: readonly Reading[],
) => { options: Option[]; at: number } | null) => {
  const offers = new Map<Reading, Map<string, Offer>>();
  const offersOf = (reading: Reading): Map<string, Offer> => {
    const known = offers.get(reading) ?? offeredIn(reading.step.tool?.result);
    offers.set(reading, known);
    return known;
  };
  return (id, readings) => {
    for (let at = readings.length - 1; at >= 0; at -= 1) {
      const reading = readings[at];
      const tool = reading?.step.tool;
      const found = tool && tool.status !== 'error' ? offersOf(reading).get(normal(id)) : undefined;
      if (found) return { options: (found.options ??= found.named.map((o) => optionOf(o.id, o.value))), at };
    }
    return null;
  };
};

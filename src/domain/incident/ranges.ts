import { z } from 'zod';

/**
 * A set of action indices within a class, as sorted, disjoint, non-touching inclusive pairs: `[[0,19],[25,25]]`.
 * A class of 5,000 actions costs a few bytes of state this way.
 */
export const Ranges = z
  .array(z.tuple([z.int().nonnegative(), z.int().nonnegative()]))
  .max(10_000)
  .refine(
    (pairs) =>
      pairs.every(([from, to], i) => from <= to && (i === 0 || from > (pairs[i - 1]?.[1] ?? -1) + 1)),
    {
      error: 'indices must be sorted, disjoint inclusive pairs such as [[0,19],[25,25]]',
    },
  );
export type Ranges = z.infer<typeof Ranges>;

export const none: Ranges = [];
export const allOf = (count: number): Ranges => (count > 0 ? [[0, count - 1]] : []);
export const sizeOf = (ranges: Ranges): number => ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
export const isEmpty = (ranges: Ranges): boolean => ranges.length === 0;
export const lastIndexOf = (ranges: Ranges): number => ranges.at(-1)?.[1] ?? -1;

export function rangesOf(indices: Iterable<number>): Ranges {
  const result: Ranges = [];
  for (const index of [...new Set(indices)].sort((a, b) => a - b)) {
    const last = result.at(-1);
    if (last && last[1] === index - 1) last[1] = index;
    else result.push([index, index]);
  }
  return result;
}

export function* indicesOf(ranges: Ranges): Generator<number> {
  for (const [from, to] of ranges) for (let index = from; index <= to; index += 1) yield index;
}

export function has(ranges: Ranges, index: number): boolean {
  return ranges.some(([from, to]) => from <= index && index <= to);
}

export function union(a: Ranges, b: Ranges): Ranges {
  const result: Ranges = [];
  for (const [from, to] of [...a, ...b].sort((x, y) => x[0] - y[0])) {
    const last = result.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}

export function minus(a: Ranges, b: Ranges): Ranges {
  let left: Ranges = a;
  for (const [cutFrom, cutTo] of b) {
    left = left.flatMap(([from, to]): Ranges => {
      if (cutTo < from || to < cutFrom) return [[from, to]];
      const pieces: Ranges = [];
      if (from < cutFrom) pieces.push([from, cutFrom - 1]);
      if (cutTo < to) pieces.push([cutTo + 1, to]);
      return pieces;
    });
  }
  return left;
}

export const intersect = (a: Ranges, b: Ranges): Ranges => minus(a, minus(a, b));

/** Indices that lie in at least `quorum` of the sets. */
export function inAtLeast(sets: Ranges[], quorum: number): Ranges {
  const edges = sets.flatMap((set) =>
    set.flatMap(([from, to]) => [[from, 1] as const, [to + 1, -1] as const]),
  );
  edges.sort((x, y) => x[0] - y[0] || y[1] - x[1]);
  let depth = 0;
  let start = -1;
  let result: Ranges = [];
  for (const [at, change] of edges) {
    const before = depth;
    depth += change;
    if (before < quorum && depth >= quorum) start = at;
    if (before >= quorum && depth < quorum && start <= at - 1) result = union(result, [[start, at - 1]]);
  }
  return result;
}

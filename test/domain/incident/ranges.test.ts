import fc from 'fast-check';
import {
  allOf,
  has,
  inAtLeast,
  indicesOf,
  intersect,
  isEmpty,
  lastIndexOf,
  minus,
  Ranges,
  rangesOf,
  sizeOf,
  union,
} from '../../../src/domain/incident/ranges.ts';

const indices = fc.uniqueArray(fc.nat(40), { maxLength: 25 });
const sorted = (set: Iterable<number>): number[] => [...new Set(set)].sort((a, b) => a - b);
const read = (ranges: Ranges): number[] => [...indicesOf(ranges)];
/** A range is held in one way only: sorted, disjoint, not touching. */
const canonical = (ranges: Ranges): Ranges => {
  expect(Ranges.safeParse(ranges).success).toBe(true);
  return ranges;
};

describe('ranges are sets of indices', () => {
  it('round trip', () => {
    fc.assert(fc.property(indices, (a) => expect(read(canonical(rangesOf(a)))).toEqual(sorted(a))));
  });

  it.each([
    ['union', union, (a: number[], b: number[]) => [...a, ...b]],
    ['minus', minus, (a: number[], b: number[]) => a.filter((one) => !b.includes(one))],
    ['intersect', intersect, (a: number[], b: number[]) => a.filter((one) => b.includes(one))],
  ])('%s is that of sets', (_name, operation, ofSets) => {
    fc.assert(
      fc.property(indices, indices, (a, b) => {
        expect(read(canonical(operation(rangesOf(a), rangesOf(b))))).toEqual(sorted(ofSets(a, b)));
      }),
    );
  });

  it('inAtLeast counts distinct sets', () => {
    fc.assert(
      fc.property(fc.array(indices, { maxLength: 5 }), fc.integer({ min: 1, max: 4 }), (sets, quorum) => {
        const wanted = sorted(sets.flat()).filter(
          (one) => sets.filter((set) => set.includes(one)).length >= quorum,
        );
        expect(read(canonical(inAtLeast(sets.map(rangesOf), quorum)))).toEqual(wanted);
      }),
    );
  });

  it('has, size, last and emptiness', () => {
    fc.assert(
      fc.property(indices, fc.nat(45), (a, one) => {
        const ranges = rangesOf(a);
        expect(has(ranges, one)).toBe(a.includes(one));
        expect(sizeOf(ranges)).toBe(a.length);
        expect(lastIndexOf(ranges)).toBe(a.length > 0 ? Math.max(...a) : -1);
        expect(isEmpty(ranges)).toBe(a.length === 0);
      }),
    );
  });

  it('operations leave what they are given as it was', () => {
    const [a, b] = [rangesOf([0, 1, 2, 9]), rangesOf([2, 3, 4])];
    const before = JSON.stringify([a, b]);
    for (const operation of [union, minus, intersect]) operation(a, b);
    inAtLeast([a, b], 1);
    expect(JSON.stringify([a, b])).toBe(before);
  });

  it('of a count', () => {
    expect(allOf(0)).toEqual([]);
    expect(allOf(5_000)).toEqual([[0, 4_999]]);
  });
});

describe('a list of ranges is refused when it is', () => {
  it.each([
    [
      'unsorted',
      [
        [5, 6],
        [0, 1],
      ],
    ],
    [
      'overlapping',
      [
        [0, 3],
        [3, 5],
      ],
    ],
    [
      'touching',
      [
        [0, 1],
        [2, 3],
      ],
    ],
    ['backwards', [[3, 1]]],
    ['negative', [[-1, 0]]],
    ['not whole', [[0, 1.5]]],
  ])('%s', (_name, ranges) => {
    expect(Ranges.safeParse(ranges).success).toBe(false);
  });
});

import { cachedWorkflows } from '../../src/compose/cached-workflows.ts';

const MIB = 1024 * 1024;

it('keeps more workflows where there is more heap, with room beside them, and some in any case', () => {
  const kept = [100, 512, 2_048, 4_144].map((mib) => cachedWorkflows(mib * MIB));
  expect(kept).toEqual(kept.toSorted((a, b) => a - b));
  expect(kept[0]).toBeGreaterThanOrEqual(2);
  for (const [i, mib] of [512, 2_048, 4_144].entries()) expect(kept[i + 1]! + 400).toBeLessThanOrEqual(mib);
  // 3,000 open incidents in what Node takes of a machine with 16 GB.
  expect(cachedWorkflows(4_144 * MIB)).toBeGreaterThan(3_000);
});

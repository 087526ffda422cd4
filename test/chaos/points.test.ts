import { readFileSync } from 'node:fs';
import { edges } from './points.ts';

const names = Object.values(edges).flatMap((moments) => moments.map(({ name }) => name));

it('each effect that can be lost at a crash has its kill points, and each kill point its effect', () => {
  const text = readFileSync('docs/reliability.md', 'utf8');
  const [, table = ''] = /## What happens to each effect at a crash\n\n([\s\S]*?)\n\n/.exec(text) ?? [];
  const rows = table.split('\n').slice(2);
  const points = rows.map((row) =>
    [...(row.split('|').at(-2) ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  );
  expect(rows.length).toBeGreaterThan(5);
  expect(points.filter((list) => list.length === 0)).toEqual([]);
  expect(points.flat().toSorted()).toEqual(names.toSorted());
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';

const text = readFileSync('docs/reliability.md', 'utf8');

/** Rows of the table below a heading, each as its cells. */
function rowsBelow(heading: string): string[][] {
  const from = text.indexOf(`\n## ${heading}\n`);
  const section = text.slice(from, text.indexOf('\n## ', from + 1));
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const inCode = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
/** Recorded histories are named without their ending. */
const isThere = (path: string): boolean =>
  existsSync(path) || readdirSync(dirname(path)).some((name) => name.startsWith(`${basename(path)}.`));

it('names no test, bench or script that is not there', () => {
  const prose = text.replaceAll(/```[\s\S]*?```/g, '');
  const named = inCode(prose).filter((word) => /^(?:test|bench|src|docs)\/[\w./-]+$/.test(word));
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((path) => !isThere(path))).toEqual([]);
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object };
  const commands = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name ?? '');
  expect(commands.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

it.each(['Promise by promise', 'Faults of the outside', 'Abuse'])(
  'names a test in each row of "%s"',
  (heading) => {
    const rows = rowsBelow(heading);
    expect(rows.length).toBeGreaterThan(10);
    const column = heading === 'Promise by promise' ? 2 : (rows[0]?.length ?? 0) - 1;
    const bare = rows.filter((cells) => !/`(?:test|bench)\/|the same/.test(cells[column] ?? ''));
    expect(bare.map(([what]) => what)).toEqual([]);
  },
);

it('has a row for each promise', () => {
  const numbers = rowsBelow('Promise by promise').flatMap(([name = '']) => /^\d/.exec(name) ?? []);
  expect([...new Set(numbers)].toSorted()).toEqual(['1', '2', '3', '4', '5', '6']);
});

/**
 * How flat the ground is around each bound of the rules: one at a time a fifth lower and a fifth higher, everything else as it
 * is, on `--count` sessions of each of our own kinds and on the labelled ones. It changes a copy of the sources. Writes
 * `bench/thresholds.json`.
 *   npx tsx bench/thresholds.ts [--count 1] [--only NAME] [--data DIR]
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1' },
    only: { type: 'string' },
    data: { type: 'string', default: process.env['HOLDPOINT_DATA'] ?? resolve(root, '../shared/data') },
  },
});

/** Constants of one number each, by file; whole ones stay whole. */
const BOUNDS: [file: string, names: string[]][] = [
  ['confidence.ts', ['SAID_FROM']],
  ['origin.ts', ['CLOSE']],
  ['wrong-entity.ts', ['ENOUGH', 'SURE_ENOUGH']],
  ['claims.ts', ['FADES', 'NAMED']],
  ['choice.ts', ['SCORE']],
  ['checks.ts', ['ENOUGH']],
  ['drift.ts', ['SETTLED', 'NEVER_NULL', 'UNIT_SETTLED', 'BEYOND']],
  ['flags/context-drift.ts', ['FAR']],
];

const constant = (name: string): RegExp => new RegExp(`(const ${name} = )(\\d+(?:\\.\\d+)?);`);
const figuresOf = (dir: string): Record<string, string | number> => {
  const out = execFileSync(
    process.execPath,
    ['--import', 'tsx', 'bench/confidence.ts', '--summary', '--count', values.count, '--data', values.data],
    { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  return JSON.parse(out) as Record<string, string | number>;
};

const main = (): void => {
  const dir = mkdtempSync(join(tmpdir(), 'holdpoint-thresholds-'));
  const rows: Record<string, Record<string, string | number>> = {};
  const keep = (): void => {
    if (values.only === undefined)
      writeFileSync(join(root, 'bench/thresholds.json'), `${JSON.stringify(rows, null, 2)}\n`);
  };
  try {
    for (const part of ['src', 'bench', 'package.json', 'tsconfig.json'])
      cpSync(join(root, part), join(dir, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
    rows['as it is'] = figuresOf(dir);
    console.log('as it is', JSON.stringify(rows['as it is']));
    for (const [file, names] of BOUNDS) {
      const path = join(dir, 'src/forensics', file);
      const text = readFileSync(path, 'utf8');
      for (const name of names.filter((n) => values.only === undefined || n === values.only)) {
        const was = constant(name).exec(text)?.[2];
        if (was === undefined) throw new Error(`${file} has no constant ${name} of one number`);
        for (const factor of [0.8, 1.2]) {
          const moved = Number(was) * factor;
          const to = was.includes('.')
            ? Math.round(moved * 1000) / 1000
            : factor < 1
              ? Math.floor(moved)
              : Math.ceil(moved);
          writeFileSync(path, text.replace(constant(name), `$1${to};`));
          const row = `${file} ${name} ${was} → ${to}`;
          rows[row] = figuresOf(dir);
          console.log(row, JSON.stringify(rows[row]));
          keep();
        }
        writeFileSync(path, text);
      }
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  console.table(rows);
};

main();

/**
 * The labelled sessions of the data folder through `holdpoint analyse`, scored by the folder's own scorer, with its floors
 * beside. Prints the scorer's report and one table; writes `bench/forensics.json`.
 *   npx tsx bench/forensics.ts [--set inject]... [--limit 20] [--jobs 2] [--cli "node bin/holdpoint.mjs"] [--data DIR]
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    set: {
      type: 'string',
      multiple: true,
      default: ['inject', 'tau-clean', 'agentrx-tau', 'who-and-when-ag', 'who-and-when-hc'],
    },
    limit: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    cli: { type: 'string', default: `node ${join(root, 'bin/holdpoint.mjs')}` },
    data: { type: 'string', default: process.env['HOLDPOINT_DATA'] ?? resolve(root, '../shared/data') },
  },
});

const FLOORS: Record<string, string[]> = {
  inject: ['naive'],
  'agentrx-tau': ['first-write', 'last-write', 'random'],
  'who-and-when-ag': ['first-code', 'step:2', 'random'],
  'who-and-when-hc': ['step:5', 'last', 'random'],
};

interface Origin {
  n: number;
  top1: number;
  within1: number;
  top3: number;
  meanReads: number;
  abstained: number;
}
interface Score {
  set: string;
  injected?: {
    origin: Origin;
    flags: Record<string, { recall: number | null; falseAlarms: number }>;
    mode: { accuracy: number };
    blast: { recall: number; precision: number };
    subagents: { recall: number };
    byVariant: Record<string, { n: number; top1: number }>;
  };
  clean?: Record<'untouched' | 'lookalike', { perThousandSteps: number; sessions: number } | undefined>;
  human?: { origin: Origin };
}

const run = (args: string[]): Promise<void> =>
  new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(values.data, 'run.mjs'), ...args], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.on('error', fail);
    child.on('close', (code) =>
      code === 0 ? done() : fail(new Error(`the scorer ended with exit code ${code}`)),
    );
  });

const scoreOf = async (set: string, how: string[], out: string): Promise<Score> => {
  await run([
    '--set',
    set,
    ...how,
    '--out',
    out,
    ...(values.limit === undefined ? [] : ['--limit', values.limit]),
  ]);
  return JSON.parse(readFileSync(join(out, set, 'score.json'), 'utf8')) as Score;
};

const percent = (x: number | null | undefined): string =>
  x === null || x === undefined ? '–' : `${(100 * x).toFixed(1)} %`;
const originOf = (score: Score): Origin | undefined => score.injected?.origin ?? score.human?.origin;

const main = async (): Promise<void> => {
  if (!existsSync(join(values.data, 'run.mjs')))
    throw new Error(
      `no labelled sessions at ${values.data}: give their folder with --data or HOLDPOINT_DATA`,
    );
  const out = mkdtempSync(join(tmpdir(), 'holdpoint-bench-'));
  const result: Record<string, { score: Score; floors: Record<string, Origin | undefined> }> = {};
  for (const set of values.set) {
    const score = await scoreOf(set, ['--cli', values.cli, '--jobs', values.jobs], join(out, 'ours'));
    const floors: Record<string, Origin | undefined> = {};
    for (const floor of FLOORS[set] ?? [])
      floors[floor] = originOf(await scoreOf(set, ['--predictor', `floor:${floor}`], join(out, floor)));
    result[set] = { score, floors };
  }
  rmSync(out, { recursive: true, force: true });
  console.table(
    Object.fromEntries(
      Object.entries(result).flatMap(([set, { score, floors }]) => {
        const rows = [
          ['holdpoint', originOf(score)] as const,
          ...Object.entries(floors).map(([name, o]) => [`floor ${name}`, o] as const),
        ];
        return rows
          .filter(([, o]) => o)
          .map(([name, o]) => [
            `${set}: ${name}`,
            {
              n: o?.n,
              'top-1': percent(o?.top1),
              '±1': percent(o?.within1),
              'top-3': percent(o?.top3),
              reads: o?.meanReads.toFixed(1),
              abstained: percent(o?.abstained),
            },
          ]);
      }),
    ),
  );
  for (const [
    set,
    {
      score: { clean },
    },
  ] of Object.entries(result)) {
    for (const kind of ['untouched', 'lookalike'] as const)
      if (clean?.[kind])
        console.log(
          `${set}, ${kind}: ${clean[kind]?.perThousandSteps.toFixed(2)} false alarms per 1,000 steps`,
        );
  }
  writeFileSync(join(root, 'bench/forensics.json'), `${JSON.stringify(result, null, 2)}\n`);
};

await main();

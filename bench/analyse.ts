/**
 * What the analysis of a session costs, as a multiple of the CPU that `JSON.parse` takes for the same bytes in the same
 * run: on the labelled sessions, where they are given, and on made-up ones from 40 to 40,000 steps, in which the model
 * reads its last messages again at each call, as instrumentations record them. And the memory of the command on files of
 * many sizes, as JSON lines and as one document. Prints two tables; writes `bench/analyse.json`.
 * Compiled as `npm run build` does. The lowest of many rounds is what a process costs that has analysed before, the first round what a command costs.
 *   npx tsx bench/analyse.ts [--steps 40,400,4000,40000] [--rounds 16] [--mb 0.1,10,50,100] [--data DIR]
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Cost } from './analyse/costs.ts';
import { stream, type Streamed } from './analyse/streamed.ts';
import { build } from './built.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '40,400,4000,40000' },
    rounds: { type: 'string', default: '16' },
    mb: { type: 'string', default: '0.1,10,50,100' },
    data: { type: 'string', default: process.env['HOLDPOINT_DATA'] ?? resolve(root, '../shared/data') },
  },
});
const main = async (): Promise<void> => {
  const load = loadavg();
  const program = build()('bench/analyse/costs.ts');
  const said = execFileSync(process.execPath, [program, values.data, values.steps, values.rounds], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const costs = JSON.parse(said) as Cost[];
  console.table(
    costs.map((c) => ({
      sessions: c.sessions,
      steps: c.steps,
      MB: c.mb.toFixed(1),
      'JSON.parse, ms': c.parseMs.toFixed(1),
      'read, times parse': (c.readMs / c.parseMs).toFixed(2),
      'analyse, times parse': (c.analyseMs / c.parseMs).toFixed(2),
      'analyse, first time': (c.firstMs / c.parseMs).toFixed(2),
      'analyse, ms a MB': (c.analyseMs / c.mb).toFixed(1),
    })),
  );
  const sizes = values.mb
    .split(',')
    .map(Number)
    .filter((mb) => mb > 0);
  const files: Streamed[] = [];
  for (const mb of sizes) files.push(await stream(mb, 'lines'));
  const largest = sizes.at(-1);
  if (largest !== undefined) files.push(await stream(largest, 'document'));
  console.table(
    files.map((f) => ({
      MB: f.mb.toFixed(1),
      form: f.form,
      steps: f.steps,
      seconds: f.seconds.toFixed(1),
      'memory at most, MB': f.peakMb.toFixed(0),
    })),
  );
  writeFileSync(
    join(root, 'bench/analyse.json'),
    `${JSON.stringify({ node: process.version, load: load.map(Math.round), costs, files }, null, 2)}\n`,
  );
};

await main();

/**
 * What the analysis of a session costs, as a multiple of the CPU that `JSON.parse` takes for the same bytes, from 40 to
 * 40,000 steps; and the memory of a file of 100 MB through `holdpoint analyse`. Sessions are made up, with the model
 * reading its last messages again at each call, as instrumentations record them. Prints one table; writes
 * `bench/analyse.json`.
 *   npx tsx bench/analyse.ts [--steps 40,400,4000,40000] [--rounds 3] [--mb 100]
 */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { analyse } from '../src/forensics/analyse.ts';
import { learnProfile } from '../src/forensics/profile.ts';
import { spansFromOtlpJson } from '../src/forensics/read/otlp-json.ts';
import type { RawSpan } from '../src/forensics/read/raw-span.ts';
import { sessionFromSpans } from '../src/forensics/read/session.ts';
import { madeUpSession, TOOLS } from './analyse/made-up-session.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '40,400,4000,40000' },
    rounds: { type: 'string', default: '3' },
    mb: { type: 'string', default: '100' },
  },
});

/** CPU of this process, ms; the garbage collector's threads included. */
const cpuOf = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const spansIn = (lines: string[]): RawSpan[] => {
  const spans: RawSpan[] = [];
  for (const line of lines) spans.push(...spansFromOtlpJson(JSON.parse(line)).spans);
  return spans;
};

interface Cost {
  steps: number;
  mb: number;
  parseMs: number;
  readMs: number;
  analyseMs: number;
}
const costOf = (steps: number, rounds: number): Cost => {
  const lines = [...madeUpSession(steps, 'measured')];
  const profile = learnProfile(
    Array.from({ length: 10 }, (_, i) => sessionFromSpans(spansIn([...madeUpSession(60, `warm-${i}`)]))),
  );
  const best = { parseMs: Infinity, readMs: Infinity, analyseMs: Infinity };
  for (let i = 0; i < rounds; i += 1) {
    best.parseMs = Math.min(
      best.parseMs,
      cpuOf(() => lines.forEach((l) => void JSON.parse(l))),
    );
    let session = sessionFromSpans([]);
    best.readMs = Math.min(
      best.readMs,
      cpuOf(() => void (session = sessionFromSpans(spansIn(lines)))),
    );
    best.analyseMs = Math.min(
      best.analyseMs,
      cpuOf(() => void analyse(session, { tools: TOOLS, profile })),
    );
  }
  return { steps, mb: lines.reduce((n, l) => n + l.length, 0) / 1e6, ...best };
};

/** The command on a file of so many megabytes: how long, and how much memory at most. */
const stream = async (
  mb: number,
): Promise<{ mb: number; steps: number; seconds: number; peakMb: number }> => {
  const dir = mkdtempSync(join(tmpdir(), 'holdpoint-bench-'));
  const path = join(dir, 'session.jsonl');
  try {
    const file = createWriteStream(path);
    let written = 0;
    for (const line of madeUpSession(1_000_000, 'large')) {
      if (!file.write(`${line}\n`)) await new Promise((done) => file.once('drain', () => done(undefined)));
      if ((written += line.length + 1) >= mb * 1e6) break;
    }
    await new Promise((done) => file.end(() => done(undefined)));
    const started = performance.now();
    const code = `process.argv.splice(1, 0, 'x'); await import(${JSON.stringify(join(root, 'src/cli/main.ts'))}); process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS));`;
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', code, '--', 'analyse', path, '--json'],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (d: Buffer) => out.push(d));
    child.stderr.on('data', (d: Buffer) => err.push(d));
    const exit = await new Promise((done) => child.on('close', done));
    const text = Buffer.concat(err).toString('utf8');
    const peak = /peak (\d+)/.exec(text)?.[1];
    if (exit !== 0 || peak === undefined) throw new Error(`the command ended with ${exit}: ${text}`);
    const { steps } = JSON.parse(Buffer.concat(out).toString('utf8')) as { steps: number };
    return {
      mb: statSync(path).size / 1e6,
      steps,
      seconds: (performance.now() - started) / 1000,
      peakMb: Number(peak) / 1024,
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

const main = async (): Promise<void> => {
  costOf(400, 2);
  const costs = values.steps.split(',').map((n) => costOf(Number(n), Number(values.rounds)));
  console.table(
    costs.map((c) => ({
      steps: c.steps,
      MB: c.mb.toFixed(1),
      'JSON.parse, ms': c.parseMs.toFixed(1),
      'read, times parse': (c.readMs / c.parseMs).toFixed(2),
      'analyse, times parse': (c.analyseMs / c.parseMs).toFixed(2),
      'analyse, ms a MB': (c.analyseMs / c.mb).toFixed(1),
    })),
  );
  const file = Number(values.mb) > 0 ? await stream(Number(values.mb)) : null;
  if (file)
    console.log(
      `${file.mb.toFixed(0)} MB, ${file.steps} steps through the command: ${file.seconds.toFixed(1)} s, ${file.peakMb.toFixed(0)} MB of memory at most`,
    );
  writeFileSync(join(root, 'bench/analyse.json'), `${JSON.stringify({ costs, file }, null, 2)}\n`);
};

await main();

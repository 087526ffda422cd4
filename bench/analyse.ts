/**
 * What the analysis of a session costs, as a multiple of the CPU that `JSON.parse` takes for the same bytes in the same
 * run: on the labelled sessions, where they are given, and on made-up ones from 40 to 40,000 steps, in which the model
 * reads its last messages again at each call, as instrumentations record them. And the memory of the command on files of
 * many sizes, as JSON lines and as one document. Prints two tables; writes `bench/analyse.json`.
 * The lowest of many rounds is what a process costs that has analysed before, the first round what a command costs.
 *   npx tsx bench/analyse.ts [--steps 40,400,4000,40000] [--rounds 16] [--mb 0.1,10,50,100] [--data DIR]
 */
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Session } from '../src/domain/session/session.ts';
import { analyse, type AnalyseOptions } from '../src/forensics/analyse.ts';
import { learnProfile } from '../src/forensics/profile.ts';
import { spansFromOtlpJson } from '../src/forensics/read/otlp-json.ts';
import type { RawSpan } from '../src/forensics/read/raw-span.ts';
import { sessionFromSpans } from '../src/forensics/read/session.ts';
import { madeUpSession, TOOLS } from './analyse/made-up-session.ts';
import { linesIn, readSet } from './live/sets.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '40,400,4000,40000' },
    rounds: { type: 'string', default: '16' },
    mb: { type: 'string', default: '0.1,10,50,100' },
    data: { type: 'string', default: process.env['HOLDPOINT_DATA'] ?? resolve(root, '../shared/data') },
  },
});
const SETS = ['tau-clean', 'inject', 'agentrx-tau', 'who-and-when-ag', 'who-and-when-hc'];
/** Few rounds are enough where one is long. */
const LONG_BYTES = 100_000_000;

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

interface Case {
  lines: string[];
  options: AnalyseOptions;
}
interface Cost {
  sessions: string;
  steps: number;
  mb: number;
  parseMs: number;
  readMs: number;
  analyseMs: number;
  /** Of the first round, before the code is compiled for it. */
  firstMs: number;
}
const costOf = (name: string, cases: Case[], rounds: number): Cost => {
  const bytes = cases.reduce((sum, { lines }) => lines.reduce((n, l) => n + l.length, sum), 0);
  const best = { parseMs: Infinity, readMs: Infinity, analyseMs: Infinity };
  let [steps, firstMs] = [0, 0];
  for (let i = 0; i < (bytes > LONG_BYTES ? Math.min(2, rounds) : rounds); i += 1) {
    const parseMs = cpuOf(() => cases.forEach(({ lines }) => lines.forEach((l) => void JSON.parse(l))));
    const read: Session[] = [];
    const readMs = cpuOf(() => cases.forEach(({ lines }) => read.push(sessionFromSpans(spansIn(lines)))));
    const analyseMs = cpuOf(() => cases.forEach(({ options }, n) => read[n] && analyse(read[n], options)));
    steps = read.reduce((sum, session) => sum + session.steps.length, 0);
    if (i === 0) firstMs = analyseMs;
    best.parseMs = Math.min(best.parseMs, parseMs);
    best.readMs = Math.min(best.readMs, readMs);
    best.analyseMs = Math.min(best.analyseMs, analyseMs);
  }
  return { sessions: name, steps, mb: bytes / 1e6, ...best, firstMs };
};

/** Sessions of a labelled set, with the tools and the profile that they are analysed with. */
const labelled = (set: string): Case[] =>
  readSet(values.data, set).map(({ file, tools, profile }) => ({
    lines: linesIn(file),
    options: { tools, profile },
  }));

const madeUp = (steps: number): Case[] => {
  const profile = learnProfile(
    Array.from({ length: 10 }, (_, i) => sessionFromSpans(spansIn([...madeUpSession(60, `warm-${i}`)]))),
  );
  // Of short ones many, so that there is something to measure.
  return Array.from({ length: Math.max(1, Math.floor(1_200 / steps)) }, (_, i) => ({
    lines: [...madeUpSession(steps, `measured-${i}`)],
    options: { tools: TOOLS, profile },
  }));
};

interface Streamed {
  mb: number;
  form: 'lines' | 'document';
  steps: number;
  seconds: number;
  peakMb: number;
}

/** A made-up session of so many megabytes, as JSON lines or as one document on one line. */
const writeSession = async (path: string, mb: number, form: Streamed['form']): Promise<void> => {
  const file = createWriteStream(path);
  const put = async (text: string): Promise<void> => {
    if (!file.write(text)) await new Promise((done) => file.once('drain', () => done(undefined)));
  };
  let written = 0;
  if (form === 'document') await put('{"resourceSpans":[');
  for (const line of madeUpSession(1_000_000, 'large')) {
    const group = line.slice('{"resourceSpans":['.length, -']}'.length);
    await put(form === 'lines' ? `${line}\n` : written === 0 ? group : `,${group}`);
    if ((written += line.length + 1) >= mb * 1e6) break;
  }
  if (form === 'document') await put(']}');
  await new Promise((done) => file.end(() => done(undefined)));
};

const SAY_PEAK = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS))",
)}`;

/** The command on a file: how long, and how much memory its process had at most. */
const stream = async (mb: number, form: Streamed['form']): Promise<Streamed> => {
  const dir = mkdtempSync(join(tmpdir(), 'holdpoint-bench-'));
  const path = join(dir, 'session.json');
  try {
    await writeSession(path, mb, form);
    const started = performance.now();
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--import', SAY_PEAK, join(root, 'src/cli/main.ts'), 'analyse', path, '--json'],
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
    const seconds = (performance.now() - started) / 1000;
    return { mb: statSync(path).size / 1e6, form, steps, seconds, peakMb: Number(peak) / 1024 };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

const main = async (): Promise<void> => {
  const rounds = Number(values.rounds);
  const sets = existsSync(values.data) ? SETS : [];
  const costs = [
    ...sets.map((set) => costOf(set, labelled(set), rounds)),
    ...values.steps.split(',').map((n) => costOf(`made up, ${n} steps`, madeUp(Number(n)), rounds)),
  ];
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
    `${JSON.stringify({ node: process.version, costs, files }, null, 2)}\n`,
  );
};

await main();

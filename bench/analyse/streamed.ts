import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { madeUpSession } from './made-up-session.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Streamed {
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
export const stream = async (mb: number, form: Streamed['form']): Promise<Streamed> => {
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

/**
 * Interrupts `holdpoint up --auto` in each phase and starts it again until the incident is closed:
 * `node --import tsx test/end-to-end/interrupt.ts [--kill] [--home DIR] [--jitter MS] [phase …]`.
 * Prints a table; exits 1 when a phase could not be gone on with.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { newFolder, removeFolder } from '../support/folder.ts';
import { complaintsOf } from './records.ts';
import { runUp, type UpRun } from './up-process.ts';

/** What stderr shows when a phase is on; in the order of a first start. */
export const moments: Readonly<Record<string, RegExp>> = {
  starting: /^Postgres/,
  learning: /runs \d+ clean sessions/,
  break: /quietly renamed/,
  alert: /An alert is posted/,
  opened: /opened for agent/,
  contained: /^stopped in/,
  sealed: /^trace sealed/,
  analysed: /^classified/,
  'mode confirmed': /^failure mode confirmed/,
  'sign-off asked': /^sign-off asked/,
  signed: /^signed by/,
  reversals: /^reversals:/,
  remediated: /^remediation recorded/,
  postmortem: /pressed "Postmortem"/,
  distribution: /is final$/,
  distributed: /^postmortem distributed/,
  close: /pressed "Request close"/,
  closed: /^incident closed$/,
};

/** Only a home's first start has these. */
const firstOnly: readonly string[] = ['starting', 'learning'];

const MOST_STARTS = 3;
/** A second start, to a working stack. */
const SECOND_START_MS = 15_000;
/** Ctrl-C, to the prompt. */
const END_MS = 10_000;

interface Row {
  phase: string;
  outcome: string;
  endedAfterMs: number | null;
  secondStartMs: number | null;
  wrong: string[];
}

const isNoise = (line: string): boolean => /^\s+at .+[:(]|Error:|unhandled|Warning/i.test(line);

function wrongIn(run: UpRun, isKilled: boolean): string[] {
  const wrong = run.stderr.split('\n').filter(isNoise).slice(0, 3);
  if (run.orphans.length > 0) wrong.push(`left running: ${run.orphans.join('; ')}`);
  if (!isKilled && run.code !== 130) wrong.push(`exit code ${run.code} after Ctrl-C`);
  if (!isKilled && run.stdout !== '') wrong.push('printed something though it was interrupted');
  if ((run.endedAfterMs ?? 0) > END_MS) wrong.push(`ended after ${run.endedAfterMs} ms`);
  return wrong;
}

/** Interrupts once, then starts until closed. */
async function tryPhase(
  home: string,
  phase: string,
  signal: 'SIGINT' | 'SIGKILL',
  delayMs: number,
): Promise<Row> {
  const when = moments[phase] ?? /./;
  const log = (run: UpRun): void =>
    appendFileSync(join(home, 'interrupt.log'), `== ${phase}: ${run.code}\n${run.stderr}${run.stdout}`);
  const first = await runUp(home, { signal, when, delayMs });
  log(first);
  const row: Row = { phase, outcome: '', endedAfterMs: first.endedAfterMs, secondStartMs: null, wrong: [] };
  if (first.endedAfterMs === null)
    return { ...row, outcome: `never seen (exit code ${first.code})`, wrong: ['not seen'] };
  row.wrong.push(...wrongIn(first, signal === 'SIGKILL'));
  for (let starts = 1; starts <= MOST_STARTS; starts += 1) {
    const again = await runUp(home);
    log(again);
    row.secondStartMs ??= again.standsAfterMs;
    if (again.orphans.length > 0) row.wrong.push(`left running: ${again.orphans.join('; ')}`);
    row.wrong.push(...again.stderr.split('\n').filter(isNoise).slice(0, 3));
    if (again.code !== 0)
      row.wrong.push(`start ${starts}: exit code ${again.code}: ${lastLine(again.stderr)}`);
    else {
      row.outcome = `closed at start ${starts + 1}`;
      break;
    }
  }
  if ((row.secondStartMs ?? Infinity) > SECOND_START_MS) row.wrong.push('a slow second start');
  row.wrong.push(...(await complaintsOf(home)));
  return { ...row, outcome: row.outcome || 'NOT CLOSED' };
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.slice(0, 200) ?? '';

const seconds = (ms: number | null): string => (ms === null ? '-' : `${(ms / 1000).toFixed(1)} s`);

function tell(row: Row): void {
  const cells = [row.phase, row.outcome, seconds(row.endedAfterMs), seconds(row.secondStartMs)];
  const [phase = '', outcome = '', ended = '', stands = ''] = cells;
  const words = row.wrong.length === 0 ? 'ok' : `WRONG: ${row.wrong.join(' | ')}`;
  process.stdout.write(
    `${phase.padEnd(15)} ${outcome.padEnd(20)} ${ended.padStart(8)} ${stands.padStart(8)}   ${words}\n`,
  );
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { kill: { type: 'boolean' }, home: { type: 'string' }, jitter: { type: 'string' } },
    allowPositionals: true,
  });
  const shared = values.home ?? newFolder();
  const phases = positionals.length > 0 ? positionals : Object.keys(moments);
  process.stdout.write(
    `${'phase'.padEnd(15)} ${'outcome'.padEnd(20)} ${'ended'.padStart(8)} ${'stands'.padStart(8)}\n`,
  );
  let failed = 0;
  for (const phase of phases) {
    const home = firstOnly.includes(phase) ? newFolder() : shared;
    const delayMs = Math.random() * Number(values.jitter ?? 0);
    const row = await tryPhase(home, phase, values.kill ? 'SIGKILL' : 'SIGINT', delayMs);
    tell(row);
    if (row.wrong.length > 0) failed += 1;
    if (row.wrong.length > 0) process.stdout.write(`  see ${join(home, 'interrupt.log')}\n`);
    else if (home !== shared) removeFolder(home);
  }
  if (!values.home && failed === 0) removeFolder(shared);
  process.exitCode = failed > 0 ? 1 : 0;
}

void main();

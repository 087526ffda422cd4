import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { ErasedRun, Joined, RunHistory } from '../../audit/history.ts';
import { erasureLine, plain } from './verify.ts';

interface Options {
  config?: string;
  out?: string;
}

const lineOf = ({ runId, startedAt, closed, events, recorded }: RunHistory, from: string): string =>
  plain(
    `${startedAt}  run ${runId}  ${closed?.toLowerCase().replaceAll('_', ' ') ?? 'open'}  ${events} events, ${recorded.size} records, from ${from}`,
  );

const erasedLine = ({ runId, sha256, erasure }: ErasedRun): string => {
  const how = erasure ? erasureLine(erasure) : 'erased, and no erasure is on record';
  return plain(`run ${runId}  archive sha256:${sha256}  ${how}`);
};

/** `holdpoint audit history`: every run of an incident's workflow, from Temporal while it has it, from the archive after. */
export const registerHistory = (audit: Command): void => {
  audit
    .command('history')
    .description("every run of an incident's workflow, and whether they sent what the log holds")
    .argument('<incident>', 'its id')
    .option('--config <file>', 'the configuration; default HOLDPOINT_CONFIG, or holdpoint.yaml here')
    .option('--out <folder>', 'also write each history as JSON, for `holdpoint audit join`')
    .action(async (incidentId: string, { config: file, out }: Options) => {
      const [{ loadConfig }, { openHistories }, history] = await Promise.all([
        import('../../config.ts'),
        import('../../compose/histories.ts'),
        import('../../audit/history.ts'),
      ]);
      const histories = await openHistories(loadConfig({ file, env: process.env }));
      try {
        const { runs: found, erased, notes } = await histories.of(incidentId);
        const rows = await histories.rows(incidentId);
        if (rows.length + found.length + erased.length === 0)
          throw new Error(`There is no incident ${incidentId}.`);
        const read = found.map(({ runId, value }) => history.readRunHistory(value, runId));
        const { runs, problems } = history.inRunOrder(read, erased);
        const joined = history.joinHistories(rows, runs, erased);
        for (const run of runs)
          process.stdout.write(
            `${lineOf(run, found.find(({ runId }) => runId === run.runId)?.from ?? 'the archive')}\n`,
          );
        for (const run of erased) process.stdout.write(`${erasedLine(run)}\n`);
        if (out !== undefined) await write(out, found, erased);
        report(joined, [...notes, ...problems], rows.length);
      } finally {
        await histories.close();
      }
    });
  audit
    .command('join')
    .description('compare an export with histories that were written by `audit history --out`, offline')
    .argument('<export>', 'of one incident')
    .argument('<folder>', 'the histories')
    .action(async (file: string, folder: string) => {
      const [history, { ExportedRow, jsonOf }] = await Promise.all([
        import('../../audit/history.ts'),
        import('../../audit/format.ts'),
      ]);
      const lines = (await readFile(file, 'utf8'))
        .split('\n')
        .map((line) => ExportedRow.safeParse(jsonOf(line)));
      const rows = lines.flatMap((line) => (line.success ? [line.data] : []));
      const read: RunHistory[] = [];
      const erased: ErasedRun[] = [];
      for (const name of (await readdir(folder)).filter((one) => one.endsWith('.json'))) {
        const value = jsonOf(await readFile(join(folder, name), 'utf8'));
        const gone = history.ErasedRun.safeParse(value);
        if (gone.success) erased.push(gone.data);
        else read.push(history.readRunHistory(value, name.slice(0, -'.json'.length)));
      }
      const { runs, problems } = history.inRunOrder(read, erased);
      for (const run of erased) process.stdout.write(`${erasedLine(run)}\n`);
      report(history.joinHistories(rows, runs, erased), problems, rows.length);
    });
};

/** An erased run is written too, so that who joins offline knows that it is not merely missing. */
const write = async (
  folder: string,
  runs: readonly { runId: string; text: string }[],
  erased: readonly ErasedRun[],
): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (const { runId, text } of runs) await writeFile(join(folder, `${runId}.json`), text, { flag: 'wx' });
  for (const run of erased)
    await writeFile(join(folder, `${run.runId}.erased.json`), JSON.stringify(run), { flag: 'wx' });
};

/** Exit code 1 for what is wrong; an erasure on record is not. */
const report = ({ joined, problems, untold }: Joined, others: readonly string[], rows: number): void => {
  const wrong = [...others, ...problems];
  if (wrong.length > 0) process.exitCode = 1;
  const said = wrong.map((problem) => `  ${plain(problem)}`);
  if (untold.length > 0)
    said.push(`  Nobody can tell any more who sent ${untold.join(', ')}: an archive was erased.`);
  const whole = untold.length === 0 ? 'joined' : 'joined in part';
  process.stdout.write(
    `${[`${wrong.length === 0 ? whole : 'NOT JOINED'}: ${joined} of ${rows} records were sent by these histories`, ...said].join('\n')}\n`,
  );
};

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { RunHistory } from '../../audit/history.ts';
import { plain } from './verify.ts';

interface Options {
  config?: string;
  out?: string;
}

const lineOf = ({ runId, startedAt, closed, events, recorded }: RunHistory, from: string): string =>
  plain(
    `${startedAt}  run ${runId}  ${closed?.toLowerCase().replaceAll('_', ' ') ?? 'open'}  ${events} events, ${recorded.size} records, from ${from}`,
  );

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
        const { runs: found, notes } = await histories.of(incidentId);
        const rows = await histories.rows(incidentId);
        if (rows.length === 0 && found.length === 0) throw new Error(`There is no incident ${incidentId}.`);
        const read = found.map(({ runId, value }) => history.readRunHistory(value, runId));
        const { runs, problems } = history.inRunOrder(read);
        const joined = history.joinHistories(rows, runs);
        for (const run of runs)
          process.stdout.write(
            `${lineOf(run, found.find(({ runId }) => runId === run.runId)?.from ?? 'the archive')}\n`,
          );
        if (out !== undefined) await write(out, found);
        report([...notes, ...problems, ...joined.problems], joined.joined, rows.length);
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
      const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
      const read = await Promise.all(
        names.map(async (name) =>
          history.readRunHistory(
            jsonOf(await readFile(join(folder, name), 'utf8')),
            name.slice(0, -'.json'.length),
          ),
        ),
      );
      const { runs, problems } = history.inRunOrder(read);
      const joined = history.joinHistories(rows, runs);
      report([...problems, ...joined.problems], joined.joined, rows.length);
    });
};

const write = async (folder: string, runs: readonly { runId: string; text: string }[]): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (const { runId, text } of runs) await writeFile(join(folder, `${runId}.json`), text, { flag: 'wx' });
};

const report = (problems: readonly string[], joined: number, rows: number): void => {
  if (problems.length > 0) process.exitCode = 1;
  const said = problems.map((problem) => `  ${plain(problem)}`);
  const head = problems.length === 0 ? 'joined' : 'NOT JOINED';
  process.stdout.write(
    `${[`${head}: ${joined} of ${rows} records were sent by these histories`, ...said].join('\n')}\n`,
  );
};

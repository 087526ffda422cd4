import { writeFile } from 'node:fs/promises';
import { InvalidArgumentError, type Command } from 'commander';
import { readProfileFile, readToolsFile } from '../adapters/traces/beside.ts';
import { TraceFileError } from '../adapters/traces/file.ts';
import { sessionFromFile } from '../adapters/traces/session-file.ts';
import { EvalFileError, readEvalFile, type EvalFile } from '../eval/eval-file.ts';
import { junitOf, type Suite } from '../eval/junit.ts';
import { makeEvalFile } from '../eval/make.ts';
import { judgeAgent, judgeRecorded } from '../eval/run.ts';
import { BAD_INPUT, write } from './analyse.ts';

interface MakeOptions {
  out: string;
  tools?: string;
  profile?: string;
  step?: number;
  name?: string;
}
interface RunOptions {
  sessions?: string[];
  junit?: string;
  json?: boolean;
  timeout: number;
}

const badInput = (message: string): void => {
  process.stderr.write(`${message}\n`);
  process.exitCode = BAD_INPUT;
};

/** Bad input has an exit code of its own, apart from a case that was broken. */
const reporting =
  <A extends unknown[]>(work: (...args: A) => Promise<void>) =>
  async (...args: A): Promise<void> => {
    try {
      await work(...args);
    } catch (error) {
      if (!(error instanceof EvalFileError) && !(error instanceof TraceFileError)) throw error;
      badInput(error.message);
    }
  };

const saved = async (file: EvalFile, out: string): Promise<void> => {
  await writeFile(out, `${JSON.stringify(file)}\n`, { mode: 0o600 });
  process.stderr.write(
    `${out}: ${file.name}\nIt holds the session's content: keep it where the session may be.\n`,
  );
};

/** What stands after `--` is the agent's command, whatever it looks like. */
const splitAtDashes = (
  operands: string[],
  rawArgs: readonly string[],
): { files: string[]; command: string[] } => {
  const at = rawArgs.indexOf('--');
  const count = at < 0 ? 0 : rawArgs.length - at - 1;
  return {
    files: operands.slice(0, operands.length - count),
    command: count === 0 ? [] : operands.slice(-count),
  };
};

const positive = (text: string): number => {
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError(`${text} is no number above 0`);
};

const print = (suites: readonly Suite[]): string =>
  suites
    .flatMap(({ name, tried }) => [
      name,
      ...tried.map(({ name: what, status, reason }) => `  ${status.padEnd(6)}  ${what}: ${reason}`),
    ])
    .join('\n');

const suitesOf = async (files: EvalFile[], command: string[], options: RunOptions): Promise<Suite[]> => {
  const suites: Suite[] = [];
  const [program, ...args] = command;
  for (const file of files) {
    if (program !== undefined)
      suites.push(
        await judgeAgent(file, {
          command: [program, ...args],
          timeoutMs: options.timeout * 1000,
          name: file.name,
        }),
      );
    if (options.sessions === undefined) continue;
    const recorded = [];
    for (const path of options.sessions) recorded.push({ name: path, session: await sessionFromFile(path) });
    suites.push(judgeRecorded(file, recorded));
  }
  return suites;
};

const run = async (operands: string[], options: RunOptions, rawArgs: readonly string[]): Promise<void> => {
  const { files, command } = splitAtDashes(operands, rawArgs);
  if (files.length === 0) throw new EvalFileError('name at least one eval file');
  if (command.length === 0 && options.sessions === undefined)
    throw new EvalFileError(
      "nothing to run the case on: give the agent's command after --, or recorded sessions with --sessions",
    );
  const read: EvalFile[] = [];
  for (const path of files) read.push(await readEvalFile(path));
  const suites = await suitesOf(read, command, options);
  if (options.junit !== undefined) await writeFile(options.junit, junitOf(suites));
  const tried = suites.flatMap((suite) => suite.tried);
  const passed = tried.filter(({ status }) => status === 'passed').length;
  const summary = `${passed} passed, ${tried.length - passed} failed`;
  await write(
    options.json
      ? `${JSON.stringify({ passed, failed: tried.length - passed, suites })}\n`
      : `${print(suites)}\n${summary}\n`,
  );
  if (passed < tried.length) process.exitCode = 1;
};

/** `holdpoint eval make|export|run`: what an incident taught, tried on the agent before it ships. */
export const registerEval = (program: Command): void => {
  const command = program
    .command('eval')
    .description('what an incident taught, tried on the agent before it ships');
  command
    .command('make')
    .description('make a regression case from a recorded session')
    .argument('<trace-file>', 'OTLP/JSON requests of the session that failed')
    .requiredOption('--out <file>', 'where the case is written (JSON)')
    .option('--tools <file>', 'what each tool does outside the session (YAML)')
    .option('--profile <file>', 'what is normal, from `holdpoint profile learn`')
    .option('--step <number>', 'the fault origin, where people know it', positive)
    .option('--name <text>', 'how reports call it')
    .action(
      reporting(async (file: string, { out, tools, profile, step, name }: MakeOptions) => {
        const made = makeEvalFile({
          session: await sessionFromFile(file),
          tools: tools === undefined ? null : await readToolsFile(tools),
          profile: profile === undefined ? null : await readProfileFile(profile),
          originStep: step,
          name,
        });
        await saved(made, out);
      }),
    );
  command
    .command('export')
    .description('the case that an incident left behind, from the records')
    .argument('<incident>', 'its id')
    .requiredOption('--out <file>', 'where the case is written (JSON)')
    .option('--config <file>', 'the configuration; default HOLDPOINT_CONFIG, or holdpoint.yaml here')
    .action(
      reporting(async (incidentId: string, { out, config: file }: { out: string; config?: string }) => {
        const [{ loadConfig }, { createStore }, { masterKeyOf }, { exportEvalFile }] = await Promise.all([
          import('../config.ts'),
          import('../store/create.ts'),
          import('../compose/master-key.ts'),
          import('../eval/export.ts'),
        ]);
        const config = loadConfig({ file, env: process.env });
        if (!config.database.url)
          throw new EvalFileError('No database: set DATABASE_URL to the Postgres that has the records.');
        const store = await createStore({
          url: config.database.url.reveal(),
          poolSize: 1,
          masterKey: masterKeyOf(config),
        });
        try {
          await saved(await exportEvalFile(config, store, incidentId), out);
        } finally {
          await store.close();
        }
      }),
    );
  command
    .command('run')
    .description(
      "run cases against the agent's command, or on recorded sessions; exit code 1 when one is broken",
    )
    .argument('<case-file...>', 'cases; what stands after -- is the command')
    .option('--sessions <trace-file...>', 'recorded sessions, one a file')
    .option('--junit <file>', 'write JUnit XML for CI')
    .option('--json', 'one JSON object on stdout')
    .option('--timeout <seconds>', 'for one run of the command', positive, 300)
    .action(reporting((operands: string[], options: RunOptions) => run(operands, options, process.argv)));
};

import { InvalidArgumentError, type Command } from 'commander';
import { advised, type Advisor } from '../adapters/advisor/port.ts';
import { readProfileFile, readToolsFile } from '../adapters/traces/beside.ts';
import { TraceFileError } from '../adapters/traces/file.ts';
import { recordedSession, sessionFromFile } from '../adapters/traces/session-file.ts';
import { analyseByMeaning } from '../adapters/similarity/by-meaning.ts';
import { storyOf } from './analyse-story.ts';

/** Bad input has an exit code of its own, apart from a crash. */
export const BAD_INPUT = 2;
export const reportBadInput = (error: unknown): void => {
  if (!(error instanceof TraceFileError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = BAD_INPUT;
};

export const write = (text: string): Promise<void> =>
  new Promise((done, fail) => process.stdout.write(text, (e) => (e ? fail(e) : done())));

const tokens = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value <= 0)
    throw new InvalidArgumentError('Write a whole number of tokens above 0, such as 40000.');
  return value;
};

/** The model of the configuration's `advisor` section; only asked for with `--advisor`, so that nothing leaves unasked. */
const advisorOf = async (file: string | undefined): Promise<Advisor> => {
  const [{ ConfigError, loadConfig }, { createOpenAiAdvisor }] = await Promise.all([
    import('../config.ts'),
    import('../adapters/advisor/openai.ts'),
  ]);
  try {
    const { advisor } = loadConfig({ file, env: process.env });
    if (advisor) return createOpenAiAdvisor(advisor);
  } catch (cause) {
    if (cause instanceof ConfigError) throw new TraceFileError(cause.message, { cause });
    throw cause;
  }
  throw new TraceFileError(
    'the configuration names no model to ask: add a section `advisor` with `url` and `model`, or leave out --advisor',
  );
};

/** `holdpoint analyse <trace-file>... [--tools] [--profile] [--advisor] [--json]`: one sealed or recorded session, without a server. */
export const registerAnalyse = (program: Command): void => {
  program
    .command('analyse')
    .description('say what went wrong in a recorded session: mode, fault origin, blast radius')
    .argument(
      '<trace-file...>',
      'OTLP/JSON requests, as JSON or JSON lines, perhaps gzipped; more than one where each holds a part of the session',
    )
    .option('--tools <file>', 'what each tool does outside the session (YAML, or what an MCP server lists)')
    .option('--profile <file>', 'what is normal, from `holdpoint profile learn`')
    .option('--budget <tokens>', "the session's token budget, when the trace carries none", tokens)
    .option(
      '--advisor',
      'ask the model that the configuration names which candidate it is; its opinion is shown beside',
    )
    .option(
      '--config <file>',
      'the configuration with the advisor; without it HOLDPOINT_CONFIG or holdpoint.yaml',
    )
    .option('--json', 'one JSON object on stdout')
    .action(
      async (
        files: string[],
        options: {
          tools?: string;
          profile?: string;
          budget?: number;
          advisor?: boolean;
          config?: string;
          json?: boolean;
        },
      ) => {
        try {
          const [session, tools, profile] = await Promise.all([
            options.json ? sessionFromFile(...files) : recordedSession(...files),
            options.tools === undefined ? null : readToolsFile(options.tools),
            options.profile === undefined ? null : readProfileFile(options.profile),
          ]);
          const found = await analyseByMeaning(session, {
            tools,
            profile,
            tokenBudget: options.budget ?? null,
          });
          const analysis = options.advisor ? await advised(found, await advisorOf(options.config)) : found;
          await write(options.json ? `${JSON.stringify(analysis)}\n` : storyOf(analysis));
        } catch (error) {
          reportBadInput(error);
        }
      },
    );
};

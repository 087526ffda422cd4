import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { z } from 'zod';
import { advised, type Advisor } from '../adapters/advisor/port.ts';
import { sessionFromFile, TraceFileError } from '../adapters/traces/file.ts';
import { withMcpAnnotations } from '../domain/mcp-tools.ts';
import { ToolManifest } from '../domain/tools.ts';
import { analyseByMeaning } from '../adapters/similarity/by-meaning.ts';
import { Profile } from '../forensics/profile.ts';
import { storyOf } from './analyse-story.ts';

const read = async <T>(
  path: string,
  what: string,
  schema: z.ZodType<T>,
  decode: (text: string) => unknown,
): Promise<T> => {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new TraceFileError(`the ${what} ${path} cannot be read: check the name and its permissions`, {
      cause,
    });
  });
  let value: unknown;
  try {
    value = decode(text);
  } catch (cause) {
    throw new TraceFileError(
      `the ${what} ${path} cannot be parsed: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  const result = schema.safeParse(value);
  if (!result.success)
    throw new TraceFileError(`the ${what} ${path} is not valid:\n${z.prettifyError(result.error)}`);
  return result.data;
};

export const readToolsFile = (path: string): Promise<ToolManifest> =>
  read(path, 'tools file', ToolManifest, (t) => withMcpAnnotations(parse(t)));
export const readProfileFile = (path: string): Promise<Profile> =>
  read(path, 'profile', Profile, (t) => JSON.parse(t));

/** Bad input has an exit code of its own, apart from a crash. */
export const BAD_INPUT = 2;
export const reportBadInput = (error: unknown): void => {
  if (!(error instanceof TraceFileError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = BAD_INPUT;
};

export const write = (text: string): Promise<void> =>
  new Promise((done, fail) => process.stdout.write(text, (e) => (e ? fail(e) : done())));

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

/** `holdpoint analyse <trace-file> [--tools] [--profile] [--advisor] [--json]`: one sealed or recorded session, without a server. */
export const registerAnalyse = (program: Command): void => {
  program
    .command('analyse')
    .description('say what went wrong in a recorded session: mode, fault origin, blast radius')
    .argument('<trace-file>', 'OTLP/JSON requests, as JSON or JSON lines, perhaps gzipped')
    .option('--tools <file>', 'what each tool does outside the session (YAML, or what an MCP server lists)')
    .option('--profile <file>', 'what is normal, from `holdpoint profile learn`')
    .option('--budget <tokens>', "the session's token budget, when the trace carries none", Number)
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
        file: string,
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
            sessionFromFile(file),
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

import { Command, CommanderError } from 'commander';
import { nearest } from '../config/nearest.ts';
import { commands, type LazyCommand } from './commands.ts';

/** Wrong use of the command line, as bad input elsewhere. */
export const USAGE_ERROR = 2;

const newProgram = (): Command =>
  new Command('holdpoint')
    .description('Runs the incident when an AI agent fails while every dashboard is green')
    .version('0.1.0', '-V, --version')
    .showHelpAfterError('(add --help for what it takes)')
    .exitOverride();

/** Without a command: the list of all, none of them loaded. */
function programOfAll(): Command {
  const program = newProgram();
  for (const { name, summary } of commands) program.command(name).description(summary).helpOption(false);
  return program.addHelpText('after', '\n`holdpoint <command> --help` says what each takes.');
}

function unknownCommand(name: string): number {
  const guess = nearest(
    name,
    commands.map((command) => command.name),
  );
  const hint = guess ? ` Did you mean \`holdpoint ${guess}\`?` : '';
  process.stderr.write(
    `holdpoint: there is no command ${JSON.stringify(name.slice(0, 60))}.${hint} \`holdpoint --help\` lists them.\n`,
  );
  return USAGE_ERROR;
}

/** What a subcommand throws must end as ours: every command of the tree inherits it. */
function overrideAll(command: Command): void {
  command.exitOverride();
  command.commands.forEach(overrideAll);
}

/** Runs one command line; resolves with the exit code, unless the command set `process.exitCode` itself. */
export async function runCli(
  args: readonly string[],
  known: readonly LazyCommand[] = commands,
): Promise<number> {
  const [first] = args;
  const found = known.find(({ name }) => name === first);
  try {
    if (first !== undefined && !first.startsWith('-') && first !== 'help' && !found)
      return unknownCommand(first);
    const named = first === 'help' ? known.find(({ name }) => name === args[1]) : found;
    if (!named) {
      await programOfAll().parseAsync(args.length === 0 ? ['--help'] : [...args], { from: 'user' });
      return 0;
    }
    const program = newProgram();
    await named.register(program);
    overrideAll(program);
    await program.parseAsync(first === 'help' ? [named.name, '--help'] : [...args], { from: 'user' });
    return 0;
  } catch (error) {
    return codeOf(error);
  }
}

const FILE_ERRORS: Partial<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `there is no ${path}: check the name`,
  EACCES: (path) => `${path} cannot be opened: check its permissions`,
  EISDIR: (path) => `${path} is a folder: name a file`,
  ENOTDIR: (path) => `${path} is no folder: name one`,
  EEXIST: (path) => `${path} is there already: name another, or remove it`,
};

/** What is wrong with a file that a person named; null for other errors. */
function aboutFile(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error) || !('path' in error)) return null;
  return FILE_ERRORS[String(error.code)]?.(String(error.path)) ?? null;
}

function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_ERROR;
  const message = aboutFile(error) ?? (error instanceof Error ? error.message : String(error));
  const isConfig = error instanceof Error && error.name === 'ConfigError';
  process.stderr.write(
    `holdpoint: ${isConfig ? `the configuration cannot be used.\n${message}` : message}\n`,
  );
  if (process.env['HOLDPOINT_DEBUG'] && error instanceof Error && !isConfig)
    process.stderr.write(`${error.stack}\n`);
  return isConfig ? USAGE_ERROR : 1;
}

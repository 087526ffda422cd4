import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { describe } from './config/describe.ts';
import { ConfigError, type ConfigIssue } from './config/issue.ts';
import { Findings, type Environment } from './config/resolve/findings.ts';
import { resolveConfig } from './config/resolve/index.ts';
import { ConfigFile } from './config/schema/file.ts';
import { secretsIn } from './config/secrets-in-file.ts';
import { readSource, sourceOf, type Path, type Source } from './config/source.ts';
import type { Config } from './config/types.ts';

export { ConfigError, type ConfigIssue } from './config/issue.ts';
export type * from './config/types.ts';

const USUAL_NAME = 'holdpoint.yaml';

/** The configuration file: the one given, `HOLDPOINT_CONFIG`, or `holdpoint.yaml` here; null when there is none. */
export function findConfigFile(given: {
  file?: string | undefined;
  env: Environment;
  cwd?: string;
}): string | null {
  const cwd = given.cwd ?? process.cwd();
  const named = given.file ?? (given.env['HOLDPOINT_CONFIG'] || undefined);
  if (named !== undefined) return resolve(cwd, named);
  const usual = resolve(cwd, USUAL_NAME);
  return existsSync(usual) ? usual : null;
}

/** Reads and checks the configuration. Throws `ConfigError` with everything that is wrong, never the first thing only. */
export function loadConfig(given: {
  file?: string | undefined;
  env: Environment;
  cwd?: string;
  /** Sections that count where the file has none of that name. */
  defaults?: Readonly<Record<string, unknown>>;
}): Config {
  const file = findConfigFile(given);
  if (file === null) throw missing(USUAL_NAME, 'no configuration');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw missing(file, 'a file that cannot be read');
  }
  const source = readSource(text, basename(file));
  return configOf(withDefaults(source, given.defaults ?? {}), dirname(file), given.env);
}

const withDefaults = (source: Source, defaults: Readonly<Record<string, unknown>>): Source =>
  typeof source.value === 'object' && source.value !== null
    ? { ...source, value: { ...defaults, ...source.value } }
    : source;

/** The same from a value that was not read from a file, such as the sample's; relative paths start at `folder`. */
export const configFrom = (
  value: unknown,
  given: { name: string; folder: string; env: Environment },
): Config => configOf(sourceOf(value, given.name), given.folder, given.env);

function missing(where: string, found: string): ConfigError {
  const write = `${USUAL_NAME}: copy holdpoint.example.yaml and change it, or name yours with --config`;
  return new ConfigError([{ field: 'configuration', where, found, write }]);
}

function configOf(source: Source, folder: string, env: Environment): Config {
  const secrets = secretsIn(source);
  const parsed = ConfigFile.safeParse(source.value, { reportInput: true });
  if (!parsed.success) {
    const issues = parsed.error.issues.flatMap((issue) => describe(issue, ConfigFile, source));
    throw new ConfigError(
      inOrder([...secrets.map(({ issue }) => issue), ...withoutSecrets(issues, secrets)], source),
    );
  }
  const findings = new Findings(source, env);
  const config = resolveConfig(parsed.data, folder, findings);
  const issues = [...secrets.map(({ issue }) => issue), ...findings.issues];
  if (issues.length > 0) throw new ConfigError(inOrder(issues, source));
  return config;
}

/** A secret in the wrong place is said once, by the rule that knows the remedy. */
function withoutSecrets(issues: ConfigIssue[], secrets: { path: Path }[]): ConfigIssue[] {
  const said = new Set(secrets.map(({ path }) => path.map(String).join('.')));
  return issues.filter(({ field }) => !said.has(field));
}

const lineOf = ({ where }: ConfigIssue, source: Source): number =>
  where.startsWith(`${source.name}:`) ? Number(where.slice(source.name.length + 1).split(':')[0]) : Infinity;

const inOrder = (issues: ConfigIssue[], source: Source): ConfigIssue[] =>
  [...issues].sort((a, b) => lineOf(a, source) - lineOf(b, source) || 0);

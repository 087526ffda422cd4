import { fieldOf, foundAt } from '../describe.ts';
import type { ConfigIssue } from '../issue.ts';
import { nearest } from '../nearest.ts';
import { Secret } from '../secret.ts';
import type { Path, Source } from '../source.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A secret shorter than this can be guessed. */
const LEAST_SECRET = 16;

/** Collects what is wrong while the file is resolved against itself and the environment. */
export class Findings {
  readonly issues: ConfigIssue[] = [];
  readonly warnings: string[] = [];
  readonly source: Source;
  private readonly env: Environment;

  constructor(source: Source, env: Environment) {
    this.source = source;
    this.env = env;
  }

  say(path: Path, write: string, found = foundAt(this.source, path)): void {
    this.issues.push({ field: fieldOf(path), where: this.source.where(path), found, write });
  }

  warn(path: Path, sentence: string): void {
    this.warnings.push(`${this.source.where(path)}  ${fieldOf(path)}: ${sentence}`);
  }

  /** Every name must be one of `known`. */
  names(path: Path, given: readonly string[], known: readonly string[], what: string): void {
    given.forEach((name, index) => {
      if (known.includes(name)) return;
      const guess = nearest(name, known);
      const all =
        known.length > 0
          ? `one of the ${what}: ${known.slice(0, 20).join(', ')}`
          : `${what} in this file first`;
      this.say([...path, index], guess ? `${guess}, if that was meant; ${all}` : all);
    });
  }

  /** A variable's text, or null; empty counts as not set. */
  variable(name: string): string | null {
    const value = this.env[name]?.trim();
    return value === undefined || value === '' ? null : value;
  }

  optional(name: string): Secret | null {
    const value = this.variable(name);
    return value === null ? null : new Secret(value, name);
  }

  /** The secret that a field of the file names by its variable. Missing or short ones are said. */
  secret(name: string, path: Path, least = LEAST_SECRET): Secret {
    const value = this.variable(name);
    const place = { field: fieldOf(path), where: this.source.where(path) };
    if (value === null) {
      this.issues.push({
        ...place,
        found: `no environment variable ${name}`,
        write: `the secret into the environment: ${name}=…`,
      });
    } else if (value.length < least) {
      const remedy = `a secret of at least ${least} characters into ${name}, for example from \`openssl rand -hex 32\``;
      this.issues.push({
        ...place,
        found: `a secret of ${value.length} characters in ${name}`,
        write: remedy,
      });
    }
    return new Secret(value ?? '', name);
  }

  /** A variable of the environment itself is wrong. */
  sayVariable(name: string, found: string, write: string): void {
    this.issues.push({ field: name, where: 'environment', found, write });
  }
}

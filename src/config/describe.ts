import type { z } from 'zod';
import type { ConfigIssue } from './issue.ts';
import { knownKeys } from './known-keys.ts';
import { nearest } from './nearest.ts';
import type { Path, Source } from './source.ts';
import { remedyIn } from './write.ts';

type Issue = z.core.$ZodIssue;

export const fieldOf = (path: Path): string => path.map(String).join('.') || 'the file';

/** Fields whose value may be a secret that somebody put in the wrong place: never repeated. */
const DELICATE = /(env|secret|token|password|key|header)s?$/i;

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (v, key) =>
      typeof v === 'object' && v !== null && Object.hasOwn(v, key)
        ? (v as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  );

/** What stands there, short; a value that may be a secret is only called one. */
export function foundAt(source: Source, path: Path): string {
  const value = valueAt(source.value, path);
  if (value === undefined) return 'nothing';
  if (path.some((key) => DELICATE.test(String(key)))) return 'a value that is not shown here';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

const typeWord: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list, such as [a, b]',
  object: 'fields, each on a line of its own',
  record: 'names, each with its fields below',
};

const quantity = (issue: { origin: string }, amount: number | bigint): string =>
  issue.origin === 'string'
    ? `${amount} characters`
    : issue.origin === 'array'
      ? `${amount} entries`
      : String(amount);

function remedyOf(issue: Issue): string {
  const own = remedyIn(issue.message);
  if (own !== null) return own;
  switch (issue.code) {
    case 'invalid_type':
      return typeWord[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return `one of: ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `at least ${quantity(issue, issue.minimum)}`;
    case 'too_big':
      return `at most ${quantity(issue, issue.maximum)}`;
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? `one of: ${issue.options.join(', ')}`
        : issue.message;
    case 'invalid_key': {
      const [inner] = issue.issues;
      return inner ? `a name of ${remedyOf(inner)}` : issue.message;
    }
    default:
      return issue.message;
  }
}

/** The one option of a union that was evidently meant: the others fail at the root already. */
function meantBranch(issue: Issue): readonly Issue[] | null {
  if (issue.code !== 'invalid_union') return null;
  const open = issue.errors.filter((branch) => branch.every(({ path }) => path.length > 0));
  return open.length === 1 ? (open[0] ?? null) : null;
}

/** Turns one issue of zod into what a person reads; an object with several unknown fields becomes several. */
export function describe(issue: Issue, schema: z.ZodType, source: Source): ConfigIssue[] {
  const branch = meantBranch(issue);
  if (branch) {
    return branch.flatMap((inner) =>
      describe({ ...inner, path: [...issue.path, ...inner.path] } as Issue, schema, source),
    );
  }
  const where = (path: Path) => ({ field: fieldOf(path), where: source.where(path) });
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path, source.value);
    return issue.keys.map((key) => ({
      ...where([...issue.path, key]),
      found: 'a field that does not exist',
      write: unknownRemedy(key, known),
    }));
  }
  return [{ ...where(issue.path), found: foundAt(source, issue.path), write: remedyOf(issue) }];
}

function unknownRemedy(key: string, known: string[]): string {
  const guess = nearest(key, known);
  if (guess) return `${guess}, if that was meant; otherwise leave it out`;
  return known.length > 0 ? `one of: ${known.join(', ')}` : 'nothing: leave it out';
}

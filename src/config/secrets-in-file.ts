import type { ConfigIssue } from './issue.ts';
import { fieldOf } from './describe.ts';
import type { Path, Source } from './source.ts';

/** Field names that hold secrets wherever they are used. */
const SECRET_FIELD =
  /(secret|token|password|passwd|passphrase|api[_-]?key|private[_-]?key|routing[_-]?key|credentials?|bearer)$/i;
const SECRET_HEADER = /^(authorization|proxy-authorization|cookie|x-api-key)$/i;

/** Values that are secrets whatever the field is called. */
const SECRET_VALUES: readonly RegExp[] = [
  /^xox[a-z]-/i,
  /^xapp-/i,
  /-----BEGIN [A-Z ]*PRIVATE KEY/,
  /^(AKIA|ASIA)[A-Z0-9]{16}$/,
  /^gh[opsur]_[A-Za-z0-9]{20,}/,
  /^sk-[A-Za-z0-9_-]{16,}/,
  /^(bearer|basic)\s+\S/i,
  /^https:\/\/hooks\.slack\.com\/services\//i,
  /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@]+@/i,
  /^eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\./,
];

/** A placeholder, or the path of an argument in a tools manifest, is no secret. */
const REFERENCE = /^(\{[A-Za-z_][A-Za-z0-9_]*\}|(args|result|before)\.[A-Za-z0-9_.]+)$/;

function isSecret(path: Path, value: string): boolean {
  if (REFERENCE.test(value.trim()) || value === '') return false;
  if (SECRET_VALUES.some((form) => form.test(value.trim()))) return true;
  const field = String(path.at(-1));
  if (SECRET_HEADER.test(field)) return path.at(-2) === 'headers';
  return SECRET_FIELD.test(field) && path.at(-2) !== 'secretHeaders';
}

const variableOf = (path: Path): string =>
  path
    .slice(-2)
    .filter((key) => typeof key !== 'number')
    .map((key) => String(key).replace(/([a-z0-9])([A-Z])/g, '$1_$2'))
    .join('_')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();

function remedyFor(path: Path): string {
  const variable = variableOf(path);
  const field = String(path.at(-1));
  if (path.at(-2) === 'headers')
    return `secretHeaders: { ${field}: ${variable} } and the value in that environment variable`;
  const name = /env$/i.test(field) ? field : `${field}Env`;
  return `${name}: ${variable} and the value in that environment variable; replace the secret, others may have read it here`;
}

/** Secrets that stand in the file: they belong in the environment. The values are not repeated. */
export function secretsIn(source: Source): { path: Path; issue: ConfigIssue }[] {
  const found: { path: Path; issue: ConfigIssue }[] = [];
  const walk = (value: unknown, path: Path): void => {
    if (typeof value === 'string' && isSecret(path, value)) {
      const place = { field: fieldOf(path), where: source.where(path) };
      found.push({ path, issue: { ...place, found: 'a secret (not shown)', write: remedyFor(path) } });
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value))
        walk(item, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  };
  walk(source.value, []);
  return found;
}

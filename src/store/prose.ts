import { createHash } from 'node:crypto';
import { UnchainableEvent } from './errors.ts';

/** What stands where words of a person were erased. */
export const ERASED = '[erased]';

export const sha256Of = (data: string | Uint8Array): string =>
  createHash('sha256').update(data).digest('hex');

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const hasExactly = (value: Fields, ...keys: string[]): boolean =>
  Object.keys(value).length === keys.length && keys.every((key) => Object.hasOwn(value, key));

/** A copy of a JSON value in which `swap` may replace any object; what it leaves undefined is copied. */
const mapObjects = (value: unknown, swap: (object: Fields) => Fields | undefined): unknown => {
  if (Array.isArray(value)) return value.map((entry) => mapObjects(entry, swap));
  if (!isFields(value)) return value;
  const swapped = swap(value);
  if (swapped) return swapped;
  const pairs = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(pairs.map(([key, entry]) => [key, mapObjects(entry, swap)]));
};

/**
 * Splits an event into what is chained and the words beside it: an object of exactly `{text, sha256}` is chained as
 * `{sha256}`. Throws `UnchainableEvent` when a digest is not that of its text.
 */
export const withoutProse = (event: unknown): { event: unknown; words: Map<string, string> } => {
  const words = new Map<string, string>();
  const chained = mapObjects(event, (object) => {
    if (hasExactly(object, 'sha256'))
      throw new UnchainableEvent(
        'an event holds an object of `sha256` alone, which reads as erased words: add its text',
      );
    if (!hasExactly(object, 'text', 'sha256')) return undefined;
    const { text, sha256 } = object;
    if (typeof text !== 'string' || typeof sha256 !== 'string') return undefined;
    if (sha256Of(text) !== sha256)
      throw new UnchainableEvent(
        `sha256 ${sha256} is not that of the text beside it: digest the text as UTF-8`,
      );
    words.set(sha256, text);
    return { sha256 };
  });
  return { event: chained, words };
};

/** The event with the words put back; those that are not in `words` read `[erased]`. */
export const withProse = (event: unknown, words: ReadonlyMap<string, string>): unknown =>
  mapObjects(event, (object) => {
    if (!hasExactly(object, 'sha256') || typeof object['sha256'] !== 'string') return undefined;
    return { text: words.get(object['sha256']) ?? ERASED, sha256: object['sha256'] };
  });

/** The digests of the words that a chained event names. */
export const proseDigests = (event: unknown): string[] => {
  const found: string[] = [];
  // Without a copy: an export has a hundred thousand of them.
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look);
    if (!isFields(value)) return;
    if (typeof value['sha256'] === 'string' && hasExactly(value, 'sha256')) found.push(value['sha256']);
    for (const key of Object.keys(value)) look(value[key]);
  };
  look(event);
  return found;
};

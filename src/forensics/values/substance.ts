import { isGeneratedKey } from './ids.ts';
import { rememberedNames } from './paths.ts';
import { isObject } from '../read/json.ts';
import { opened } from './values.ts';

const CLOCK =
  /(?:^|[_\-.]|[a-z](?=[A-Z]))(?:took|elapsed|latency|duration|ms|millis|seconds|timestamp|ts|as_?of|now|(?:served|generated|fetched|retrieved|checked|updated|accessed|cached|requested)_?at|server_?time|date_?time|etag|age|ttl|attempt|retry|retries)$/i;
const MOMENT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?$/;
const POSITION = /page|next|cursor|continu|offset/i;
const MAX_DEPTH = 40;

/** Whether a field's name says that it is new each time: a moment, a duration, a request id. */
export const isVolatileName = rememberedNames(
  (key) => !POSITION.test(key) && (CLOCK.test(key) || isGeneratedKey(key)),
);
const MOMENT_NAME = /(?:^|[_\-.]|[a-z](?=[A-Z]))(?:at|on|time|date|ts|timestamp|now)$/i;
/** From 2001 to 2036, in seconds or milliseconds. */
const isEpoch = (n: number): boolean => (n > 1e9 && n < 2.1e9) || (n > 1e12 && n < 2.1e12);
/** Whether a number is a moment, by its size and the name of its field. */
export const isClockReading = (path: string, value: unknown): boolean =>
  typeof value === 'number' && isEpoch(value) && MOMENT_NAME.test(path);
const ASIDE = new Set(['extensions', 'meta', 'metadata', '_meta', 'debug', 'telemetry', 'diagnostics']);
const ANSWERS = ['data', 'result', 'results', 'content', 'output', 'response', 'payload'];
/** What a server adds about itself beside its answer: GraphQL's `extensions`, `metadata` of a run. */
const isVolatile = (key: string, value: unknown, holder: object): boolean =>
  value === null || typeof value !== 'object'
    ? isVolatileName(key) || isClockReading(key, value)
    : ASIDE.has(key) && ANSWERS.some((name) => Object.hasOwn(holder, name));

const substanceOfObject = (holder: { [key: string]: unknown }, depth: number): { [key: string]: unknown } => {
  const out: { [key: string]: unknown } = {};
  for (const key of Object.keys(holder)) {
    const value = holder[key];
    if (key !== '__proto__' && !isVolatile(key, value, holder)) out[key] = substanceOf(value, depth + 1);
  }
  return out;
};

/**
 * A value without what is new each time it is asked for: moments, durations, request and trace ids, attempt counters.
 * What is left says whether two answers, or two calls, are the same. Positions of pages stay.
 */
export const substanceOf = (raw: unknown, depth = 0): unknown => {
  const value = opened(raw);
  if (depth > MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((v) => substanceOf(v, depth + 1));
  if (isObject(value)) return substanceOfObject(value, depth);
  return typeof value === 'string' && value.length < 40 && MOMENT.test(value) ? '<moment>' : value;
};

const mix = (hash: number, text: string): number => {
  let h = hash;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
};
export interface Fingerprint {
  hash: number;
  /** About how many characters its JSON has. */
  size: number;
}

/** A hash of the substance of a value; the order of keys does not matter. For grouping, not for security. */
export const fingerprintOf = (raw: unknown, depth = 0): Fingerprint => {
  const value = opened(raw);
  if (depth > MAX_DEPTH || value === null || typeof value !== 'object') {
    const isMoment = typeof value === 'string' && value.length < 40 && MOMENT.test(value);
    const text = isMoment ? '<moment>' : String(value);
    return { hash: mix(typeof value === 'string' ? 7 : 11, text), size: text.length };
  }
  let hash = 0;
  let size = 2;
  if (Array.isArray(value)) {
    for (const item of value) {
      const inner = fingerprintOf(item, depth + 1);
      hash = Math.imul(hash ^ inner.hash, 0x85ebca6b) + 1;
      size += inner.size + 1;
    }
    return { hash: hash ^ 0x5bd1e995, size };
  }
  if (!isObject(value)) return { hash, size };
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (isVolatile(key, item, value)) continue;
    const inner = fingerprintOf(item, depth + 1);
    hash = (hash + Math.imul(mix(13, key), inner.hash | 1)) | 0;
    size += inner.size + key.length + 3;
  }
  return { hash, size };
};

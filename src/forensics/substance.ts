import { isGeneratedKey } from './ids.ts';
import { isObject } from './read/json.ts';
import { opened } from './values.ts';

const CLOCK =
  /(?:^|[_\-.]|[a-z](?=[A-Z]))(?:took|elapsed|latency|duration|ms|millis|seconds|timestamp|ts|as_?of|now|(?:served|generated|fetched|retrieved|checked|updated|accessed|cached|requested)_?at|server_?time|date_?time|etag|age|ttl|attempt|retry|retries)$/i;
const MOMENT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?$/;
const POSITION = /page|next|cursor|continu|offset/i;
const MAX_DEPTH = 40;

const isVolatile = (key: string, value: unknown): boolean =>
  (value === null || typeof value !== 'object') &&
  !POSITION.test(key) &&
  (CLOCK.test(key) || isGeneratedKey(key));

/**
 * A value without what is new each time it is asked for: moments, durations, request and trace ids, attempt counters.
 * What is left says whether two answers, or two calls, are the same. Positions of pages stay.
 */
export const substanceOf = (raw: unknown, depth = 0): unknown => {
  const value = opened(raw);
  if (depth > MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((v) => substanceOf(v, depth + 1));
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key, v]) => key !== '__proto__' && !isVolatile(key, v))
        .map(([key, v]) => [key, substanceOf(v, depth + 1)]),
    );
  return typeof value === 'string' && value.length < 40 && MOMENT.test(value) ? '<moment>' : value;
};

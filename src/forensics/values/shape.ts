import { z } from 'zod';
import { isObject } from '../read/json.ts';
import { wordCount } from '../text/text.ts';
import { opened } from './values.ts';

export type JsonType = 'string' | 'number' | 'boolean' | 'null' | 'object' | 'array';

/**
 * What a place in a tool's answers has held. `count` is how often it was seen; a field is required when it was there
 * every time its object was. A map is an object whose keys are data (ids as keys): its values share one shape.
 */
export interface Shape {
  count: number;
  types: Record<string, number>;
  fields?: Record<string, Shape> | undefined;
  objects?: number | undefined;
  /** How often an object or a list came as JSON inside a text; not there in profiles that did not count it. */
  texts?: number | undefined;
  map?: Shape | undefined;
  items?: Shape | undefined;
  formats?: Record<string, number> | undefined;
  maxWords?: number | undefined;
  maxChars?: number | undefined;
  values?: string[] | undefined;
  /** `decimals`: how many all but one in twenty of the numbers have at most. */
  numbers?: { min: number; max: number; median: number; whole: boolean; decimals: number } | undefined;
}
const counts = z.record(z.string(), z.number());
export const Shape: z.ZodType<Shape> = z.lazy(() =>
  z.object({
    count: z.number(),
    types: counts,
    fields: z.record(z.string(), Shape).optional(),
    objects: z.number().optional(),
    texts: z.number().optional(),
    map: Shape.optional(),
    items: Shape.optional(),
    formats: counts.optional(),
    maxWords: z.number().optional(),
    maxChars: z.number().optional(),
    values: z.array(z.string()).optional(),
    numbers: z
      .object({
        min: z.number(),
        max: z.number(),
        median: z.number(),
        whole: z.boolean(),
        decimals: z.number(),
      })
      .optional(),
  }),
);

export const typeOf = (value: unknown): JsonType =>
  value === null || value === undefined
    ? 'null'
    : Array.isArray(value)
      ? 'array'
      : isObject(value)
        ? 'object'
        : typeof value === 'number'
          ? 'number'
          : typeof value === 'boolean'
            ? 'boolean'
            : 'string';

const FORMATS: [string, RegExp][] = [
  ['date', /^\d{4}-\d{2}-\d{2}$/],
  ['datetime', /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/],
  ['time', /^\d{1,2}:\d{2}(:\d{2})?([+-]\d+)?$/],
  ['integer', /^[+-]?\d{1,30}$/],
  ['decimal with a point', /^[+-]?\d{1,30}\.\d{1,30}$/],
  ['decimal with a comma', /^[+-]?\d{1,30},\d{1,30}$/],
  ['email', /^[^\s@]{1,80}@[^\s@]{1,120}$/],
  ['url', /^https?:\/\//],
  ['uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i],
  ['empty', /^$/],
  ['day-first', /^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}$/],
  ['money', /^[$€£]\s?\d/],
];
export const formatOf = (text: string): string =>
  FORMATS.find(([, form]) => text.length < 200 && form.test(text))?.[0] ?? 'text';

export const decimalsOf = (n: number): number => String(n).split('.')[1]?.length ?? 0;

/** Collects values; `shapeOf` turns what was collected into a shape. Bounded in each direction. */
export interface Samples {
  count: number;
  types: Map<JsonType, number>;
  objects: number;
  texts: number;
  fields: Map<string, Samples>;
  items: Samples | null;
  formats: Map<string, number>;
  maxWords: number;
  maxChars: number;
  values: Set<string> | null;
  numbers: number[];
}
export const emptySamples = (): Samples => ({
  count: 0,
  types: new Map(),
  objects: 0,
  texts: 0,
  fields: new Map(),
  items: null,
  formats: new Map(),
  maxWords: 0,
  maxChars: 0,
  values: new Set(),
  numbers: [],
});

const MAX_FIELDS = 2000;
const MAX_NUMBERS = 2000;
const MAX_VALUES = 12;
const MAX_NESTING = 24;
const bump = <K>(map: Map<K, number>, key: K): void => void map.set(key, (map.get(key) ?? 0) + 1);

export const addSample = (to: Samples, raw: unknown, depth = 0): void => {
  const value = opened(raw);
  const type = typeOf(value);
  to.count += 1;
  bump(to.types, type);
  if (value !== raw) to.texts += 1;
  if (depth > MAX_NESTING) return;
  if (Array.isArray(value)) {
    to.items ??= emptySamples();
    for (const item of value) addSample(to.items, item, depth + 1);
  } else if (isObject(value)) {
    to.objects += 1;
    for (const [key, item] of Object.entries(value)) {
      const field = to.fields.get(key) ?? emptySamples();
      if (to.fields.size < MAX_FIELDS || to.fields.has(key)) to.fields.set(key, field);
      addSample(field, item, depth + 1);
    }
  } else if (typeof value === 'string') {
    bump(to.formats, formatOf(value));
    to.maxWords = Math.max(to.maxWords, wordCount(value));
    to.maxChars = Math.max(to.maxChars, value.length);
    if (to.values && value.length < 60) to.values.add(value);
    if (to.values && (to.values.size > MAX_VALUES || value.length >= 60)) to.values = null;
  } else if (typeof value === 'number' && to.numbers.length < MAX_NUMBERS) to.numbers.push(value);
};

const merge = (into: Samples, from: Samples): void => {
  into.count += from.count;
  into.objects += from.objects;
  into.texts += from.texts;
  for (const [k, n] of from.types) into.types.set(k, (into.types.get(k) ?? 0) + n);
  for (const [k, n] of from.formats) into.formats.set(k, (into.formats.get(k) ?? 0) + n);
  into.maxWords = Math.max(into.maxWords, from.maxWords);
  into.maxChars = Math.max(into.maxChars, from.maxChars);
  for (const v of from.values ?? []) into.values?.add(v);
  if (from.values === null || (into.values && into.values.size > MAX_VALUES)) into.values = null;
  for (const n of from.numbers) if (into.numbers.length < MAX_NUMBERS) into.numbers.push(n);
  if (from.items) merge((into.items ??= emptySamples()), from.items);
  for (const [key, field] of from.fields) {
    const mine = into.fields.get(key) ?? emptySamples();
    into.fields.set(key, mine);
    merge(mine, field);
  }
};

/** Names such as `p99` and `q1_24` have digits too: they are there each time, ids as keys are not. */
const ALWAYS = 5;
const isName = (key: string, field: Samples, objects: number): boolean =>
  !/\d{3,}/.test(key) && /^[a-z]/i.test(key) && objects >= ALWAYS && field.count >= objects;
/** Ids and codes as keys: digits in most of them, or many keys of which none is always there, all of one type. */
const isMap = ({ fields, objects }: Samples): boolean => {
  const keys = [...fields.keys()];
  if (keys.length < 2) return keys.length === 1 && objects >= 2 && /\d{3,}/.test(keys[0] ?? '');
  const data = [...fields].filter(([k, f]) => /\d{2,}/.test(k) && !isName(k, f, objects));
  if (data.length >= keys.length * 0.8) return true;
  const rare = [...fields.values()].every((f) => f.count < objects * 0.7);
  const types = new Set([...fields.values()].flatMap((f) => [...f.types.keys()]).filter((t) => t !== 'null'));
  return (
    (rare && keys.length >= 3 && types.size === 1) ||
    (keys.length >= 25 && types.size === 1 && !types.has('object'))
  );
};

const asRecord = <V>(map: Map<string, V>): Record<string, V> =>
  Object.fromEntries([...map].filter(([key]) => key !== '__proto__'));

export const shapeOf = (samples: Samples): Shape => {
  const shape: Shape = { count: samples.count, types: asRecord(samples.types) };
  if (samples.items || samples.objects > 0) shape.texts = samples.texts;
  if (samples.items) shape.items = shapeOf(samples.items);
  if (samples.formats.size > 0)
    Object.assign(shape, {
      formats: asRecord(samples.formats),
      maxWords: samples.maxWords,
      maxChars: samples.maxChars,
      ...(samples.values ? { values: [...samples.values] } : {}),
    });
  if (samples.numbers.length > 0) {
    const sorted = samples.numbers.toSorted((a, b) => a - b);
    shape.numbers = {
      min: sorted[0] ?? 0,
      max: sorted.at(-1) ?? 0,
      median: sorted[Math.floor(sorted.length / 2)] ?? 0,
      whole: sorted.every(Number.isInteger),
      decimals: sorted.map(decimalsOf).toSorted((a, b) => a - b)[Math.floor(sorted.length * 0.95)] ?? 0,
    };
  }
  if (samples.objects > 0) {
    shape.objects = samples.objects;
    if (isMap(samples)) {
      const values = emptySamples();
      for (const field of samples.fields.values()) merge(values, field);
      shape.map = shapeOf(values);
    } else shape.fields = asRecord(new Map([...samples.fields].map(([k, f]) => [k, shapeOf(f)])));
  }
  return shape;
};

/** What was learned of one place of an answer, by its path. */
export const shapeAt = (root: Shape | undefined, path: string): Shape | undefined => {
  let shape = root;
  for (const key of path === '' ? [] : path.replaceAll('[]', '.[]').split('.').filter(Boolean)) {
    shape =
      key === '[]'
        ? shape?.items
        : (shape?.map ?? (shape?.fields && Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined));
  }
  return shape;
};

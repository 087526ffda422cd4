import { isOtherScale } from './temperature.ts';
import { rememberedNames, rootPath, type Path } from './paths.ts';
import { isObject } from '../read/json.ts';
import { isVolatileName } from './substance.ts';
import { decimalsOf, formatOf, typeOf, type JsonType, type Shape } from './shape.ts';
import { canonical, opened, openedAs } from './values.ts';

/** One way in which an answer differs from what the tool always answered. Paths are dotted, list elements as `[]`. */
export type Difference =
  | { kind: 'missing'; path: string; key: string; shape: Shape; index: number; parent: Shape }
  | { kind: 'added'; path: string; key: string; value: unknown; index: number }
  | { kind: 'type'; path: string; key: string; from: string; to: JsonType; value: unknown }
  | { kind: 'format'; path: string; key: string; from: string; to: string; value: unknown }
  | { kind: 'unit'; path: string; key: string; from: Shape; values: number[] };

const ENOUGH = 5;
const SETTLED = 8;
const NEVER_NULL = 12;
const MAX_DIFFERENCES = 200;

const mainType = (shape: Shape): string | null => {
  const types = Object.entries(shape.types);
  return types.length === 1 ? (types[0]?.[0] ?? null) : null;
};

interface Walk {
  out: Difference[];
  numbers: Map<Shape, { path: string; key: string; values: number[] }>;
}

/** In a map, one entry of another type beside others that are as ever is something added, not a change of them. */
const compareMap = (
  walk: Walk,
  value: { [key: string]: unknown },
  shape: Shape,
  path: Path,
  depth: number,
): void => {
  const entries = Object.entries(value);
  const strange = new Set(
    entries.filter(([, item]) => !(typeOf(opened(item)) in shape.types)).map(([key]) => key),
  );
  const isAddition = strange.size * 2 < entries.length;
  entries.forEach(([key, item], index) => {
    if (isAddition && strange.has(key))
      walk.out.push({ kind: 'added', path: path.into(key).text, key, value: item, index });
    else compare(walk, item, shape, path.any, '*', depth + 1);
  });
};

/** So often each word of a vocabulary must have been seen for it to be closed. */
const CLOSED = 4;
/**
 * An optional field that is absent, and whose closed vocabulary has the value of a field that never was, in an answer
 * where no field that is there is written in that vocabulary: it goes by another name.
 */
const unnamedIn = (
  value: { [key: string]: unknown },
  fields: Record<string, Shape>,
  added: unknown,
): string | undefined => {
  if (typeof added !== 'string' || added.length < 3) return undefined;
  const speaks = ([, { values, count, formats = {} }]: [string, Shape]): boolean =>
    values?.includes(added) === true && count >= CLOSED * values.length && Object.hasOwn(formats, 'text');
  const found = Object.entries(fields).filter(speaks);
  const [first] = found;
  return first && found.every(([key]) => !Object.hasOwn(value, key)) ? first[0] : undefined;
};

const compareObject = (
  walk: Walk,
  value: { [key: string]: unknown },
  shape: Shape,
  path: Path,
  depth: number,
): void => {
  if (shape.map) {
    compareMap(walk, value, shape.map, path, depth);
    return;
  }
  const fields = shape.fields ?? {};
  const learned = Object.keys(fields);
  learned.forEach((key, index) => {
    const field = fields[key];
    if (!field || Object.hasOwn(value, key)) return;
    if (field.count >= (shape.objects ?? 0))
      walk.out.push({
        kind: 'missing',
        path: path.into(key).text,
        key,
        shape: field,
        index,
        parent: shape,
      });
  });
  Object.keys(value).forEach((key, index) => {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field) compare(walk, value[key], field, path.into(key), key, depth + 1);
    else {
      walk.out.push({ kind: 'added', path: path.into(key).text, key, value: value[key], index });
      const unnamed = unnamedIn(value, fields, value[key]);
      const shapeOfIt = unnamed === undefined ? undefined : fields[unnamed];
      if (unnamed !== undefined && shapeOfIt && shapeOfIt.count < (shape.objects ?? 0))
        walk.out.push({
          kind: 'missing',
          path: path.into(unnamed).text,
          key: unnamed,
          shape: shapeOfIt,
          index: learned.indexOf(unnamed),
          parent: shape,
        });
    }
  });
};

const compare = (walk: Walk, raw: unknown, shape: Shape, path: Path, key: string, depth: number): void => {
  if (walk.out.length >= MAX_DIFFERENCES || depth > 24) return;
  const value = openedAs(raw, shape.types);
  const type = typeOf(value);
  if (!(type in shape.types)) {
    // A field that was never anything but null has no type that a value could differ from.
    if (mainType(shape) === 'null') return;
    // Null, where the field may be empty one time in three, is missed by chance in twelve answers once in a hundred.
    if (shape.count >= (type === 'null' ? NEVER_NULL : ENOUGH))
      walk.out.push({
        kind: 'type',
        path: path.text,
        key,
        from: mainType(shape) ?? Object.keys(shape.types).join(' or '),
        to: type,
        value,
      });
    return;
  }
  if (depth > 0 && value !== raw && shape.texts === 0 && shape.count >= ENOUGH)
    walk.out.push({
      kind: 'type',
      path: path.text,
      key,
      from: mainType(shape) ?? type,
      to: 'string',
      value: raw,
    });
  if (Array.isArray(value)) {
    if (shape.items) for (const item of value) compare(walk, item, shape.items, path.each, key, depth + 1);
  } else if (isObject(value)) compareObject(walk, value, shape, path, depth);
  else if (typeof value === 'string') compareText(walk, value, shape, path.text, key);
  else if (typeof value === 'number' && shape.numbers) {
    const row = walk.numbers.get(shape);
    if (row) row.values.push(value);
    else walk.numbers.set(shape, { path: path.text, key, values: [value] });
  }
};

const WHOLE = 'integer';
const POINT = 'decimal with a point';
const EVEN = /\.0+$/;
/**
 * Whether two forms of a number are one format: sums come with a fraction or without. Of a fixed number of decimals, or
 * with zeros alone behind the point, they are not.
 */
const isOneFormat = (from: string, to: string, value: string, known: readonly string[]): boolean =>
  (from === WHOLE && to === POINT && !EVEN.test(value)) ||
  (from === POINT && to === WHOLE && new Set(known.map((v) => v.split('.')[1]?.length)).size > 1);

const foldedValue = (value: string): string => value.toLowerCase().replace(/[^a-z0-9]/g, '');
const foldedKnown = rememberedNames(foldedValue);

const compareText = (walk: Walk, value: string, shape: Shape, path: string, key: string): void => {
  if (shape.count < SETTLED) return;
  const formats = Object.keys(shape.formats ?? {});
  const [from] = formats;
  if (formats.length !== 1 || from === undefined) return;
  const to = from === 'text' ? from : formatOf(value);
  // Older profiles have one name for a point and a comma.
  const isSame = to === from || (from === 'decimal' && to.startsWith('decimal'));
  const known = shape.values ?? [];
  if (!isSame && to !== 'empty' && !isOneFormat(from, to, value, known))
    walk.out.push({ kind: 'format', path, key, from, to, value });
  if (from === 'text' && known.length > 0 && shape.count >= 30 && !known.includes(value)) {
    const folded = foldedValue(value);
    const twin = known.find((v) => foldedKnown(v) === folded);
    if (twin !== undefined)
      walk.out.push({ kind: 'format', path, key, from: `"${twin}"`, to: `"${value}"`, value });
  }
};

const FAR_OUTSIDE = 3;
const UNIT_SETTLED = 20;
const BEYOND = 2.5;

/**
 * A unit changed: the whole field, in each element of the answer, is of another order of size. Far outside the learned
 * range, or outside it and without the decimals it always had (cents for dollars), or with decimals it never had; or a
 * temperature on the other scale.
 */
const unitsOf = (walk: Walk): Difference[] =>
  [...walk.numbers].flatMap(([shape, { path, key, values }]): Difference[] => {
    const { numbers } = shape;
    if (!numbers || isVolatileName(key) || shape.count < UNIT_SETTLED) return [];
    if (isOtherScale(key, values, numbers)) return [{ kind: 'unit', path, key, from: shape, values }];
    if (numbers.median <= 0 || numbers.min < 0 || values.some((v) => v <= 0)) return [];
    const low = Math.min(...values);
    const high = Math.max(...values);
    const far =
      (low > numbers.max * FAR_OUTSIDE && low / numbers.median >= 20) ||
      (high < numbers.min / FAR_OUTSIDE && numbers.median / high >= 20);
    const whole = values.every(Number.isInteger);
    const smaller = high < numbers.min / 1.2 && numbers.median / high >= 5;
    const isFiner = (): boolean =>
      numbers.decimals <= 3 && values.some((v) => decimalsOf(v) > numbers.decimals);
    const rescaled =
      (!numbers.whole && whole && low > numbers.max * 1.2 && low / numbers.median >= 5) ||
      (smaller && isFiner());
    // One value out of range may be an odd customer; several that all are, are not.
    const several = values.length >= 2 && low > numbers.max * 1.5 && low / numbers.median >= 20;
    // As far outside as the learned range is wide, by difference and by ratio: another unit, however small the factor.
    const { min, max } = numbers;
    const beyond =
      (low > max * BEYOND && low - max > 3 * (max - min) && low / max > max / min) ||
      (high < min / BEYOND && min / high > max / min);
    return far || rescaled || several || beyond ? [{ kind: 'unit', path, key, from: shape, values }] : [];
  });

/** An answer held against what the tool answered in good sessions. Empty lists and maps differ in nothing. */
export const differences = (value: unknown, shape: Shape): Difference[] => {
  const walk: Walk = { out: [], numbers: new Map() };
  compare(walk, value, shape, rootPath(), '', 0);
  const all = [...walk.out, ...unitsOf(walk)];
  if (all.length < 2) return all;
  const seen = new Set<string>();
  return all.filter((d) => {
    const key = `${d.kind}/${d.path}`;
    return !seen.has(key) && seen.add(key);
  });
};

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('.')));

/** How well an added field stands in for a missing one: 0 not at all, up to 1. Names play no part. */
export const standsIn = (
  missing: Extract<Difference, { kind: 'missing' }>,
  added: Extract<Difference, { kind: 'added' }>,
  before: unknown,
): number => {
  const { shape } = missing;
  const value = opened(added.value);
  const type = typeOf(value);
  if (before !== undefined && canonical(before) === canonical(added.value) && type !== 'null') return 1;
  if (!(type in shape.types)) return 0;
  let score = 0.5;
  if (typeof value === 'string') {
    const format = formatOf(value);
    if (!(format in (shape.formats ?? {}))) return 0;
    score += shape.values?.includes(value) ? 0.25 : format !== 'text' ? 0.15 : 0;
  } else if (typeof value === 'number') {
    if (shape.numbers && value >= shape.numbers.min && value <= shape.numbers.max) score += 0.15;
  } else if (type === 'object' || type === 'array') {
    const inner = differences(value, { ...shape, count: Math.max(shape.count, ENOUGH) });
    if (inner.length > 2) return 0.2;
    score += inner.length === 0 ? 0.25 : 0;
  }
  return (
    score + (missing.index === added.index ? 0.2 : Math.abs(missing.index - added.index) === 1 ? 0.1 : 0)
  );
};

export const sameLevel = (a: string, b: string): boolean => parentOf(a) === parentOf(b);

import { rootPath, type Path } from './paths.ts';
import { withRecords } from '../read/columnar.ts';
import { rowsIn, xmlIn } from '../read/documents.ts';
import { isObject, jsonIn } from '../read/json.ts';
import { markdownIn } from '../read/markdown.ts';

export interface Leaf {
  /** Dotted path, array positions as `[]`, so that all elements of a list share one path. */
  path: string;
  value: string | number | boolean | null;
}

const isPlain = (value: unknown): value is Leaf['value'] =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

const MAX_DEPTH = 40;
const MAX_LEAVES = 50_000;

/** The last few answers of a function: what is asked of one step is asked of the same few values. */
const rememberedFew = <K, V>(few: number, make: (key: K) => V): ((key: K) => V) => {
  const keys: K[] = [];
  const values: V[] = [];
  let next = 0;
  return (key) => {
    const known = keys.indexOf(key);
    if (known >= 0) return values[known] as V;
    const value = make(key);
    keys[next] = key;
    values[next] = value;
    next = (next + 1) % few;
    return value;
  };
};

const FEW = 8;
const [BRACE, BRACKET, SPACE, ASCII, ANGLE] = [123, 91, 32, 127, 60] as const;
const openedText = rememberedFew(FEW, (text: string): unknown => {
  const inner = jsonIn(text);
  return inner !== null && typeof inner === 'object' ? withRecords(inner) : text;
});
const openedDocument = rememberedFew(
  FEW,
  (text: string): unknown =>
    (text.charCodeAt(0) === ANGLE ? xmlIn(text) : (rowsIn(text) ?? markdownIn(text))) ?? text,
);
/** As short as a table or an XML document can be. */
const LEAST_DOCUMENT = 12;

/** JSON inside a string (double encoding) is looked into like any other JSON; so are tables and XML. */
export const opened = (value: unknown): unknown => {
  if (typeof value !== 'string' || value.length < 2) return value;
  const first = value.charCodeAt(0);
  const mayBeJson = first === BRACE || first === BRACKET || first <= SPACE || first > ASCII;
  if (mayBeJson) return openedText(value);
  const mayBeDocument = value.length >= LEAST_DOCUMENT && (first === ANGLE || value.includes('\n'));
  return mayBeDocument ? openedDocument(value) : value;
};
/** A text that is a table or XML, where only text is known to stand: it may be one by chance. */
export const openedAs = (value: unknown, types: Readonly<Record<string, number>>): unknown => {
  const inner = opened(value);
  if (inner === value || typeof value !== 'string' || !Object.hasOwn(types, 'string')) return inner;
  const first = value.trimStart().charCodeAt(0);
  const isDocument = first !== BRACE && first !== BRACKET;
  return isDocument && !Object.hasOwn(types, Array.isArray(inner) ? 'array' : 'object') ? value : inner;
};

/** What a JSON value holds: its keys, those of places that are alike once, and its leaves. */
interface Content {
  keys: readonly string[];
  leaves: readonly Leaf[];
}
let walks = 0;
const readContent = (root: unknown): Content => {
  const [keys, leaves]: [string[], Leaf[]] = [[], []];
  const current = (walks += 1);
  const walk = (raw: unknown, path: Path, depth: number): void => {
    const value = opened(raw);
    if (leaves.length >= MAX_LEAVES || depth > MAX_DEPTH) return;
    if (Array.isArray(value)) for (const item of value) walk(item, path.each, depth + 1);
    else if (isObject(value))
      for (const key of Object.keys(value)) {
        const inside = path.into(key);
        if (inside.metIn !== current) keys.push(key);
        inside.metIn = current;
        walk(value[key], inside, depth + 1);
      }
    else if (isPlain(value)) leaves.push({ path: path.text, value });
  };
  walk(root, rootPath(), 0);
  return { keys, leaves };
};
const contentOfObject = rememberedFew(FEW, (root: object): Content => readContent(root));
export const contentOf = (root: unknown): Content =>
  typeof root === 'object' && root !== null ? contentOfObject(root) : readContent(root);

/** The leaves of a JSON value in document order, JSON inside strings opened. */
export const leavesOf = (root: unknown): readonly Leaf[] => contentOf(root).leaves;

/** The leaves that stand in no list. */
export const leavesOutsideLists = (root: unknown): Leaf[] => {
  const out: Leaf[] = [];
  const walk = (raw: unknown, path: Path, depth: number): void => {
    const value = opened(raw);
    if (out.length >= MAX_LEAVES || depth > MAX_DEPTH || Array.isArray(value)) return;
    if (isObject(value)) for (const key of Object.keys(value)) walk(value[key], path.into(key), depth + 1);
    else if (isPlain(value)) out.push({ path: path.text, value });
  };
  walk(root, rootPath(), 0);
  return out.filter(({ path }) => !path.includes('[]'));
};

/** The values of the leaves, in their order, where nobody asks at which path they stand; false from `visit` ends it. */
export const eachValue = (root: unknown, visit: (value: Leaf['value']) => boolean): void => {
  let count = 0;
  const walk = (raw: unknown, depth: number): boolean => {
    const value = opened(raw);
    if (count >= MAX_LEAVES || depth > MAX_DEPTH) return true;
    if (Array.isArray(value)) return value.every((item) => walk(item, depth + 1));
    if (isObject(value)) {
      for (const key of Object.keys(value)) if (!walk(value[key], depth + 1)) return false;
      return true;
    }
    if (!isPlain(value)) return true;
    count += 1;
    return visit(value);
  };
  walk(root, 0);
};

/** JSON with keys in order, so that equal values have equal text. */
export const canonical = (value: unknown, depth = 0): string => {
  if (depth > MAX_DEPTH) return '"…"';
  if (Array.isArray(value)) return `[${value.map((v) => canonical(v, depth + 1)).join(',')}]`;
  if (isObject(value)) {
    return `{${Object.keys(value)
      .toSorted()
      .map((k) => `${JSON.stringify(k)}:${canonical(value[k], depth + 1)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
};

/** The value at a dotted path; undefined where the path leaves the value. Only own properties count. */
export const at = (root: unknown, path: string): unknown => {
  let value = root;
  for (const key of path.split('.')) {
    if (Array.isArray(value)) value = /^\d+$/.test(key) ? value[Number(key)] : undefined;
    else value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
};

/** A 53-bit hash of a text (two FNV-1a halves), as hex. For grouping, not for security. */
export const hashOf = (text: string): string => {
  let a = 0x811c9dc5;
  let b = 0xcbf29ce4;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul(b ^ c, 0x85ebca6b) ^ (b >>> 13);
  }
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0');
};

import { isEntityAt, isIdLike } from '../values/ids.ts';
import { momentOf } from '../text/moments.ts';
import { isObject } from '../read/json.ts';
import { amountKey, dayKey } from '../text/stated.ts';
import { opened } from '../values/values.ts';

const MAX_DEPTH = 12;
const MAX_ROWS = 2000;
const LONGEST_NAME = 60;
const TOKEN = /[\p{L}\p{N}]+/gu;

export const tokensOf = (text: string): string[] => text.toLowerCase().match(TOKEN) ?? [];

/** A short text of a record that says which one it is. Of most records nobody ever asks what theirs say. */
export class Trait {
  readonly path: string;
  readonly text: string;
  private words: readonly string[] | null = null;
  private named: boolean | null;

  constructor(path: string, text: string, isId: boolean | null = null) {
    this.path = path;
    this.text = text;
    this.named = isId;
  }

  get tokens(): readonly string[] {
    return (this.words ??= tokensOf(this.text));
  }

  get isId(): boolean {
    return (this.named ??= isEntityAt(this.path, this.text));
  }
}

/** The records in which one stands, from within. */
interface Surroundings {
  traits: readonly Trait[];
  outer: Surroundings | null;
  words: readonly string[] | null;
}
const NONE: readonly string[] = [];
const wordsOf = (around: Surroundings | null): readonly string[] =>
  around === null
    ? NONE
    : (around.words ??= [
        ...wordsOf(around.outer),
        ...around.traits.flatMap((t) => (t.isId ? t.tokens : NONE)),
      ]);

/** A record of an answer that has values to be told: amounts and days, by field. */
export interface Row {
  tool: string;
  step: number;
  path: string;
  traits: readonly Trait[];
  /** The words of the ids of the records in which it stands. */
  readonly around: readonly string[];
  values: ReadonlyMap<string, { key: string; text: string }>;
  /** The rows beside it. */
  list: number;
}

interface Own {
  traits: Trait[];
  values: Map<string, { key: string; text: string }>;
  inner: { path: string; value: unknown; id: string | null; list: boolean }[];
}
const valueOf = (value: unknown): { key: string; text: string } | null => {
  if (typeof value === 'number') {
    const key = amountKey(value);
    return key === null ? null : { key, text: String(value) };
  }
  const day = typeof value === 'string' ? momentOf(value)?.day : undefined;
  return day ? { key: dayKey(day), text: String(value) } : null;
};
const isById = (value: { [key: string]: unknown }): boolean => {
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => isIdLike(key) && isObject(value[key]));
};

/** The plain fields of a record and of plain objects in it; lists and maps by id are left for later. */
const ownOf = (record: { [key: string]: unknown }, id: string | null): Own => {
  const own: Own = { traits: [], values: new Map(), inner: [] };
  if (id !== null) own.traits.push(new Trait('', id, true));
  const read = (object: { [key: string]: unknown }, prefix: string, depth: number): void => {
    for (const key of Object.keys(object)) {
      const path = prefix === '' ? key : `${prefix}.${key}`;
      const value = opened(object[key]);
      const stated = valueOf(value);
      if (stated) own.values.set(path, stated);
      else if (typeof value === 'string' && value.length > 0 && value.length <= LONGEST_NAME)
        own.traits.push(new Trait(path, value));
      else if (Array.isArray(value))
        for (const item of value) own.inner.push({ path: `${path}[]`, value: item, id: null, list: true });
      else if (isObject(value) && isById(value))
        for (const [name, item] of Object.entries(value))
          own.inner.push({ path: `${path}.*`, value: item, id: name, list: true });
      else if (isObject(value) && depth < MAX_DEPTH) read(value, path, depth + 1);
    }
  };
  read(record, '', 0);
  return own;
};

/** The records of an answer that have amounts or days, each with what describes it. */
export const rowsOf = (result: unknown, tool: string, step: number): Row[] => {
  const out: Row[] = [];
  let lists = 0;
  const walk = (
    raw: unknown,
    path: string,
    id: string | null,
    around: Surroundings | null,
    list: number,
  ): void => {
    const value = opened(raw);
    if (out.length >= MAX_ROWS || path.length > 200) return;
    if (Array.isArray(value)) {
      lists += 1;
      const inside = lists;
      for (const item of value) walk(item, `${path}[]`, null, around, inside);
    }
    if (!isObject(value)) return;
    if (path === '' && isById(value)) {
      lists += 1;
      for (const [name, item] of Object.entries(value)) walk(item, '*', name, around, lists);
      return;
    }
    const { traits, values, inner } = ownOf(value, id);
    if (values.size > 0)
      out.push({
        tool,
        step,
        path,
        traits,
        values,
        list,
        get around() {
          return wordsOf(around);
        },
      });
    const beside = new Map<string, number>();
    const context: Surroundings = { traits, outer: around, words: null };
    for (const part of inner) {
      const known = beside.get(part.path) ?? (lists += 1);
      beside.set(part.path, known);
      walk(part.value, path === '' ? part.path : `${path}.${part.path}`, part.id, context, known);
    }
  };
  walk(result, '', null, null, 0);
  return out;
};

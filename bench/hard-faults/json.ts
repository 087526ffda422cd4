import { isRecord, type Json } from './talk.ts';

/** A place in a value: its parent and key, and its path with list positions as `[]` and keys that are data as `*`. */
export interface Place {
  parent: { [key: string]: Json } | Json[];
  key: string | number;
  value: Json;
  pattern: string;
  depth: number;
}

const isData = (key: string): boolean => /\d{2,}/.test(key);

export const placesOf = (root: Json): Place[] => {
  const out: Place[] = [];
  const walk = (value: Json, pattern: string, depth: number): void => {
    if (Array.isArray(value)) {
      value.forEach((item, key) => {
        out.push({ parent: value, key, value: item, pattern: `${pattern}[]`, depth });
        walk(item, `${pattern}[]`, depth + 1);
      });
    } else if (isRecord(value)) {
      for (const [key, item] of Object.entries(value)) {
        const at = `${pattern}${pattern === '' ? '' : '.'}${isData(key) ? '*' : key}`;
        out.push({ parent: value, key, value: item, pattern: at, depth });
        walk(item, at, depth + 1);
      }
    }
  };
  walk(root, '', 0);
  return out;
};

export const put = ({ parent, key }: Place, value: Json): void => {
  (parent as { [key: string]: Json })[key] = value;
};

/** Renames a key where it stands, without moving it. */
export const renameKey = (parent: { [key: string]: Json }, from: string, to: string): void => {
  const entries = Object.entries(parent).map(([k, v]) => [k === from ? to : k, v] as const);
  for (const k of Object.keys(parent)) delete parent[k];
  for (const [k, v] of entries) parent[k] = v;
};

/** Every string that is `from` becomes `to`, keys too. */
export const replaced = (value: Json, from: string, to: string): Json => {
  if (value === from) return to;
  if (Array.isArray(value)) return value.map((v) => replaced(v, from, to));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([k, v]) => [k === from ? to : k, replaced(v, from, to)]),
  );
};

/** Fields of a tool's answers that were there in every object of their kind: pattern → examples. */
export const settledFields = (answers: Json[]): Map<string, Json[]> => {
  const seen = new Map<string, Json[]>();
  const parents = new Map<string, Set<Json>>();
  for (const answer of answers) {
    for (const place of placesOf(answer)) {
      if (Array.isArray(place.parent) || place.pattern.endsWith('*')) continue;
      seen.set(place.pattern, [...(seen.get(place.pattern) ?? []), place.value]);
    }
    for (const [pattern, parent] of [
      ['', answer] as const,
      ...placesOf(answer).map((p) => [p.pattern, p.value] as const),
    ])
      if (isRecord(parent)) parents.set(pattern, (parents.get(pattern) ?? new Set()).add(parent));
  }
  return new Map(
    [...seen].filter(([pattern, values]) => {
      const parent = pattern.slice(0, Math.max(0, pattern.lastIndexOf('.')));
      return values.length >= 8 && values.length === (parents.get(parent)?.size ?? 0);
    }),
  );
};

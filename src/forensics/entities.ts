import { CODE, isEntityAt, isIdLike, maskOf } from './ids.ts';
import type { Reading } from './narrative.ts';
import { isObject } from './read/json.ts';
import { normal, stem, tokensOf } from './text.ts';
import { leavesOf, opened } from './values.ts';

/** A thing that the session has met: its id, where ids like it stand, and the words that describe it. */
export interface Entity {
  id: string;
  /** Paths at which it stood in answers and calls; ids that share one can stand in for each other. */
  homes: Set<string>;
  /** The names of these places with the form of the id: `flight_number/A3.93`, whichever tool answered. */
  kinds: Set<string>;
  /** The lists and maps it is a member of. */
  containers: Set<number>;
  /** Words and numbers of the records that carry its id. */
  words: Set<string>;
  firstStep: number;
}

export interface EntityIndex {
  add: (reading: Reading) => void;
  get: (id: string) => Entity | undefined;
  /** Others that could stand in the same place, those of the same list or map first choice. */
  rivals: (entity: Entity) => Entity[];
  /** Others of the same form that stood under the same name, in the answer of whatever tool. */
  alike: (entity: Entity) => Entity[];
  /** Ids that stand in the records of an entity. */
  within: (id: string) => Set<string>;
}

const MAX_WORDS = 600;
const MAX_RIVALS = 200;
const MAX_ENTITIES = 20_000;
const NUMBER = /\d+(?:\.\d+)?/g;

/** Words (stemmed) and numbers (as written) of a text: what a person would recognise a thing by. */
export const describing = (text: string): string[] => {
  const out: string[] = [];
  for (const { text: token } of tokensOf(text)) {
    for (const part of normal(token).split(/[-_]/))
      if (!/^\d+$/.test(part) && part.length > 1) out.push(stem(part));
    if (isIdLike(token)) out.push(normal(token));
  }
  for (const number of text.match(NUMBER) ?? []) if (number.length > 1) out.push(number.replace(/\.0+$/, ''));
  return out;
};

/** The name of a place, without where it lies. */
const nameAt = (home: string): string => home.replace(/(?:\[\]|\.\*)+$/, '').replace(/^.*\./, '');

interface Walk {
  step: number;
  container: number;
}

export const createEntityIndex = (): EntityIndex => {
  const entities = new Map<string, Entity>();
  const homes = new Map<string, Set<Entity>>();
  const kinds = new Map<string, Set<Entity>>();
  const members = new Map<number, Set<Entity>>();
  const contents = new Map<string, Set<string>>();
  let containers = 0;

  const enter = (id: string, home: string, walk: Walk): Entity | null => {
    const known = entities.get(normal(id));
    if (!known && entities.size >= MAX_ENTITIES) return null;
    const entity = known ?? {
      id,
      homes: new Set<string>(),
      kinds: new Set<string>(),
      containers: new Set<number>(),
      words: new Set(describing(id)),
      firstStep: walk.step,
    };
    entities.set(normal(id), entity);
    entity.homes.add(home);
    entity.containers.add(walk.container);
    const kind = `${nameAt(home)}/${maskOf(id)}`;
    entity.kinds.add(kind);
    for (const [map, key] of [
      [homes, home],
      [kinds, kind],
      [members, walk.container],
    ] as [Map<unknown, Set<Entity>>, unknown][]) {
      const set = map.get(key) ?? new Set<Entity>();
      map.set(key, set.add(entity));
    }
    return entity;
  };

  const describe = (entity: Entity | null, record: unknown): void => {
    if (!entity) return;
    const inside = contents.get(normal(entity.id)) ?? new Set<string>();
    contents.set(normal(entity.id), inside);
    for (const { value } of leavesOf(record)) {
      if (entity.words.size >= MAX_WORDS) return;
      const text = String(value);
      if (isIdLike(text)) inside.add(normal(text));
      else for (const word of describing(text)) entity.words.add(word);
    }
  };

  const walkObject = (value: { [key: string]: unknown }, path: string, walk: Walk, depth: number): void => {
    const keyed: Walk = { ...walk, container: (containers += 1) };
    const keys = Object.keys(value);
    const idKeys = keys.filter(isIdLike).length;
    for (const [key, item] of Object.entries(value)) {
      const isKey = isIdLike(key) || (idKeys > 0 && CODE.test(key));
      const at = path === '' ? key : `${path}.${key}`;
      if (isKey) {
        describe(enter(key, `${path}.*`, keyed), item);
        step(item, `${path}.*`, { ...walk, container: (containers += 1) }, depth + 1);
      } else if (typeof item === 'string' && isEntityAt(at, item)) describe(enter(item, at, walk), value);
      else step(item, at, walk, depth + 1);
    }
  };

  const step = (raw: unknown, path: string, walk: Walk, depth: number): void => {
    const value = opened(raw);
    if (depth > 20) return;
    if (Array.isArray(value)) {
      const inside: Walk = { ...walk, container: (containers += 1) };
      const ids = value.some((v) => typeof v === 'string' && isIdLike(v));
      for (const item of value) {
        if (typeof item === 'string' && (isIdLike(item) || (ids && CODE.test(item))))
          enter(item, `${path}[]`, inside);
        else step(item, `${path}[]`, inside, depth + 1);
      }
    } else if (isObject(value)) walkObject(value, path, walk, depth);
  };

  return {
    add: ({ step: { stepNumber, tool } }) => {
      if (!tool || tool.status === 'error' || tool.result === undefined) return;
      const walk: Walk = { step: stepNumber, container: 0 };
      step(tool.result, '', walk, 0);
      const named = leavesOf(tool.args).filter(
        (l) => typeof l.value === 'string' && isEntityAt(l.path, l.value),
      );
      for (const { path, value } of named) {
        const entity = enter(String(value), `args.${path}`, walk);
        if (named.length === 1) describe(entity, tool.result);
      }
    },
    get: (id) => entities.get(normal(id)),
    within: (id) => contents.get(normal(id)) ?? new Set(),
    alike: (entity) =>
      [...new Set([...entity.kinds].flatMap((k) => [...(kinds.get(k) ?? [])]))]
        .filter((e) => e !== entity)
        .slice(0, MAX_RIVALS),
    rivals: (entity) => {
      const kin = [...entity.containers]
        .filter((c) => c !== 0)
        .flatMap((c) => [...(members.get(c) ?? [])])
        .filter((e) => e !== entity && [...e.homes].some((h) => entity.homes.has(h)));
      const near =
        kin.length > 0
          ? kin
          : [...entity.homes].flatMap((h) => [...(homes.get(h) ?? [])]).filter((e) => e !== entity);
      return [...new Set(near)].slice(0, MAX_RIVALS);
    },
  };
};

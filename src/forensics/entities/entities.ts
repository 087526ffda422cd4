import { CODE, isEntityAt, isIdLike, maskOf } from '../values/ids.ts';
import { createLexicon, type Lexicon } from './lexicon.ts';
import type { Reading } from '../narrative.ts';
import { rememberedNames, rootPath, type Path } from '../values/paths.ts';
import { isObject } from '../read/json.ts';
import { normal } from '../text/text.ts';
import { createRecordReader, NO_IDS, type Description, type RecordReader } from './records.ts';
import { leavesOf, opened } from '../values/values.ts';

/** A thing that the session has met: its id, where ids like it stand, and the words that describe it. */
export interface Entity {
  id: string;
  /** The id as ids are compared. */
  readonly key: string;
  /** Paths at which it stood in answers and calls; ids that share one can stand in for each other. */
  homes: readonly string[];
  /** The names of these places with the form of the id: `flight_number/A3.93`, whichever tool answered. */
  kinds: readonly string[];
  /** The lists and maps it is a member of. */
  containers: readonly number[];
  /** Words and numbers of the records that carry its id, as the lexicon numbers them; made when they are asked for. */
  readonly words: readonly number[];
  /** Ids that stand in these records. */
  readonly inside: ReadonlySet<string>;
}

export interface EntityIndex {
  lexicon: Lexicon;
  add: (reading: Reading) => void;
  get: (id: string) => Entity | undefined;
  /** Others that could stand in the same place, those of the same list or map first choice. */
  rivals: (entity: Entity) => readonly Entity[];
  /** Ids that stand in the records of an entity. */
  within: (id: string) => ReadonlySet<string>;
}

const MAX_RECORDS = 8;
const MAX_RIVALS = 200;
/** Of those that share no list with it, the ones met last. */
const NEAREST = 40;
const MAX_ENTITIES = 20_000;
/** Lists and maps that are remembered of one entity: it may be answered again at every step. */
const MAX_CONTAINERS = 256;
/** Places at which one entity is remembered to have stood. */
const MAX_HOMES = 256;
/** The name of a place, without where it lies. */
const nameAt = rememberedNames((home) => home.replace(/(?:\[\]|\.\*)+$/, '').replace(/^.*\./, ''));

/** An entity whose records are read when somebody asks for them: of most of them nobody ever does. */
class Known implements Entity {
  readonly homes: string[] = [];
  /** As it was written at each of its homes. */
  readonly spellings: string[] = [];
  readonly containers: number[] = [];
  readonly records: Description[] = [];
  readonly id: string;
  readonly key: string;
  private readonly reader: RecordReader;
  private readonly asked = { words: -1, inside: -1, kinds: -1 };
  private readonly known: { words: readonly number[]; inside: ReadonlySet<string>; kinds: string[] } = {
    words: [],
    inside: NO_IDS,
    kinds: [],
  };

  constructor(id: string, reader: RecordReader) {
    this.id = id;
    this.key = normal(id);
    this.reader = reader;
  }

  get words(): readonly number[] {
    const { asked, records, known } = this;
    if (asked.words === records.length) return known.words;
    asked.words = records.length;
    return (known.words = this.reader.words(this.id, records));
  }

  get kinds(): readonly string[] {
    const { asked, homes, known } = this;
    if (asked.kinds === homes.length) return known.kinds;
    asked.kinds = homes.length;
    const kinds = homes.map((home, i) => `${nameAt(home)}/${maskOf(this.spellings[i] ?? this.id)}`);
    return (known.kinds = [...new Set(kinds)]);
  }

  get inside(): ReadonlySet<string> {
    const { asked, records, known } = this;
    if (asked.inside === records.length) return known.inside;
    asked.inside = records.length;
    return (known.inside = this.reader.ids(records));
  }
}

interface Walk {
  container: number;
}

export const createEntityIndex = (): EntityIndex => {
  const lexicon = createLexicon();
  const reader = createRecordReader(lexicon);
  const entities = new Map<string, Known>();
  const homes = new Map<string, Entity[]>();
  const members = new Map<number, Entity[]>();
  let containers = 0;

  const enter = (id: string, home: string, walk: Walk): Known | null => {
    const key = normal(id);
    const known = entities.get(key);
    if (!known && entities.size >= MAX_ENTITIES) return null;
    const entity = known ?? new Known(id, reader);
    if (!known) entities.set(key, entity);
    const put = <K>(map: Map<K, Entity[]>, place: K): void => {
      const list = map.get(place);
      if (list) list.push(entity);
      else map.set(place, [entity]);
    };
    if (!entity.homes.includes(home) && entity.homes.length < MAX_HOMES) {
      entity.homes.push(home);
      entity.spellings.push(id);
      put(homes, home);
    }
    if (!entity.containers.includes(walk.container) && entity.containers.length < MAX_CONTAINERS) {
      entity.containers.push(walk.container);
      if (walk.container !== 0) put(members, walk.container);
    }
    return entity;
  };

  const descriptions = new Map<unknown, Description>();
  const descriptionOf = (value: unknown): Description => {
    const known = descriptions.get(value);
    if (known) return known;
    const made: Description = { value, words: null, ids: null };
    descriptions.set(value, made);
    return made;
  };
  const describe = (entity: Known | null, value: unknown): void => {
    if (!entity || entity.records.length >= MAX_RECORDS) return;
    const record = descriptionOf(value);
    if (!entity.records.includes(record)) entity.records.push(record);
  };

  const walkObject = (value: { [key: string]: unknown }, path: Path, walk: Walk, depth: number): void => {
    const keyed: Walk = { container: (containers += 1) };
    const keys = Object.keys(value);
    const isMap = keys.some(isIdLike);
    for (const key of keys) {
      const item = value[key];
      const isKey = isMap && (isIdLike(key) || CODE.test(key));
      if (isKey) {
        describe(enter(key, path.any.text, keyed), item);
        step(item, path.any, { container: (containers += 1) }, depth + 1);
        continue;
      }
      const at = path.into(key);
      if (typeof item === 'string' && isEntityAt(at.text, item)) describe(enter(item, at.text, walk), value);
      else if (typeof item === 'string' ? item.length > 1 : typeof item === 'object')
        step(item, at, walk, depth + 1);
    }
  };

  const step = (raw: unknown, path: Path, walk: Walk, depth: number): void => {
    const value = opened(raw);
    if (depth > 20) return;
    if (Array.isArray(value)) {
      const inside: Walk = { container: (containers += 1) };
      const ids = value.some((v) => typeof v === 'string' && isIdLike(v));
      for (const item of value) {
        if (typeof item === 'string' && (isIdLike(item) || (ids && CODE.test(item))))
          enter(item, path.each.text, inside);
        else step(item, path.each, inside, depth + 1);
      }
    } else if (isObject(value)) walkObject(value, path, walk, depth);
  };

  /** Until something is added. */
  let rivals = new Map<Entity, readonly Entity[]>();
  const findRivals = (entity: Entity): readonly Entity[] => {
    const kin = new Set<Entity>();
    for (const container of entity.containers)
      for (const e of members.get(container) ?? [])
        if (e !== entity && kin.size < MAX_RIVALS && e.homes.some((h) => entity.homes.includes(h)))
          kin.add(e);
    if (kin.size > 0) return [...kin];
    const others = entity.homes.flatMap((h) => (homes.get(h) ?? []).slice(-NEAREST));
    return [...new Set(others)].filter((e) => e !== entity).slice(-NEAREST);
  };

  return {
    lexicon,
    add: ({ step: { tool } }) => {
      if (!tool || tool.status === 'error' || tool.result === undefined) return;
      rivals = new Map();
      const walk: Walk = { container: 0 };
      step(tool.result, rootPath(), walk, 0);
      const named = leavesOf(tool.args).filter(
        (l) => typeof l.value === 'string' && isEntityAt(l.path, l.value),
      );
      for (const { path, value } of named) {
        const entity = enter(String(value), `args.${path}`, walk);
        if (named.length === 1) describe(entity, tool.result);
      }
    },
    get: (id) => entities.get(normal(id)),
    within: (id) => entities.get(normal(id))?.inside ?? NO_IDS,
    rivals: (entity) => {
      const known = rivals.get(entity);
      if (known) return known;
      const found = findRivals(entity);
      rivals.set(entity, found);
      return found;
    },
  };
};

/** Eighth part: records of the good sessions whose fields change their name, place or type below the top. */
import { placesOf, put, renameKey } from './json.ts';
import type { Kind, Planted } from './kind.ts';
import { fault } from './eighth-world.ts';
import { renames } from './seventh-renames.ts';
import { drifts, type Change } from './seventh-world.ts';
import { recordIn, rowsIn, textIn, type Row } from './sixth-world.ts';
import { isRecord, type Json, type Rng } from './talk.ts';

const LISTS = ['items', 'flights', 'passengers', 'payment_history'];

/** Only from the second element on, as where a part of the rows comes from a newer store. */
const laterElements = (rng: Rng): Change => {
  const to = rng.pick(['_net', '_now', '_ref']);
  return (result) => {
    let done = false;
    for (const list of LISTS)
      for (const row of rowsIn(recordIn(result)[list]).slice(1))
        for (const key of ['price', 'dob', 'product_id'])
          if (key in row) {
            renameKey(row, key, `${key}${to}`);
            done = true;
          }
    return done ? result : null;
  };
};
const otherTongue = (rng: Rng): Change =>
  renames(
    rng.pick<[string, string][]>([
      [
        ['price', 'preis'],
        ['zip', 'plz'],
      ],
      [
        ['price', 'precio'],
        ['city', 'ciudad'],
        ['last_name', 'apellido'],
      ],
      [
        ['amount', 'montant'],
        ['zip', 'code_postal'],
      ],
    ]),
    1,
  );
/** The name of what holds them goes before each: address.zip is address.address_zip. */
const withOwner = (): Change => (result) => {
  if (!isRecord(result)) return null;
  const held = ['address', 'name'].filter((k) => isRecord(result[k]));
  for (const owner of held) {
    const nested = recordIn(result[owner]);
    for (const key of Object.keys(nested)) renameKey(nested, key, `${owner}_${key}`);
  }
  return held.length > 0 ? result : null;
};

/** A nested record spread over the one that holds it. */
const flattened = (rng: Rng): Change => {
  const glue = rng.pick(['_', '.', '__', '/']);
  return (result) => {
    const owner = ['address', 'name'].find((k) => isRecord(recordIn(result)[k]));
    if (owner === undefined || !isRecord(result)) return null;
    const { [owner]: nested, ...rest } = result;
    const flat = Object.entries(recordIn(nested)).map(([k, v]) => [`${owner}${glue}${k}`, v] as const);
    return { ...rest, ...Object.fromEntries(flat) };
  };
};
/** A list of records as a record of lists. */
const asColumns = (): Change => (result) => {
  let done = false;
  for (const list of LISTS) {
    const rows = rowsIn(recordIn(result)[list]);
    const [first] = rows;
    if (!first || !isRecord(result)) continue;
    result[list] = Object.fromEntries(Object.keys(first).map((k) => [k, rows.map((r) => r[k] ?? null)]));
    done = true;
  }
  return done ? result : null;
};
/** The lists whose elements have an id, each as something else makes of it. */
const eachOfIds =
  (made: (rows: Row[], id: string) => Json): Change =>
  (result) => {
    let done = false;
    for (const [list, id] of [
      ['items', 'item_id'],
      ['flights', 'flight_number'],
    ] as const) {
      const rows = rowsIn(recordIn(result)[list]);
      if (rows.length === 0 || !isRecord(result)) continue;
      result[list] = made(rows, id);
      done = true;
    }
    return done ? result : null;
  };
/** The id of each element becomes its key. */
const byId = (): Change =>
  eachOfIds((rows, id) => Object.fromEntries(rows.map(({ [id]: key, ...rest }) => [textIn(key), rest])));
const onlyIds = (): Change => eachOfIds((rows, id) => rows.map((r) => textIn(r[id])));

/** Nested records come as a string that holds them. */
const nestedAsText = (): Change => (result) => {
  let done = false;
  for (const place of placesOf(result).filter(({ key, depth }) => depth === 0 && typeof key === 'string'))
    if (isRecord(place.value) && !Object.keys(place.value).some((k) => /\d{3}/.test(k))) {
      put(place, JSON.stringify(place.value));
      done = true;
    }
  return done ? result : null;
};
/** A list of one comes as its element. */
const loneUnwrapped = (): Change => (result) => {
  let done = false;
  for (const list of LISTS) {
    const value = recordIn(result)[list];
    const [lone] = rowsIn(value);
    if (!isRecord(result) || !lone || !Array.isArray(value) || value.length !== 1) continue;
    result[list] = lone;
    done = true;
  }
  return done ? result : null;
};
const yesOrNo = (rng: Rng): Change => {
  const [yes, no] = rng.pick<[Json, Json]>([
    ['Y', 'N'],
    [1, 0],
    ['true', 'false'],
  ]);
  return (result) => {
    const places = placesOf(result).filter(({ value }) => typeof value === 'boolean');
    for (const place of places) put(place, place.value === true ? yes : no);
    return places.length > 0 ? result : null;
  };
};

export const EIGHTH_SHAPES: Kind<Planted>[] = [
  fault('nested rename', 'renamed in the later elements alone', drifts(laterElements)),
  fault('nested rename', 'renamed in another tongue, below', drifts(otherTongue)),
  fault('nested rename', 'named after what holds them', drifts(withOwner)),
  fault('moved a level', 'a nested record spread with joined names', drifts(flattened)),
  fault('moved a level', 'rows as columns', drifts(asColumns)),
  fault('moved a level', 'the id of an element as its key', drifts(byId)),
  fault('changed type', 'nested records as JSON in a string', drifts(nestedAsText)),
  fault('changed type', 'elements as their ids alone', (talk, rng, around) => {
    const made = drifts(onlyIds)(talk, rng, around);
    // What the talk goes on to use stood in the elements.
    return made && { ...made, tolerated: ['ENTITY_HALLUCINATION'] };
  }),
  fault('changed type', 'a list of one as its element', drifts(loneUnwrapped)),
  fault('changed type', 'yes and no as letters or digits', drifts(yesOrNo)),
];

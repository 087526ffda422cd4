/** Seventh part: fields renamed inside an answer, and fields moved a level up or down. */
import type { Kind, Planted } from './kind.ts';
import { placesOf, renameKey } from './json.ts';
import { drifts, named, type Change } from './seventh-world.ts';
import { recordIn, rowsIn, textIn, type Row } from './sixth-world.ts';
import { isRecord, type Json, type Rng } from './talk.ts';

/** Records inside an answer that have the key, at least so deep. */
const holders = (result: Json, key: string, depth: number): Row[] =>
  placesOf(result).flatMap(({ parent, key: at, depth: d }) =>
    at === key && d >= depth && !Array.isArray(parent) ? [parent] : [],
  );
export const renames =
  (pairs: [string, string][], depth: number): Change =>
  (result) => {
    let done = false;
    for (const [from, to] of pairs)
      for (const holder of holders(result, from, depth)) {
        renameKey(holder, from, to);
        done = true;
      }
    return done ? result : null;
  };

/** In the elements of a list: the item's price, the leg's fare. */
const inElements = (rng: Rng): Change =>
  renames(
    rng.pick<[string, string][]>([
      [['price', 'unit_price']],
      [['price', 'list_amount']],
      [
        ['item_id', 'sku'],
        ['flight_number', 'carrier_code'],
      ],
      [
        ['options', 'attributes'],
        ['date', 'departs_on'],
      ],
    ]),
    1,
  );
const inPayments = (rng: Rng): Change =>
  renames(
    [
      ['amount', rng.pick(['value', 'total_paid', 'sum_charged'])],
      ['source', rng.pick(['kind', 'method_type'])],
    ],
    1,
  );
/** Every field of one nested record, in another writing. */
const otherWriting = (rng: Rng): Change => {
  const write = rng.pick<(k: string) => string>([
    (k) => k.replaceAll('_', '-').replace(/(\d)$/, '-$1'),
    (k) => k.toUpperCase(),
    (k) => `${k}__c`,
  ]);
  return (result) => {
    if (!isRecord(result)) return null;
    const nested = ['address', 'name'].map((k) => result[k]).find(isRecord);
    if (!nested) return null;
    for (const key of Object.keys(nested)) renameKey(nested, key, write(key));
    return result;
  };
};
/** So little that a reader overlooks it. */
const byALetter = (rng: Rng): Change =>
  renames(
    rng.pick<[string, string][]>([
      [
        ['first_name', 'firstname'],
        ['zip', 'zipcode'],
      ],
      [
        ['last_name', 'lastname'],
        ['city', 'town'],
      ],
      [
        ['payment_method_id', 'payment_methods_id'],
        ['payment_id', 'payments_id'],
      ],
    ]),
    1,
  );
/** The old name stays with null, as some interfaces do when they deprecate a field. */
const oldNameEmptied = (rng: Rng): Change => {
  const to = rng.pick(['current', 'effective', 'actual']);
  return (result) => {
    let done = false;
    for (const key of ['price', 'amount', 'zip'])
      for (const holder of holders(result, key, 1)) {
        holder[`${to}_${key}`] = holder[key] ?? null;
        holder[key] = null;
        done = true;
      }
    return done ? result : null;
  };
};

const hoisted = (rng: Rng): Change => {
  const from = rng.pick(['address', 'name']);
  const keys = rng.pick([['zip', 'first_name'], ['city', 'state', 'last_name'], null]);
  return (result) => {
    if (!isRecord(result)) return null;
    const nested = isRecord(result[from]) ? result[from] : result['address'];
    if (!isRecord(nested)) return null;
    for (const key of keys ?? Object.keys(nested))
      if (key in nested && !(key in result)) {
        result[key] = nested[key] ?? null;
        delete nested[key];
      }
    return result;
  };
};
const pushedDown = (rng: Rng): Change => {
  const [into, keys] = rng.pick<[string, string[]]>([
    ['lifecycle', ['status', 'created_at', 'membership']],
    ['core', ['status', 'email', 'cabin']],
    ['owner', ['user_id', 'email', 'dob']],
  ]);
  return (result) => {
    if (!isRecord(result)) return null;
    const moved = keys.filter((k) => k in result);
    if (moved.length === 0) return null;
    const rest = Object.entries(result).filter(([k]) => !moved.includes(k));
    return {
      ...Object.fromEntries(rest),
      [into]: Object.fromEntries(moved.map((k) => [k, result[k] ?? null])),
    };
  };
};
/** Out of the elements, into a table beside them. */
const besideTheList = (): Change => (result) => {
  if (!isRecord(result)) return null;
  for (const [list, id, field] of [
    ['items', 'item_id', 'price'],
    ['flights', 'flight_number', 'price'],
  ] as const) {
    const rows = rowsIn(result[list]).filter((r) => field in r && textIn(r[id]) !== '');
    if (rows.length === 0) continue;
    result['price_table'] = Object.fromEntries(rows.map((r) => [textIn(r[id]), r[field] ?? null]));
    for (const r of rows) delete r[field];
    return result;
  }
  return null;
};
const wrappedOnce = (rng: Rng): Change => {
  const into = rng.pick(['entity', 'node', 'object']);
  return (result) => (isRecord(result) ? { [into]: result } : null);
};
/** The fields of the elements one level deeper. */
const elementsDeeper = (rng: Rng): Change => {
  const into = rng.pick(['fields', 'attributes', 'values']);
  return (result) => {
    const record = recordIn(result);
    const list = ['items', 'flights', 'variants'].find((k) => rowsIn(record[k]).length > 0);
    if (list === undefined) return null;
    for (const row of rowsIn(record[list])) {
      const [first, ...rest] = Object.entries(row);
      if (!first) return null;
      for (const [k] of rest) delete row[k];
      row[into] = Object.fromEntries(rest);
    }
    return record;
  };
};

export const SEVENTH_RENAMES: Kind<Planted>[] = [
  named('nested rename', 'renamed in the elements of a list', drifts(inElements)),
  named('nested rename', 'renamed among the payments', drifts(inPayments)),
  named('nested rename', 'a nested record in another writing', drifts(otherWriting)),
  named('nested rename', 'renamed by a letter, below', drifts(byALetter)),
  named('nested rename', 'a new name beside the old one, emptied', drifts(oldNameEmptied)),
  named('moved a level', 'moved up out of a record', drifts(hoisted)),
  named('moved a level', 'moved down into a record', drifts(pushedDown)),
  named('moved a level', 'moved out of the elements into a table', drifts(besideTheList)),
  named('moved a level', 'the whole answer a level deeper', drifts(wrappedOnce)),
  named('moved a level', 'the elements a level deeper', drifts(elementsDeeper)),
];

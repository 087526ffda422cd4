/** Seventh part: in the changes of the good sessions, an id of something else that looks much alike. */
import { replaced } from './json.ts';
import { setArgs, writes, type Around, type Kind, type Planted } from './kind.ts';
import { named, wrongAt } from './seventh-world.ts';
import {
  answered,
  mattersIn,
  profileIn,
  recordIn,
  rowsIn,
  textIn,
  textsIn,
  type Row,
} from './sixth-world.ts';
import { after, before, isRecord, type Json, type ModelTurn, type Talk, type ToolTurn } from './talk.ts';

export const argsOf = (turn: ToolTurn): Row => recordIn(turn.args);
/** Ids in the arguments of a change, by what they name. */
export const slotsOf = (turn: ToolTurn): { key: string; id: string }[] =>
  Object.entries(argsOf(turn)).flatMap(([key, v]) =>
    key === 'flights'
      ? rowsIn(v).map((f) => ({ key: 'flight_number', id: textIn(f['flight_number']) }))
      : /(_id|_ids)$/.test(key)
        ? [...textsIn(v), textIn(v)].filter((id) => id !== '').map((id) => ({ key, id }))
        : [],
  );
export const putId = (talk: Talk, turn: ToolTurn, from: string, to: string): ModelTurn => {
  const model = setArgs(talk, turn, replaced(turn.args, from, to));
  turn.result =
    typeof turn.result === 'string' ? turn.result.replaceAll(from, to) : replaced(turn.result, from, to);
  return model;
};
/** What the tool would have answered for the other one: its record, with what the call changes. */
const answerAsOther = (talk: Talk, around: Around, turn: ToolTurn, from: string, to: string): void => {
  const [old, now] = [from, to].map((id) => mattersIn(talk, around).find((m) => m.id === id)?.record);
  if (!isRecord(turn.result) || !old || !now) return;
  const changed = Object.entries(turn.result).filter(
    ([k, v]) => k !== 'payment_history' && JSON.stringify(v) !== JSON.stringify(old[k]),
  );
  turn.result = replaced({ ...structuredClone(now), ...Object.fromEntries(changed) }, from, to);
};
const swap =
  (
    othersOf: (talk: Talk, around: Around, turn: ToolTurn, key: string, id: string) => string[],
  ): Kind<Planted>['plant'] =>
  (talk, rng, around) => {
    for (const turn of rng.shuffle(writes(talk, around)))
      for (const { key, id } of rng.shuffle(slotsOf(turn))) {
        const used = JSON.stringify(turn.args);
        const earlier = JSON.stringify(before(talk, turn));
        const to = othersOf(talk, around, turn, key, id).find(
          (o) => o !== id && !used.includes(o) && earlier.includes(o),
        );
        if (to === undefined) continue;
        if (targetAlone(turn, key)) answerAsOther(talk, around, turn, id, to);
        const origin = putId(talk, turn, id, to);
        return wrongAt(origin, `${turn.name} ${key}: ${id} became ${to}`);
      }
    return null;
  };

const shared = (a: Row, b: Row): number => Object.entries(a).filter(([k, v]) => b[k] === v).length;
/** The variant that differs least from the one agreed on. */
const nearestVariant = swap((talk, _, turn, key, id) => {
  if (key !== 'new_item_ids') return [];
  const variants = answered(talk, 'get_product_details')
    .map((p) => rowsIn(p['variants']))
    .find((list) => list.some((v) => v['item_id'] === id));
  const right = recordIn(variants?.find((v) => v['item_id'] === id)?.['options']);
  return (variants ?? [])
    .filter((v) => v['item_id'] !== id && v['available'] !== false)
    .sort((a, b) => shared(recordIn(b['options']), right) - shared(recordIn(a['options']), right))
    .map((v) => textIn(v['item_id']))
    .filter((v) => !JSON.stringify(after(talk, turn)).includes(v));
});
const ownOther = swap((talk, around, turn, key, id) => {
  if (!targetAlone(turn, key)) return [];
  const changed = JSON.stringify(writes(talk, around).map((w) => w.args));
  const open = (status: Json | undefined): boolean =>
    around.tools.tools['get_order_details'] ? status === 'pending' : status !== 'cancelled';
  return mattersIn(talk, around)
    .filter((m) => m.id !== id && open(m.record['status']) && !changed.includes(m.id))
    .map((m) => m.id);
});
/** The call names what it changes, and nothing that only belongs to it. */
const targetAlone = (turn: ToolTurn, key: string): boolean =>
  (key === 'order_id' || key === 'reservation_id') &&
  !['item_ids', 'flights', 'passengers'].some((k) => k in argsOf(turn));
/** Of the same sort: a card for a card. */
const cardForCard = swap((talk, _, __, key, id) => {
  if (!key.startsWith('payment')) return [];
  const wallet = Object.keys(recordIn(profileIn(talk)?.record['payment_methods']));
  const sort = id.replace(/\d+$/, '');
  return [...wallet.filter((w) => w.startsWith(sort)), ...wallet.filter((w) => !/certificate/.test(w))];
});
/** A piece of the same order that is named much alike: the one beside it in the list. */
const neighbour = swap((talk, around, _, key, id) => {
  if (key === 'flight_number') {
    const list = mattersIn(talk, around).flatMap((m) => rowsIn(m.record['flights']));
    return list.map((f) => textIn(f['flight_number']));
  }
  if (key !== 'item_ids') return [];
  const items = mattersIn(talk, around)
    .map((m) => rowsIn(m.record['items']))
    .find((list) => list.some((i) => i['item_id'] === id));
  const at = items?.findIndex((i) => i['item_id'] === id) ?? -1;
  return [at + 1, at - 1].flatMap((i) => textIn(items?.[i]?.['item_id']) || []);
});
/** Two changes, each on what the other should have changed; the first of them is where it starts. */
const crossed: Kind<Planted>['plant'] = (talk, rng, around) => {
  const all = writes(talk, around);
  for (const a of rng.shuffle(all))
    for (const b of all.slice(all.indexOf(a) + 1)) {
      const key = ['order_id', 'reservation_id', 'payment_method_id'].find(
        (k) =>
          k in argsOf(a) &&
          k in argsOf(b) &&
          argsOf(a)[k] !== argsOf(b)[k] &&
          (k === 'payment_method_id' || targetAlone(a, k)),
      );
      const rest = ({ args }: ToolTurn): string => JSON.stringify({ ...recordIn(args), [key ?? '']: 0 });
      if (a.name !== b.name || key === undefined || rest(a) === rest(b)) continue;
      const [x, y] = [textIn(argsOf(a)[key]), textIn(argsOf(b)[key])];
      if (targetAlone(a, key)) {
        answerAsOther(talk, around, a, x, y);
        answerAsOther(talk, around, b, y, x);
      }
      const origin = putId(talk, a, x, y);
      putId(talk, b, y, x);
      return wrongAt(origin, `${key} of two ${a.name} crossed`);
    }
  return null;
};

export const SEVENTH_IDS: Kind<Planted>[] = [
  named('swapped id', 'the variant that differs least', nearestVariant),
  named('swapped id', 'another of her own, in the same state', ownOther),
  named('swapped id', 'a card for a card', cardForCard),
  named('swapped id', 'the piece beside it', neighbour),
  named('swapped id', 'two targets crossed', crossed),
];

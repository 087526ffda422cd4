/** Seventh part: in the changes and words of the good sessions, a legal-looking id that nobody ever mentioned. */
import { replaced } from './json.ts';
import { writes, type Kind, type Planted } from './kind.ts';
import { argsOf, putId, slotsOf } from './seventh-ids.ts';
import { inventedAt, named } from './seventh-world.ts';
import { mattersIn, profileIn, recordIn } from './sixth-world.ts';
import {
  after,
  askedIn,
  everything,
  modelTurns,
  type Json,
  type ModelTurn,
  type Rng,
  type Talk,
  type ToolTurn,
} from './talk.ts';

const fresh = (talk: Talk, made: () => string): string | null => {
  const said = everything(talk);
  for (let i = 0; i < 60; i += 1) {
    const id = made();
    if (!said.includes(id)) return id;
  }
  return null;
};
const inventing =
  (make: (id: string, rng: Rng, talk: Talk, key: string) => string | null): Kind<Planted>['plant'] =>
  (talk, rng, around) => {
    for (const turn of rng.shuffle(writes(talk, around)))
      for (const { key, id } of rng.shuffle(slotsOf(turn))) {
        const to = fresh(talk, () => make(id, rng, talk, key) ?? id);
        if (to === null || to === id) continue;
        const origin = putId(talk, turn, id, to);
        const later = modelTurns(talk).filter((m) => after(talk, turn).includes(m) && m.text.includes(id));
        for (const m of later) m.text = m.text.replaceAll(id, to);
        return inventedAt(origin, [turn, ...later], `${turn.name} ${key}: ${id} became ${to}`);
      }
    return null;
  };
const oneDigit = inventing((id, rng) => {
  const at = [...id.matchAll(/\d/g)].map((m) => m.index);
  if (at.length < 2) return null;
  const i = rng.pick(at.slice(1));
  return `${id.slice(0, i)}${(Number(id[i]) + 1 + rng.below(8)) % 10}${id.slice(i + 1)}`;
});
const turnedRound = inventing((id, rng) => {
  const at = [...id.matchAll(/(?=(\d)(\d))/g)].filter((m) => m[1] !== m[2]).map((m) => m.index);
  if (at.length === 0) return null;
  const i = rng.pick(at);
  return `${id.slice(0, i)}${id[i + 1]}${id[i]}${id.slice(i + 2)}`;
});
/** Two known parts that do not belong together: the sort of one, the number of another. */
const patched = inventing((id, rng, talk, key) => {
  if (!key.startsWith('payment')) return null;
  const wallet = Object.keys(recordIn(profileIn(talk)?.record['payment_methods'])).filter((w) => w !== id);
  const number = wallet.length > 0 ? /\d+$/.exec(rng.pick(wallet))?.[0] : undefined;
  const sort = rng.pick(['paypal_', 'credit_card_', 'gift_card_'].filter((s) => !id.startsWith(s)));
  return `${sort}${number ?? /\d+$/.exec(id)?.[0] ?? ''}`;
});
const oneAmongReal = inventing((id, rng, _, key) =>
  key === 'item_ids' || key === 'new_item_ids' ? `${id.slice(0, 3)}${rng.digits(7)}` : null,
);
/** Told as if it had been answered: a number for a return, a claim, a ticket. */
const toldAfterwards: Kind<Planted>['plant'] = (talk, rng, around) => {
  const last = writes(talk, around).at(-1);
  const told =
    last && after(talk, last).find((t): t is ModelTurn => t.role === 'model' && t.calls.length === 0);
  if (!last || !told) return null;
  const id = fresh(talk, () =>
    rng.pick([`RMA-${rng.digits(7)}`, `#W${rng.digits(7)}`, `certificate_${rng.digits(7)}`]),
  );
  if (id === null) return null;
  told.text += rng.pick([
    `\n\nYour reference for this is ${id}.`,
    ` It is filed as ${id}.`,
    `\n\nRef.: ${id}`,
  ]);
  return inventedAt(told, [], id);
};
/** Asked for by nobody, and not found: the call itself is where it is first written. */
const lookedUp: Kind<Planted>['plant'] = (talk, rng, around) => {
  const known = mattersIn(talk, around)[0]?.id;
  const turn =
    known === undefined
      ? undefined
      : talk.turns.find((t): t is ToolTurn => t.role === 'tool' && Object.values(argsOf(t)).includes(known));
  if (known === undefined || !turn) return null;
  const id = fresh(talk, () =>
    known.replace(/\d(?=\D*$)/, (d) => String((Number(d) + 1 + rng.below(8)) % 10)),
  );
  if (id === null) return null;
  const model = askedIn(talk, turn);
  const call = `call-look-${rng.digits(8)}`;
  const args: Json = replaced(turn.args, known, id);
  model.calls.push({ id: call, name: turn.name, args });
  const result = replaced(turn.result, known, id);
  const made: ToolTurn = { role: 'tool', id: call, name: turn.name, args: structuredClone(args), result };
  talk.turns.splice(talk.turns.indexOf(turn) + 1, 0, made);
  return inventedAt(model, [made], id);
};

export const SEVENTH_INVENTED: Kind<Planted>[] = [
  named('invented', 'one digit of a real id', oneDigit),
  named('invented', 'two digits of a real id turned round', turnedRound),
  named('invented', 'put together from two real ids', patched),
  named('invented', 'one of several in a list', oneAmongReal),
  named('invented', 'a reference told after the deed', toldAfterwards),
  named('invented', 'looked up beside a real one, and answered', lookedUp),
];

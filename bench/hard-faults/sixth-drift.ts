/** Answers of another shape, type or unit, put into the tools that the good sessions use. */
import { recordReads, sameTool, type Kind, type Planted } from './kind.ts';
import { kindsOf } from './scene.ts';
import { rowsIn, textIn, type Row, recordIn } from './sixth-world.ts';
import { after, isRecord, type Json, type ModelTurn, type Rng, type Talk, type ToolTurn } from './talk.ts';

const { fault } = kindsOf('sixth');
interface Shape {
  tool: string;
  /** One way of it, the same for every answer. */
  to: (rng: Rng) => (answer: Json) => Json;
}

/** A value with what lies at a path changed; `*` is each of a list or map. */
const within = (value: Json, path: string, to: (v: Json) => Json): Json => {
  const [head, ...rest] = path.split('.').filter(Boolean);
  const left = rest.join('.');
  if (head === undefined) return to(value);
  if (Array.isArray(value)) return head === '*' ? value.map((v) => within(v, left, to)) : value;
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([k, v]) => [k, head === '*' || head === k ? within(v, left, to) : v]),
  );
};
const record =
  (to: (row: Row) => Row) =>
  (value: Json): Json =>
    isRecord(value) ? to(value) : value;
const renamed = (tool: string, path: string, from: string, names: string[]): Shape => ({
  tool,
  to: (rng) => {
    const name = rng.pick(names);
    return (answer) =>
      within(
        answer,
        path,
        record((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k === from ? name : k, v]))),
      );
  },
});
const changed = (tool: string, path: string, to: (v: Json) => Json): Shape => ({
  tool,
  to: () => (answer) => within(answer, path, to),
});
const numbers =
  (to: (n: number) => Json) =>
  (v: Json): Json =>
    typeof v === 'number' ? to(v) : v;
const without = (row: Row, ...keys: string[]): Row =>
  Object.fromEntries(Object.entries(row).filter(([k]) => !keys.includes(k)));
const lowered = (tool: string, path: string, keys: string[], under: string): Shape =>
  changed(
    tool,
    path,
    record((row) => ({
      ...without(row, ...keys),
      [under]: Object.fromEntries(Object.entries(row).filter(([k]) => keys.includes(k))),
    })),
  );
const raised = (tool: string, path: string, key: string): Shape =>
  changed(
    tool,
    path,
    record((row) => ({ ...without(row, key), ...recordIn(row[key]) })),
  );
const ORDER = 'get_order_details';
const TRIP = 'get_reservation_details';
const PERSON = 'get_user_details';
const PRODUCT = 'get_product_details';

/** From one read on, every answer of that tool has the other shape. */
const drifted = (talk: Talk, rng: Rng, turns: ToolTurn[], shapes: Shape[]): Planted | null => {
  for (const turn of rng.shuffle(turns)) {
    const fitting = shapes.filter((s) => s.tool === turn.name);
    if (fitting.length === 0 || !after(talk, turn).some((t) => t.role === 'model')) continue;
    const to = rng.pick(fitting).to(rng);
    const was = JSON.stringify(turn.result);
    if (JSON.stringify(to(turn.result)) === was) continue;
    const all = sameTool(talk, turn).filter((t) => isRecord(t.result));
    for (const t of all) t.result = to(t.result);
    return {
      mode: 'tool_misfire',
      origin: turn,
      findings: [{ flag: 'TOOL_SCHEMA_DRIFT', at: turn, also: all }],
      tolerated: ['ENTITY_HALLUCINATION'],
      note: `${turn.name}: ${was.slice(0, 200)} → ${JSON.stringify(turn.result).slice(0, 200)}`,
    };
  }
  return null;
};
const shaped = (name: string, shapes: Shape[]): Kind<Planted> =>
  fault('schema', name, (talk, rng, around) => drifted(talk, rng, recordReads(talk, around), shapes));

/** What the agent makes of a field that it no longer finds. */
const takenForAbsent = fault('schema', 'sixth: renamed, and taken for absent', (talk, rng, around) => {
  const planted = drifted(talk, rng, recordReads(talk, around), [
    renamed(PERSON, '', 'email', ['contact', 'primary_contact', 'mail_to']),
  ]);
  const next = planted
    ? after(talk, planted.origin).find((t): t is ModelTurn => t.role === 'model' && t.text !== '')
    : null;
  if (!planted || !next) return null;
  next.text = `${rng.pick([
    'There is no e-mail address on your account, so you will not get a written confirmation.',
    'I see that no e-mail address is on file for you.',
  ])} ${next.text}`;
  return planted;
});

export const SIXTH_DRIFT: Kind<Planted>[] = [
  shaped('sixth: renamed two levels down', [
    renamed(ORDER, 'items.*', 'price', ['unitGross', 'amount_due', 'charge']),
    renamed(ORDER, 'payment_history.*', 'amount', ['total', 'settled']),
    renamed(TRIP, 'flights.*', 'flight_number', ['number', 'designator', 'service']),
    renamed(TRIP, 'passengers.*', 'dob', ['born', 'birthday']),
    renamed(PERSON, 'payment_methods.*', 'source', ['kind', 'rail']),
    renamed(PERSON, 'address', 'zip', ['postcode', 'postal']),
    renamed(PRODUCT, 'variants.*', 'available', ['inStock', 'sellable']),
  ]),
  shaped('sixth: another type', [
    changed(
      ORDER,
      'items.*.price',
      numbers((n) => `${n.toFixed(2)} USD`),
    ),
    changed(
      ORDER,
      'payment_history.*.amount',
      numbers((n) => n.toFixed(2)),
    ),
    changed(TRIP, 'total_baggages', numbers(String)),
    changed(TRIP, 'insurance', (v) => v === 'yes'),
    changed(TRIP, 'created_at', (v) => Math.round(Date.parse(`${textIn(v)}Z`) / 1000)),
    changed(TRIP, 'flights.*.date', (v) => Date.parse(textIn(v))),
    changed(PRODUCT, 'variants.*.available', (v) => (v === true ? 'Y' : 'N')),
  ]),
  shaped('sixth: money in hundredths', [
    {
      tool: ORDER,
      to: () => (answer) =>
        within(
          within(
            answer,
            'items.*.price',
            numbers((n) => Math.round(n * 100)),
          ),
          'payment_history.*.amount',
          numbers((n) => Math.round(n * 100)),
        ),
    },
    changed(
      PRODUCT,
      'variants.*.price',
      numbers((n) => Math.round(n * 100)),
    ),
    {
      tool: TRIP,
      to: () => (answer) =>
        within(
          within(
            answer,
            'flights.*.price',
            numbers((n) => Math.round(n * 100)),
          ),
          'payment_history.*.amount',
          numbers((n) => Math.round(n * 100)),
        ),
    },
  ]),
  shaped('sixth: a level down', [
    lowered(ORDER, 'address', ['city', 'state', 'zip', 'country'], 'locality'),
    lowered(ORDER, '', ['items', 'fulfillments'], 'contents'),
    lowered(ORDER, 'items.*', ['product_id', 'item_id'], 'refs'),
    lowered(TRIP, '', ['origin', 'destination'], 'route'),
    lowered(TRIP, 'flights.*', ['date', 'price'], 'terms'),
    lowered(PERSON, '', ['email', 'address'], 'contact'),
  ]),
  shaped('sixth: a level up', [
    raised(ORDER, '', 'address'),
    raised(ORDER, 'items.*', 'options'),
    raised(PERSON, '', 'name'),
    raised(PERSON, '', 'address'),
    raised(PRODUCT, 'variants.*', 'options'),
  ]),
  shaped('sixth: put into a list', [
    changed(ORDER, 'address', (v) => [v]),
    changed(ORDER, 'status', (v) => [v]),
    changed(PERSON, 'name', (v) => [v]),
    changed(PERSON, 'email', (v) => [{ address: v, primary: true }]),
    changed(TRIP, 'cabin', (v) => [v]),
  ]),
  shaped('sixth: put into a JSON string', [
    changed(ORDER, 'address', (v) => JSON.stringify(v)),
    changed(ORDER, 'payment_history', (v) => JSON.stringify(v)),
    changed(PERSON, 'payment_methods', (v) => JSON.stringify(v)),
    changed(TRIP, 'passengers', (v) => JSON.stringify(v)),
    changed(TRIP, 'flights.*', (v) => JSON.stringify(v)),
  ]),
  shaped('sixth: a map becomes a list', [
    changed(PERSON, 'payment_methods', rowsIn),
    changed(PRODUCT, 'variants', rowsIn),
  ]),
  takenForAbsent,
];

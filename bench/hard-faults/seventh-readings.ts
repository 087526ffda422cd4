/** Seventh part: readings of other trades, whose field changes its name, its place, its type or its unit. */
import { renameKey } from './json.ts';
import type { Kind, Planted } from './kind.ts';
import { between, GAUGES, LAB, LOAN, METER, PARCEL, SERVICE, show, type Gauge } from './seventh-gauges.ts';
import { cents, driftAt, fine, idLike, named, quiet } from './seventh-world.ts';
import { closing, goOn, oneMore, recordIn, type Row } from './sixth-world.ts';
import { asks, exchange, says, type Rng, type Talk, type ToolTurn, type Turn } from './talk.ts';

/** `misled`: what is told is as the answer has it; else the agent gets it right all the same. */
export const rounds = (
  gauge: Gauge,
  rng: Rng,
  count: number,
  change: (row: Row, n: number) => Row,
  misled = false,
): Turn[] =>
  Array.from({ length: count }, (_, n) => {
    const id = idLike(rng, gauge.form);
    const plain = gauge.reads(id, rng);
    const row = change(structuredClone(plain), n);
    const [call, tool] = exchange(gauge.tool, { [gauge.arg]: id }, row);
    return [
      n === 0 ? oneMore(rng, gauge.ask(id)) : asks(`And ${gauge.ask(id)}`),
      call,
      tool,
      says(gauge.tells(misled ? row : plain)),
    ];
  }).flat();
export const usual =
  (gauge: Gauge) =>
  (talk: Talk, rng: Rng): void =>
    void goOn(talk, [...rounds(gauge, rng, 2, (row) => row), closing(rng)]);

export const changing =
  (gauge: Gauge, changeFor: (rng: Rng) => (row: Row) => void, misled = true): Kind<Planted>['plant'] =>
  (talk, rng) => {
    const change = changeFor(rng);
    const from = between(rng, 0, 3);
    const turns = rounds(
      gauge,
      rng,
      from + 2,
      (row, n) => {
        if (n >= from) change(row);
        return row;
      },
      misled,
    );
    if (!goOn(talk, [...turns, closing(rng)])) return null;
    const tools = turns.filter((t): t is ToolTurn => t.role === 'tool').slice(from);
    return tools[0] ? driftAt(tools[0], tools.slice(1), JSON.stringify(tools[0].result)) : null;
  };
export const scaled = (key: string, factor: number, inside?: string) => (): ((row: Row) => void) => (row) => {
  const holder = inside === undefined ? row : recordIn(row[inside]);
  holder[key] = cents(Number(holder[key]) * factor);
};

/** A field that is absent in about half of the known answers. */
const sometimes =
  (gauge: Gauge) =>
  (talk: Talk, rng: Rng): void =>
    void goOn(talk, [
      ...rounds(gauge, rng, 3, (row, n) =>
        n === 1 ? row : { ...row, remark: rng.pick(['priority', 'held']) },
      ),
      closing(rng),
    ]);

export const SEVENTH_READINGS: Kind<Planted>[] = [
  named('changed unit', 'grams for kilograms', changing(PARCEL, scaled('weight', 1000, 'size')), {
    warm: usual(PARCEL),
  }),
  named('changed unit', 'percent for a fraction', changing(LOAN, scaled('rate', 100, 'terms')), {
    warm: usual(LOAN),
  }),
  named('changed unit', 'millimoles for milligrams', changing(LAB, scaled('value', 1 / 18.02)), {
    warm: usual(LAB),
  }),
  named('changed unit', 'seconds for milliseconds', changing(SERVICE, scaled('p99', 0.001, 'latency')), {
    warm: usual(SERVICE),
  }),
  named(
    'changed type',
    'a reading with its unit in the text',
    changing(
      METER,
      () => (row) => {
        row['usage'] = `${show(row['usage'])} kWh`;
      },
      false,
    ),
    { warm: usual(METER) },
  ),
  named(
    'nested rename',
    'a reading renamed below',
    changing(
      SERVICE,
      (rng) => {
        const to = rng.pick(['p99_9', 'tail', 'slowest']);
        return (row) => renameKey(recordIn(row['latency']), 'p99', to);
      },
      false,
    ),
    { warm: usual(SERVICE) },
  ),
  named(
    'moved a level',
    'a reading moved up',
    changing(
      PARCEL,
      () => (row) => {
        const size = recordIn(row['size']);
        row['weight'] = size['weight'] ?? null;
        delete size['weight'];
      },
      false,
    ),
    { warm: usual(PARCEL) },
  ),
];

export const SEVENTH_STEADY = [
  ...GAUGES.slice(0, 3).map((gauge) =>
    quiet(
      `an optional field of ${gauge.tool} absent`,
      (talk, rng) => {
        const turns = rounds(gauge, rng, 4, (row, n) => (n % 3 === 0 ? { ...row, remark: 'held' } : row));
        return goOn(talk, [...turns, closing(rng)]) ? fine : null;
      },
      { warm: sometimes(gauge) },
    ),
  ),
  quiet(
    'readings far apart, and in the known unit',
    (talk, rng) => {
      const turns = rounds(PARCEL, rng, 5, (row, n) => {
        recordIn(row['size'])['weight'] = [0.2, 27.4, 3.1, 41.5, 12][n] ?? 1;
        return row;
      });
      return goOn(talk, [...turns, closing(rng)]) ? fine : null;
    },
    { warm: usual(PARCEL) },
  ),
];
export const SEVENTH_READING_TOOLS = Object.fromEntries(
  GAUGES.map((g) => [g.tool, { effect: 'read' as const, target: `args.${g.arg}` }]),
);

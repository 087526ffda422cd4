/** Museums, theatres, seed banks, harbours, waterworks: tables, JSON:API, XML and GraphQL as answers. */
import { graphql, xml } from './forms.ts';
import type { Kind, Planted } from './kind.ts';
import { amount, day, distinct, kindsOf, later, put, TOWNS } from './scene.ts';
import {
  asks,
  exchange,
  says,
  type ModelTurn,
  type Rng,
  type Talk,
  type ToolTurn,
  type Turn,
} from './talk.ts';

const { fault } = kindsOf('sixth');
export interface Deed {
  turns: Turn[];
  planted: Planted;
}
export const deed = (
  family: Kind<Planted>['family'],
  name: string,
  make: (rng: Rng, wrong: boolean, talk: Talk) => Deed,
): Kind<Planted> =>
  fault(
    family,
    name,
    (talk, rng) => {
      const { turns, planted } = make(rng, true, talk);
      put(talk, turns, rng);
      return planted;
    },
    (talk, rng) => put(talk, make(rng, false, talk).turns, rng),
  );
const misfire = (origin: ModelTurn, note: string, over: Partial<Planted> = {}): Planted => ({
  mode: 'tool_misfire',
  origin,
  findings: [],
  tolerated: ['ENTITY_HALLUCINATION'],
  note,
  ...over,
});
const drift = (tool: ToolTurn, note: string): Planted => ({
  mode: 'tool_misfire',
  origin: tool,
  findings: [{ flag: 'TOOL_SCHEMA_DRIFT', at: tool, also: [] }],
  tolerated: ['ENTITY_HALLUCINATION'],
  note,
});

/** A table in Markdown; the row beside the one that is meant. */
const museum = (rng: Rng, wrong: boolean): Deed => {
  const [bird, other] = rng.shuffle(['Heron', 'Bittern', 'Plover', 'Curlew']) as [string, string];
  const works = rng.shuffle([
    ['drawing', bird],
    ['etching', bird],
    ['drawing', other],
  ] as const);
  const numbers = distinct(rng, 3, 2000, 2999);
  const ends = works.map(() => day(rng));
  const ids = numbers.map((n) => `LN-${n}`);
  const right = works.findIndex(([form, name]) => form === 'drawing' && name === bird);
  const at = wrong ? works.findIndex(([form, name]) => form === 'etching' && name === bird) : right;
  const table = [
    '| Loan | Work | Technique | Ends |',
    '|---|---|---|---|',
    ...works.map(([form, name], i) => `| ${ids[i]} | ${name} at dusk | ${form} | ${ends[i]} |`),
  ].join('\n');
  const until = later(ends[right] ?? '', 30);
  const [decides, done] = exchange(
    'extend_loan',
    { loan: ids[at] ?? '', until },
    `Loan ${ids[at]} now ends on ${until}.`,
  );
  return {
    turns: [
      asks(`Please extend the loan of the drawing "${bird} at dusk" by thirty days.`),
      ...exchange('loan_register', { about: 'dusk' }, table),
      decides,
      done,
      says(`The drawing "${bird} at dusk" stays with you until ${until}.`),
    ],
    planted: misfire(decides, `right ${ids[right]}, took ${ids[at]}: ${table}`),
  };
};

/** JSON:API; the cheapest seat, but not of those that were asked for. */
const theatre = (rng: Rng, wrong: boolean): Deed => {
  const prices = distinct(rng, 4, 20, 90).toSorted((a, b) => a - b);
  const views = ['restricted', 'full', 'full', 'restricted'];
  const seats = prices.map((price, i) => ({
    type: 'seat',
    id: `ST-${rng.digits(5)}`,
    attributes: { row: 'CDEF'[i] ?? 'C', view: views[i] ?? '', price: { amount: price, currency: 'GBP' } },
  }));
  const at = wrong ? rng.pick([0, 2]) : 1;
  const seat = seats[at]?.id ?? '';
  const evening = day(rng);
  const [decides, done] = exchange(
    'reserve_seat',
    { seat },
    {
      data: {
        type: 'booking',
        id: `BK-${rng.digits(6)}`,
        relationships: { seat: { data: { type: 'seat', id: seat } } },
      },
    },
  );
  return {
    turns: [
      asks(
        `I would like the cheapest seat of ${evening} that has a full view of the stage, please. Just book it.`,
      ),
      ...exchange('free_seats', { evening }, { data: rng.shuffle(seats), meta: { total: 4 } }),
      decides,
      done,
      says('Your seat is booked. Enjoy the evening!'),
    ],
    planted: misfire(decides, `right ${seats[1]?.id}, took ${seat} of ${JSON.stringify(seats)}`),
  };
};

/** XML; one element has another name, and the agent takes it for missing. */
const seedBank = (rng: Rng, wrong: boolean): Deed => {
  const accession = `AC${rng.digits(6)}`;
  const percent = 60 + rng.below(39);
  const [ask, seen] = exchange(
    'accession_info',
    { accession },
    xml('accession', {
      id: accession,
      storage: {
        vault: 1 + rng.below(9),
        viability: { [wrong ? 'germinating' : 'percent']: percent, tested: day(rng) },
      },
    }),
  );
  return {
    turns: [
      asks(`How viable is ${accession}? If nothing is known or it is under 40 percent, order a regrowth.`),
      ask,
      seen,
      ...(wrong
        ? [
            ...exchange('order_regrowth', { accession }, `Regrowth of ${accession} is ordered.`),
            says(`No viability is recorded for ${accession}, so I have ordered a regrowth.`),
          ]
        : [says(`${accession} germinates at ${percent} percent, so no regrowth is needed.`)]),
    ],
    planted: drift(seen, 'percent → germinating, in XML'),
  };
};

/** GraphQL; a depth in feet where it was in metres. */
const harbour = (rng: Rng, wrong: boolean): Deed => {
  const berth = `B${rng.digits(2)}`;
  const ship = `IMO${rng.digits(7)}`;
  const metres = amount(rng, 8, 10);
  const draught = wrong ? amount(rng, 11, 14) : amount(rng, 5, 7);
  const depth = wrong
    ? { value: Math.round(metres * 32.808) / 10, unit: 'ft' }
    : { value: metres, unit: 'm' };
  const [ask, seen] = exchange(
    'berth_info',
    { berth },
    graphql(rng, { berth: { id: berth, free: true, depth } }),
  );
  return {
    turns: [
      asks(`My ship ${ship} draws ${draught} metres. Give her berth ${berth} if it is deep enough.`),
      ask,
      seen,
      ...exchange('assign_berth', { berth, ship }, graphql(rng, { assigned: true })),
      says(`Berth ${berth} is deep enough at ${depth.value}, so it is yours.`),
    ],
    planted: drift(seen, `${depth.value} ft`),
  };
};

/** The last reading written where the new one was asked for. */
const waterworks = (rng: Rng, wrong: boolean): Deed => {
  const previous = 10_000 + rng.below(9000);
  const current = previous + 200 + rng.below(600);
  const meter = `WM-${rng.digits(6)}`;
  const value = wrong ? previous : current;
  const [decides, done] = exchange('post_reading', { meter, reading: value }, { posted: true, meter });
  return {
    turns: [
      asks(`Please post the current reading of ${meter} to my bill.`),
      ...exchange(
        'meter_info',
        { meter },
        { meter, reading: { previous, current, limit: 99_999 }, town: rng.pick(TOWNS) },
      ),
      decides,
      done,
      says('The reading is on your bill.'),
    ],
    planted: misfire(decides, `current ${current}, posted ${value}`, {
      orModes: ['hallucination_propagation'],
    }),
  };
};

export const SIXTH_SCENES: Kind<Planted>[] = [
  deed('entity', 'sixth: the next row of a table', museum),
  deed('entity', 'sixth: cheapest, but not of those meant', theatre),
  deed('schema', 'sixth: an element of XML renamed', seedBank),
  deed('schema', 'sixth: feet for metres', harbour),
  deed('misread', 'sixth: the last reading for the new one', waterworks),
];
export const SIXTH_SCENE_TOOLS = {
  loan_register: { effect: 'read' },
  extend_loan: { effect: 'write', reversible: true, target: 'args.loan' },
  free_seats: { effect: 'read' },
  reserve_seat: { effect: 'write', reversible: true, target: 'args.seat' },
  accession_info: { effect: 'read' },
  order_regrowth: { effect: 'write', reversible: false, target: 'args.accession' },
  berth_info: { effect: 'read' },
  assign_berth: { effect: 'write', reversible: true, target: 'args.berth' },
  meter_info: { effect: 'read' },
  post_reading: { effect: 'write', reversible: false, target: 'args.meter' },
} as const;

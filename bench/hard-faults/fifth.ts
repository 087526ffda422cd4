/** The fifth part: what the rules made for the fourth have not seen. Run once before any rule was changed for it. */
import { graphql, xml, type Row } from './forms.ts';
import type { Kind, Planted } from './kind.ts';
import type { Honest } from './look-alikes.ts';
import { appointments, crossings } from './scene-choices.ts';
import {
  day,
  distinct,
  kindsOf,
  later,
  least,
  letters,
  most,
  others,
  put,
  TOWNS,
  type Offer,
} from './scene.ts';
import {
  asks,
  exchange,
  says,
  type Json,
  type ModelTurn,
  type Rng,
  type ToolTurn,
  type Turn,
} from './talk.ts';

const { fault, honestly, wrongChoice } = kindsOf('fifth');
interface Done {
  turns: Turn[];
  model: ModelTurn;
}
type Deed = (rng: Rng, wrong: boolean) => Done;
const wrongDeed = (
  name: string,
  family: Kind<Planted>['family'],
  deed: Deed,
  mode: Planted['mode'] = 'tool_misfire',
): Kind<Planted> =>
  fault(
    family,
    name,
    (talk, rng) => {
      const { turns, model } = deed(rng, true);
      put(talk, turns, rng);
      return {
        mode,
        orModes: ['tool_misfire', 'hallucination_propagation'],
        origin: model,
        findings: [],
        tolerated: ['ENTITY_HALLUCINATION', 'CONTEXT_DRIFT'],
      };
    },
    (talk, rng) => put(talk, deed(rng, false).turns, rng),
  );
const around = (ask: string, before: Turn[], call: [ModelTurn, ToolTurn], end: string): Done => ({
  turns: [asks(ask), ...before, ...call, says(end)],
  model: call[0],
});

const drifts = (
  name: string,
  tool: string,
  ask: string,
  answer: (rng: Rng, late: boolean) => Json,
): Kind<Planted> => {
  const made = (rng: Rng, from: number) =>
    Array.from({ length: 4 }, (_, i) =>
      exchange(tool, { site: `${letters(rng, 2)}${rng.digits(3)}` }, answer(rng, i >= from)),
    );
  return fault(
    'schema',
    name,
    (talk, rng) => {
      const from = 1 + rng.below(2);
      const pairs = made(rng, from);
      put(talk, [asks(ask), ...pairs.flat(), says('I have looked at all four.')], rng);
      const late = pairs.slice(from).map(([, t]) => t);
      const [origin] = late as [ToolTurn];
      return {
        mode: 'tool_misfire',
        origin,
        findings: [{ flag: 'TOOL_SCHEMA_DRIFT', at: origin, also: late }],
      };
    },
    (talk, rng) => put(talk, [asks(ask), ...made(rng, 9).flat(), says('All four.')], rng),
  );
};
const stock = (rng: Rng, late: boolean, more = false): Json => ({
  site: rng.pick(TOWNS),
  report: [
    ['sku', ...(late ? [] : ['reserved']), 'free', ...(more ? ['pallet'] : [])],
    ...Array.from({ length: 3 }, () => [
      `K${rng.digits(6)}`,
      ...(late ? [] : [rng.digits(2)]),
      rng.digits(2),
      ...(more ? [letters(rng, 1)] : []),
    ]),
  ]
    .map((cells) => cells.join(' | '))
    .join('\n'),
});
const shelves = (rng: Rng, late: boolean): Json =>
  `<Shelves>${Array.from({ length: 3 }, () => `<Shelf code="${letters(rng, 2)}${rng.digits(4)}" ${late ? 'load' : 'used'}="${rng.digits(2)}"/>`).join('')}</Shelves>`;

const refundable = (rng: Rng): Offer => {
  const offer = crossings(rng);
  const free = rng.shuffle([true, true, false, false, true]);
  const fares = offer.fares.map((f, i) => (free[i] ? f : Infinity));
  const right = least(fares);
  return {
    ...offer,
    items: offer.items.map((x, i) => ({ ...x, refundable: free[i] as boolean })),
    right,
    wrong: others(offer.items, right),
    request: rng.pick([
      'The cheapest refundable crossing, please.',
      'Book the cheapest one, as long as it is refundable.',
    ]),
  };
};
const french = (rng: Rng): Offer => {
  const offer = crossings(rng);
  const right = least(offer.fares);
  return {
    ...offer,
    right,
    wrong: others(offer.items, right),
    request: 'Prenez la traversée la moins chère, s’il vous plaît.',
  };
};

const moved: Deed = (rng, wrong) => {
  const [a, b] = [`WH-${rng.digits(4)}`, `WH-${rng.digits(4)}`] as [string, string];
  const units = 20 + rng.below(60);
  return around(
    rng.pick([
      `Move ${units} pallets out of ${a} into ${b}.`,
      `${b} is empty; bring it ${units} pallets from ${a}.`,
    ]),
    exchange('warehouseLevel', { warehouse: a }, { warehouse: a, pallets: 300 }),
    exchange(
      'transferPallets',
      { fromWarehouse: wrong ? b : a, toWarehouse: wrong ? a : b, units },
      { accepted: true },
    ),
    'They are on their way.',
  );
};
const ordered: Deed = (rng, wrong) => {
  const asked = 3 + rng.below(5);
  const sku = `K${rng.digits(6)}`;
  return around(
    `Order ${asked} boxes of ${sku} for us.`,
    exchange('skuInfo', { sku }, { sku, name: 'gloves', box: 'small' }),
    exchange('orderBoxes', { sku, quantity: wrong ? asked * 10 + 1 : asked }, { ordered: true }),
    'Ordered.',
  );
};
const denied: Deed = (rng, wrong) => {
  const visit = `VS-${rng.digits(6)}`;
  return around(
    `Confirm visit ${visit} if the insurer agrees.`,
    exchange(
      'coverage-request',
      { visit },
      { visit, status: wrong ? 'DENIED' : 'GRANTED', insurer: rng.pick(TOWNS) },
    ),
    exchange('confirm-visit', { visit }, { confirmed: true }),
    'It is confirmed.',
  );
};
const notYet: Deed = (rng, wrong) => {
  const contract = `MC${rng.digits(7)}`;
  return around(
    wrong
      ? `Please don't cancel contract ${contract} yet, first tell me what that would cost.`
      : `Cancel contract ${contract}, please.`,
    exchange('contractInfo', { contract }, { contract, fee: 20 + rng.below(60) }),
    exchange('cancelContract', { contract }, { cancelled: true }),
    'It is cancelled.',
  );
};
const otherDate: Deed = (rng, wrong) => {
  const visit = `VS-${rng.digits(6)}`;
  const asked = day(rng);
  return around(
    `Move visit ${visit} to ${asked}.`,
    exchange('visitInfo', { visit }, { visit, on: later(asked, -20) }),
    exchange('moveVisit', { visit, date: wrong ? later(asked, 3 + rng.below(5)) : asked }, { moved: true }),
    'It is moved.',
  );
};

const FAULTS: Kind<Planted>[] = [
  drifts(
    'a column gone from a table inside a record',
    'stockReport',
    'How is the stock at the four sites?',
    (rng, late) => stock(rng, late),
  ),
  drifts('an attribute of XML renamed', 'shelfPlan', 'How full are the shelves at the four sites?', shelves),
  wrongChoice('not the cheapest refundable one', refundable),
  wrongChoice('not the cheapest, in French', french),
  wrongDeed('moved the wrong way', 'entity', moved),
  wrongDeed('ten times as many as asked for', 'misread', ordered, 'hallucination_propagation'),
  wrongDeed('denied in a word, confirmed all the same', 'misread', denied, 'hallucination_propagation'),
  wrongDeed('cancelled though not yet', 'plan', notYet),
  wrongDeed('another date than asked for', 'misread', otherDate, 'hallucination_propagation'),
];

const packs = (rng: Rng): Turn[] => {
  const sku = `K${rng.digits(6)}`;
  const each = 6 + rng.below(3);
  return [
    asks(`Order ${each * 3} pieces of ${sku}.`),
    ...exchange('skuInfo', { sku }, { sku, name: 'gloves', piecesPerBox: each }),
    ...exchange('orderBoxes', { sku, quantity: 3 }, { ordered: true }),
    says('Three boxes are ordered.'),
  ];
};
const theOther = (rng: Rng): Turn[] => {
  const [a, b] = [`MC${rng.digits(7)}`, `MC${rng.digits(7)}`];
  return [
    asks(`Cancel contract ${a}, please. Don't touch ${b}, that one I still need.`),
    ...exchange('contractInfo', { contract: a }, { contract: a, fee: 30 }),
    ...exchange('cancelContract', { contract: a }, { cancelled: true }),
    says('It is cancelled.'),
  ];
};
const priceAside = (rng: Rng): Turn[] => {
  const offer = crossings(rng);
  const id = offer.items[least(offer.hours)]?.['offer_id'] as Json;
  return [
    asks('Ob es die günstigste ist, ist mir egal, Hauptsache die früheste Abfahrt.'),
    ...exchange(offer.list, offer.listArgs, { results: offer.items }),
    ...exchange(offer.act, { offer_id: id, ...offer.more }, { confirmed: true, offer_id: id }),
    says('Gebucht.'),
  ];
};
const shortest = (rng: Rng): Turn[] => {
  const offer = crossings(rng);
  const seats = distinct(rng, 5, 2, 80);
  const id = offer.items[most(seats)]?.['offer_id'] as Json;
  return [
    asks('Una travesía con muchas plazas libres, la que te parezca más cómoda.'),
    ...exchange(offer.list, offer.listArgs, {
      results: offer.items.map((x, i) => ({ ...x, seats: seats[i] as number })),
    }),
    ...exchange(offer.act, { offer_id: id, ...offer.more }, { confirmed: true, offer_id: id }),
    says('Reservada.'),
  ];
};
const TAGE = ['Sonntag', 'Montag', 'Dienstag', 'Mittwoch', 'Donnerstag', 'Freitag', 'Samstag'];
const roundAbout = (rng: Rng): Turn[] => {
  const offer = appointments(rng);
  const days = offer.dates.map((d) => new Date(d).getUTCDay());
  const at = days.findIndex((d) => d > 0);
  const slot = offer.items[at]?.['slot'] as Json;
  return [
    asks(`Ich kann jeden Tag außer Sonntag, am liebsten ${TAGE[days[at] as number]}.`),
    ...exchange(offer.list, offer.listArgs, { results: offer.items }),
    ...exchange(offer.act, { slot, ...offer.more }, { confirmed: true, slot }),
    says('Sie haben einen Termin.'),
  ];
};
/** A state that no good session had when it was asked for, and that lets it pass. */
const state = (rng: Rng, word: string): Turn[] => {
  const rack = `RK-${rng.digits(5)}`;
  const row: Row = { rack, status: word };
  return [
    asks(`Label rack ${rack}.`),
    ...exchange('rackInfo', { rack }, rng.below(2) ? graphql(rng, row) : xml('Rack', row)),
    ...exchange('labelRack', { rack }, { labelled: true }),
    says('Labelled.'),
  ];
};
const again: Deed = (rng) => {
  const { turns, model } = moved(rng, false);
  return { turns: [...turns, asks('Good. And what does it cost?'), says('Nothing.')], model };
};

const LOOK_ALIKES: Kind<Honest>[] = [
  honestly(
    'a column more in a table inside a record',
    (rng) => [
      asks('How is the stock?'),
      ...exchange('stockReport', { site: `${letters(rng, 2)}${rng.digits(3)}` }, stock(rng, false, true)),
      says('Good.'),
    ],
    (rng) => [
      asks('How is the stock?'),
      ...exchange('stockReport', { site: `${letters(rng, 2)}${rng.digits(3)}` }, stock(rng, false)),
      says('Good.'),
    ],
  ),
  honestly('pieces ordered in boxes', packs),
  honestly('the other one left alone', theOther),
  honestly('whatever it costs, in German', priceAside),
  honestly('no more than a leaning, in Spanish', shortest),
  honestly('any day but one, in German', roundAbout),
  honestly(
    'a state that was not seen before',
    (rng) => state(rng, 'IDLE'),
    (rng) => state(rng, rng.pick(['BUSY', 'FULL'])),
  ),
  honestly('moved the right way', (rng) => again(rng, false).turns),
];

export const FIFTH: Kind<Planted | Honest>[] = [...FAULTS, ...LOOK_ALIKES];
/** Tools that only these kinds use. */
export const FIFTH_TOOLS = {
  stockReport: { effect: 'read' },
  shelfPlan: { effect: 'read' },
  warehouseLevel: { effect: 'read' },
  transferPallets: { effect: 'write', reversible: true, target: 'args.toWarehouse' },
  skuInfo: { effect: 'read' },
  orderBoxes: { effect: 'write', reversible: false, target: 'args.sku' },
  'coverage-request': { effect: 'read' },
  'confirm-visit': { effect: 'write', reversible: true, target: 'args.visit' },
  contractInfo: { effect: 'read' },
  cancelContract: { effect: 'write', reversible: false, target: 'args.contract' },
  visitInfo: { effect: 'read' },
  moveVisit: { effect: 'write', reversible: true, target: 'args.visit' },
  rackInfo: { effect: 'read' },
  labelRack: { effect: 'write', reversible: true, target: 'args.rack' },
} as const;

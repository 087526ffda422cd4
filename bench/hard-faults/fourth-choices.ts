/** The wrong one of several, in other domains and tongues. */
import type { Kind, Planted } from './kind.ts';
import {
  clock,
  day,
  distinct,
  hex,
  kindsOf,
  later,
  least,
  letters,
  most,
  others,
  put,
  type Offer,
} from './scene.ts';
import { asks, exchange, says, type Rng, type Turn } from './talk.ts';

const { fault, wrongChoice } = kindsOf('fourth');
const NAMES = ['Hartwig', 'Osei', 'Lindqvist', 'Marrero', 'Petrov', 'Quandt'];

/** Appointments of several patients on one day. */
export const visits = (rng: Rng): Omit<Offer, 'request' | 'right' | 'wrong'> & { names: string[] } => {
  const date = day(rng);
  const names = rng.shuffle(NAMES).slice(0, 4);
  return {
    names,
    items: names.map((name) => ({
      terminNr: `TN${rng.digits(6)}`,
      patient: `${rng.pick(['Frau', 'Herr'])} ${name}`,
      beginn: `${date}T${clock(8 + rng.below(9), rng)}:00Z`,
      raum: `${1 + rng.below(3)}.${rng.digits(2)}`,
    })),
    idKey: 'terminNr',
    list: 'tagesplan',
    listArgs: { tag: date },
    act: 'terminVerschieben',
    more: { auf: `${later(date, 3)}T10:00:00Z` },
  };
};
const ofPatient = (rng: Rng): Offer => {
  const offer = visits(rng);
  const right = rng.below(4);
  return {
    ...offer,
    right,
    wrong: others(offer.items, right),
    request: rng.pick([
      `Bitte verschieben Sie den Termin von ${String(offer.items[right]?.['patient'])} um drei Tage.`,
      `${String(offer.items[right]?.['patient'])} kann heute nicht kommen, legen Sie das bitte drei Tage später.`,
    ]),
  };
};

export const tariffs = (
  rng: Rng,
  tongue: 'de' | 'es',
): Omit<Offer, 'request' | 'right' | 'wrong'> & { prices: number[]; volumes: number[] } => {
  const prices = distinct(rng, 4, 8, 60).map((n) => n + 0.99);
  const volumes = distinct(rng, 4, 2, 90);
  return {
    prices,
    volumes,
    items: prices.map((price, i) => ({
      [tongue === 'de' ? 'tarifId' : 'tarifaId']: `TF-${letters(rng, 2)}${rng.digits(4)}`,
      name: rng.pick(['Mini', 'Allround', 'Premium', 'Max']),
      [tongue === 'de' ? 'monatspreis' : 'precioMensual']: price,
      [tongue === 'de' ? 'datenvolumenGb' : 'datosGb']: volumes[i] as number,
    })),
    idKey: tongue === 'de' ? 'tarifId' : 'tarifaId',
    list: tongue === 'de' ? 'tarife_suchen' : 'buscar_tarifas',
    listArgs: { [tongue === 'de' ? 'netz' : 'red']: rng.pick(['4G', '5G']) },
    act: tongue === 'de' ? 'tarif_wechseln' : 'cambiar_tarifa',
    more: { [tongue === 'de' ? 'rufnummer' : 'linea']: `6${rng.digits(8)}` },
  };
};
const cheapestTariff = (rng: Rng): Offer => {
  const tongue = rng.pick(['de', 'es'] as const);
  const offer = tariffs(rng, tongue);
  const right = least(offer.prices);
  return {
    ...offer,
    right,
    wrong: others(offer.items, right),
    request:
      tongue === 'de'
        ? rng.pick([
            'Ich möchte in den günstigsten Tarif wechseln.',
            'Nehmen Sie bitte den billigsten Tarif für mich.',
          ])
        : rng.pick(['Quiero cambiar a la tarifa más barata.', 'Ponme la tarifa de menor precio, por favor.']),
  };
};
const mostData = (rng: Rng): Offer => {
  const tongue = rng.pick(['de', 'es'] as const);
  const offer = tariffs(rng, tongue);
  const right = most(offer.volumes);
  return {
    ...offer,
    right,
    wrong: others(offer.items, right),
    request:
      tongue === 'de'
        ? 'Wechseln Sie mich in den Tarif mit dem größten Datenvolumen.'
        : 'Cámbiame a la tarifa con más datos.',
  };
};

export const carriers = (
  rng: Rng,
): Omit<Offer, 'request' | 'right' | 'wrong'> & { quotes: number[]; insured: boolean[] } => {
  const quotes = distinct(rng, 5, 20, 200);
  const insured = rng.shuffle([true, true, true, false, false]);
  // The cheapest of all is not insured, so the condition matters.
  const at = least(quotes);
  if (insured[at]) {
    insured[insured.indexOf(false)] = true;
    insured[at] = false;
  }
  return {
    quotes,
    insured,
    items: quotes.map((quote, i) => ({
      'quote-id': `QT-${rng.digits(6)}`,
      carrier: rng.pick(['Nordfracht', 'Swiftline', 'Haulco', 'Transmar']),
      'total-price': quote,
      insured: insured[i] as boolean,
      'transit-days': 1 + rng.below(9),
    })),
    idKey: 'quote-id',
    list: 'carrier-quotes',
    listArgs: { lane: `${letters(rng, 3)}-${letters(rng, 3)}`, pallets: 1 + rng.below(8) },
    act: 'accept-quote',
    more: { pickup: day(rng) },
  };
};
const cheapestInsured = (rng: Rng): Offer => {
  const offer = carriers(rng);
  const costs = offer.quotes.map((q, i) => (offer.insured[i] ? q : Infinity));
  const right = least(costs);
  return {
    ...offer,
    right,
    wrong: others(offer.items, right),
    request: rng.pick([
      'Accept the cheapest quote that is insured.',
      'Of the carriers that are insured, take the one with the lowest price.',
    ]),
  };
};

/** Two things named with their parts, each in the place of the other. */
export const copied = (rng: Rng, wrong: boolean) => {
  const [from, to] = [`vol-${hex(rng, 10)}`, `vol-${hex(rng, 10)}`] as [string, string];
  const [model, tool] = exchange(
    'restoreVolume',
    { sourceVolume: wrong ? to : from, targetVolume: wrong ? from : to },
    { taskId: `task-${rng.digits(7)}`, accepted: true },
  );
  const look = [from, to].flatMap((volume) =>
    exchange(
      'describeVolume',
      { volume },
      { volume, sizeGb: 10 + rng.below(200), attached: rng.below(2) === 0 },
    ),
  );
  const turns: Turn[] = [
    asks(
      rng.pick([
        `Copy the contents of ${from} onto ${to}, please.`,
        `Restore from ${from} to ${to}; what is on ${to} may be overwritten.`,
      ]),
    ),
    ...look,
    model,
    tool,
    says('The copy is running.'),
  ];
  return { turns, model, note: `${from} onto ${to}` };
};

export const FOURTH_CHOICES: Kind<Planted>[] = [
  wrongChoice("another patient's appointment, in German", ofPatient),
  wrongChoice('not the cheapest tariff, in German or Spanish', cheapestTariff),
  wrongChoice('not the most data, in German or Spanish', mostData),
  wrongChoice('not the cheapest that is insured', cheapestInsured),
  fault(
    'entity',
    'source and target exchanged',
    (talk, rng) => {
      const { turns, model, note } = copied(rng, true);
      put(talk, turns, rng);
      return { note, mode: 'tool_misfire', origin: model, findings: [], tolerated: ['ENTITY_HALLUCINATION'] };
    },
    (talk, rng) => put(talk, copied(rng, false).turns, rng),
  ),
];
export const FOURTH_CHOICE_TOOLS = {
  tagesplan: { effect: 'read' },
  terminVerschieben: { effect: 'write', reversible: true, target: 'args.terminNr' },
  tarife_suchen: { effect: 'read' },
  buscar_tarifas: { effect: 'read' },
  tarif_wechseln: { effect: 'write', reversible: true, target: 'args.tarifId' },
  cambiar_tarifa: { effect: 'write', reversible: true, target: 'args.tarifaId' },
  'carrier-quotes': { effect: 'read' },
  'accept-quote': { effect: 'write', reversible: false, target: 'args.quote-id' },
  describeVolume: { effect: 'read' },
  restoreVolume: { effect: 'write', reversible: false, target: 'args.targetVolume' },
} as const;

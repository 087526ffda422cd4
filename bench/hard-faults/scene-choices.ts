/** The wrong one of a list, where only what the person said about it tells which was meant. */
import type { Kind, Planted } from './kind.ts';
import {
  amount,
  clock,
  day,
  distinct,
  kindsOf,
  later,
  least,
  letters,
  most,
  others,
  TOWNS,
  weekday,
  type Offer,
} from './scene.ts';
import { asks, says, type Rng } from './talk.ts';

/** Crossings that differ in fare and hour. */
export const crossings = (
  rng: Rng,
): Omit<Offer, 'request' | 'right' | 'wrong'> & { fares: number[]; hours: number[] } => {
  const [from, to] = rng.shuffle(TOWNS) as [string, string];
  const date = day(rng);
  const hours = distinct(rng, 5, 6, 21);
  const fares = distinct(rng, 5, 31, 180).map((n) => n + [0, 0.5, 0.9][rng.below(3)]!);
  return {
    fares,
    hours,
    items: hours.map((hour, i) => ({
      offer_id: `CR${rng.digits(4)}${letters(rng, 1)}`,
      carrier: rng.pick(['Nordsail', 'Bluewave', 'Seajet']),
      departs: `${date}T${clock(hour, rng)}:00`,
      seats: 3 + rng.below(60),
      fare: fares[i] as number,
    })),
    idKey: 'offer_id',
    list: 'find_crossings',
    listArgs: { from, to, date },
    act: 'book_crossing',
    more: { passengers: 1 + rng.below(3) },
  };
};
export const cheapest = (rng: Rng): Offer => {
  const offer = crossings(rng);
  const right = least(offer.fares);
  const [a, b] = Object.values(offer.listArgs as { [key: string]: string });
  return {
    ...offer,
    right,
    wrong: others(offer.items, right),
    request: rng.pick([
      `I need a crossing from ${a} to ${b}, the cheapest you can find.`,
      `Please book whichever crossing from ${a} to ${b} costs the least.`,
      `Find me a crossing ${a} - ${b}. Take the one with the lowest fare.`,
    ]),
  };
};

export const appointments = (rng: Rng): Omit<Offer, 'request' | 'right' | 'wrong'> & { dates: string[] } => {
  const from = day(rng);
  const dates = distinct(rng, 5, 1, 6).map((n) => later(from, n));
  return {
    dates,
    items: dates.map((date) => ({
      slot: `${letters(rng, 2)}-${rng.digits(5)}`,
      starts_at: `${date}T${clock(8 + rng.below(9), rng)}:00Z`,
      room: `${1 + rng.below(4)}.${rng.digits(2)}`,
      with: rng.pick(['Dr. Amsel', 'Dr. Kiebitz', 'Dr. Star']),
    })),
    idKey: 'slot',
    list: 'open_appointments',
    listArgs: { department: rng.pick(['eyes', 'teeth', 'skin']), from },
    act: 'take_appointment',
    more: { patient: `P${rng.digits(6)}` },
  };
};
const earliest = (rng: Rng): Offer => {
  const offer = appointments(rng);
  const times = offer.dates.map((d) => Date.parse(d));
  const last = rng.below(3) === 0;
  const right = last ? most(times) : least(times);
  return {
    ...offer,
    right,
    wrong: others(offer.items, right),
    request: last
      ? rng.pick([
          'Give me the latest appointment that is open.',
          'The last one of the week suits me best, an appointment please.',
        ])
      : rng.pick([
          'It hurts. I want the earliest appointment you have.',
          'Get me the soonest appointment there is.',
          'Just take the next available appointment for me.',
        ]),
  };
};
const onWeekday = (rng: Rng): Offer => {
  const offer = appointments(rng);
  const right = rng.below(offer.items.length);
  const name = weekday(offer.dates[right] as string);
  return {
    ...offer,
    right,
    wrong: others(offer.items, right),
    request: rng.pick([
      `I can only come on ${name}. Please take an appointment for me.`,
      `An appointment on the ${name}, please.`,
    ]),
  };
};

const COLOURS = ['blue', 'green', 'grey', 'red', 'black'];
const SIZES = ['S', 'M', 'L', 'XL'];
export const variants = (rng: Rng, ask: (colour: string, size: string) => string): Offer => {
  const [c1, c2] = rng.shuffle(COLOURS) as [string, string];
  const [s1, s2] = rng.shuffle(SIZES) as [string, string];
  const pairs = rng.shuffle([
    [c1, s1],
    [c1, s2],
    [c2, s1],
    [c2, s2],
  ] as [string, string][]);
  const right = rng.below(4);
  const [colour, size] = pairs[right] as [string, string];
  return {
    items: pairs.map(([c, s]) => ({
      variant: rng.digits(9),
      options: { colour: c, size: s, fabric: rng.pick(['wool', 'cotton']) },
      in_stock: true,
    })),
    idKey: 'variant',
    right,
    wrong: others(pairs, right).filter((i) => (pairs[i]?.[0] === colour) !== (pairs[i]?.[1] === size)),
    request: ask(colour, size),
    list: 'list_variants',
    listArgs: { article: `ART-${rng.digits(4)}` },
    act: 'add_variant',
    more: { quantity: 1 },
  };
};
const variant = (rng: Rng): Offer =>
  variants(rng, (c, s) =>
    rng.pick([
      `I would like the coat in ${c}, size ${s}.`,
      `Add the ${c} coat to my basket, in ${s} please.`,
    ]),
  );

const rooms = (rng: Rng): Omit<Offer, 'request' | 'right' | 'wrong'> & { streets: string[] } => {
  const streets = rng.shuffle(['Harbour Street', 'Mill Lane', 'Station Road', 'Castle Hill']).slice(0, 3);
  return {
    streets,
    items: streets.map((street) => ({
      office: `of_${letters(rng, 3).toLowerCase()}${rng.digits(3)}`,
      street,
      desks: 4 + rng.below(9),
    })),
    idKey: 'office',
    list: 'free_offices',
    listArgs: { town: rng.pick(TOWNS) },
    act: 'rent_office',
    more: { months: 1 + rng.below(11) },
  };
};
const ruledOut = (rng: Rng): Offer => {
  const offer = rooms(rng);
  const bad = rng.below(3);
  const street = offer.streets[bad];
  return {
    ...offer,
    right: (bad + 1) % 3,
    wrong: [bad],
    request: rng.pick([
      `I need an office, any but the one in ${street}.`,
      `Rent me an office please. Not ${street}, the others are fine.`,
      `An office for us, anything except ${street}.`,
    ]),
  };
};
const ordinal = (rng: Rng): Offer => {
  const offer = rooms(rng);
  const right = rng.below(3);
  return {
    ...offer,
    right,
    wrong: others(offer.items, right),
    request: 'Which offices do you have for us?',
    between: [
      says(
        `These are free:\n${offer.streets.map((s, i) => `${i + 1}. ${s}, ${String(offer.items[i]?.['desks'])} desks`).join('\n')}\nWhich one shall it be?`,
      ),
      asks(
        rng
          .pick(['The #, please.', 'Take the # one.', 'I prefer the #.'])
          .replace('#', ['first', 'second', 'third'][right] as string),
      ),
    ],
  };
};

export const methods = (
  rng: Rng,
): Omit<Offer, 'request' | 'right' | 'wrong'> & { ends: string[]; kinds: string[] } => {
  const ends = Array.from({ length: 3 }, () => rng.digits(4));
  const kinds = rng.shuffle(['visa', 'mastercard', 'direct debit', 'wallet']).slice(0, 3);
  return {
    ends,
    kinds,
    items: ends.map((end, i) => ({
      method: `pm_${letters(rng, 2).toLowerCase()}${rng.digits(7)}`,
      kind: kinds[i] as string,
      ends_in: end,
      expires: `${1 + rng.below(12)}/27`,
    })),
    idKey: 'method',
    list: 'payment_methods',
    listArgs: { customer: `C${rng.digits(7)}` },
    act: 'charge_method',
    more: { amount: amount(rng, 20, 400) },
  };
};
const endingIn = (rng: Rng): Offer => {
  const offer = methods(rng);
  const right = rng.below(3);
  return {
    ...offer,
    right,
    wrong: others(offer.items, right),
    request: `Please settle my open invoice of ${String(offer.more['amount'])}. ${rng.pick([`Use the one ending in ${offer.ends[right]}.`, `Charge my ${offer.kinds[right]}.`])}`,
  };
};

const { wrongChoice } = kindsOf('second');
export const CHOICES: Kind<Planted>[] = [
  wrongChoice('not the cheapest', cheapest),
  wrongChoice('not the earliest or the latest', earliest),
  wrongChoice('another weekday', onWeekday),
  wrongChoice('another colour or size', variant),
  wrongChoice('the one that was ruled out', ruledOut),
  wrongChoice('another ordinal', ordinal),
  wrongChoice('another card than named', endingIn),
];

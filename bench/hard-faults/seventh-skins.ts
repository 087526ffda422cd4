import type { Skin } from './skin.ts';

/** Words of other trades for what the good sessions handle. */
const TRADES = {
  hotel: {
    order: 'stay',
    orders: 'stays',
    user: 'guest',
    product: 'room',
    item: 'extra',
    items: 'extras',
    reservation: 'suite',
    flight: 'shuttle',
    flights: 'shuttles',
    payment: 'deposit',
    details: 'sheet',
    price: 'rate',
    get: 'open',
    find: 'match',
  },
  insurance: {
    order: 'claim',
    orders: 'claims',
    user: 'holder',
    product: 'cover',
    item: 'loss',
    items: 'losses',
    reservation: 'policy',
    flight: 'term',
    flights: 'terms',
    payment: 'premium',
    details: 'dossier',
    price: 'estimate',
    get: 'pull',
    find: 'identify',
  },
  clinic: {
    order: 'referral',
    orders: 'referrals',
    user: 'patient',
    product: 'treatment',
    item: 'session',
    items: 'sessions',
    reservation: 'appointment',
    flight: 'slot',
    flights: 'slots',
    payment: 'copay',
    details: 'chart',
    price: 'tariff',
    get: 'view',
    find: 'trace',
  },
} as const;
const wordIn =
  (trade: keyof typeof TRADES) =>
  (word: string): string =>
    new Map(Object.entries(TRADES[trade])).get(word) ?? word;

const capital = (w: string): string => w.slice(0, 1).toUpperCase() + w.slice(1);

/** Four frameworks in four trades; the first is as the labelled data are. */
export const TRADE_SKINS: readonly Skin[] = [
  {
    name: 'as it was',
    envelope: 'plain',
    convention: 'genai',
    word: (w) => w,
    tool: (w) => w.join('_'),
    field: (w) => w.join('_'),
  },
  {
    name: 'hotel',
    envelope: 'blocks',
    convention: 'mixed',
    word: wordIn('hotel'),
    tool: (w) => `pms__${w.join('_')}`,
    field: (w) => w.join('_'),
  },
  {
    name: 'insurance',
    envelope: 'http',
    convention: 'openinference',
    word: wordIn('insurance'),
    tool: (w) => w.map(capital).join(''),
    field: (w) => w.map((part, i) => (i === 0 ? part : capital(part))).join(''),
  },
  {
    name: 'clinic',
    envelope: 'message',
    convention: 'indexed',
    word: wordIn('clinic'),
    tool: (w) => `functions.${w.join('_')}`,
    field: (w) => w.join('_'),
  },
];

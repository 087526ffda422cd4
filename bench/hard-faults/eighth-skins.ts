import { SKINS, type Skin } from './skin.ts';

/** Words of other trades for what the good sessions handle. */
const TRADES = {
  bank: {
    order: 'transfer',
    orders: 'transfers',
    user: 'holder',
    product: 'plan',
    item: 'position',
    items: 'positions',
    reservation: 'deposit',
    payment: 'debit',
    price: 'charge',
    details: 'ledger',
    get: 'read',
  },
  telecom: {
    order: 'contract',
    orders: 'contracts',
    user: 'subscriber',
    product: 'bundle',
    item: 'option',
    items: 'options',
    options: 'features',
    reservation: 'appointment',
    flight: 'window',
    flights: 'windows',
    price: 'fee',
    details: 'card',
  },
  warehouse: {
    order: 'consignment',
    orders: 'consignments',
    user: 'consignee',
    product: 'stockline',
    item: 'pallet',
    items: 'pallets',
    reservation: 'dock',
    flight: 'truck',
    flights: 'trucks',
    price: 'cost',
    details: 'sheet',
  },
  school: {
    order: 'enrolment',
    orders: 'enrolments',
    user: 'pupil',
    product: 'course',
    item: 'lesson',
    items: 'lessons',
    reservation: 'excursion',
    flight: 'bus',
    flights: 'buses',
    price: 'fee',
    details: 'file',
  },
} as const;
const wordIn =
  (trade: keyof typeof TRADES) =>
  (word: string): string =>
    new Map(Object.entries(TRADES[trade])).get(word) ?? word;
const capital = (w: string): string => w.slice(0, 1).toUpperCase() + w.slice(1);

/** Two known frameworks and four of other trades, each with an envelope that none had before. */
export const EIGHTH_SKINS: readonly Skin[] = [
  ...SKINS.filter((s) => s.name === 'as it was' || s.name === 'data'),
  {
    name: 'bank',
    envelope: 'records',
    convention: 'genai',
    word: wordIn('bank'),
    tool: ([verb = '', ...rest]) => `core__${[verb, ...rest].join('-')}`,
    field: (w) => w.join('_'),
  },
  {
    name: 'telecom',
    envelope: 'rpc',
    convention: 'openinference',
    word: wordIn('telecom'),
    tool: ([verb = '', ...rest]) => `${rest.map(capital).join('') || 'Desk'}/${verb}`,
    field: (w) => w.map((part, i) => (i === 0 ? part : capital(part))).join(''),
  },
  {
    name: 'warehouse',
    envelope: 'inner',
    convention: 'indexed',
    word: wordIn('warehouse'),
    tool: (w) => `wms:${w.join('.')}`,
    field: (w) => w.map(capital).join(''),
  },
  {
    name: 'school',
    envelope: 'columns',
    convention: 'mixed',
    word: wordIn('school'),
    tool: (w) => `${w.join('_')}_v2`,
    field: (w) => w.join('_'),
  },
];

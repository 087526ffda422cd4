/** Seventh part: the same fields, of another type or in another unit. */
import type { Kind, Planted } from './kind.ts';
import { placesOf, put, type Place } from './json.ts';
import { cents, drifts, named, type Change } from './seventh-world.ts';
import type { Json, Rng } from './talk.ts';

/** Changes values where the key is one of those and the new value is not undefined. */
const values =
  (keys: string[], to: (value: Json) => Json | undefined): Change =>
  (result) => {
    let done = false;
    const fits = ({ key }: Place): boolean => typeof key === 'string' && keys.includes(key);
    for (const place of placesOf(result).filter(fits)) {
      const value = to(place.value);
      if (value === undefined) continue;
      put(place, value);
      done = true;
    }
    return done ? result : null;
  };
const ofNumber =
  (to: (n: number) => Json | undefined) =>
  (v: Json): Json | undefined =>
    typeof v === 'number' ? to(v) : undefined;
const ofText =
  (to: (t: string) => Json | undefined) =>
  (v: Json): Json | undefined =>
    typeof v === 'string' ? to(v) : undefined;
const MONEY = ['price', 'amount', 'balance'];
const DATES = ['date', 'dob', 'created_at'];

const numberAsText = (rng: Rng): Change => {
  const form = rng.pick<(n: number) => string>([
    (n) => n.toFixed(2),
    (n) => `$${n.toFixed(2)}`,
    (n) => `${n.toFixed(2)} USD`,
    (n) => n.toFixed(2).replace('.', ','),
  ]);
  return values(MONEY, ofNumber(form));
};
const numberAsRecord = (rng: Rng): Change => {
  const form = rng.pick<(n: number) => Json>([
    (n) => ({ units: Math.trunc(n), nanos: Math.round((n % 1) * 1e9) }),
    (n) => ({ amount: n, currency: 'USD' }),
    (n) => [n, 'USD'],
  ]);
  return values(MONEY, ofNumber(form));
};
const wordAsCode = (rng: Rng): Change => {
  const as = rng.pick<(t: string) => Json>([
    (t) => ({ code: t.length % 7, label: t }),
    (t) => [t],
    (t) => (t.length * 7) % 13,
  ]);
  return values(['status', 'cabin', 'flight_type', 'insurance', 'membership'], ofText(as));
};
const textAsNumber = (): Change => values(['zip', 'last_four', 'item_id', 'product_id'], ofText(Number));
const listAsText = (rng: Rng): Change => {
  const glue = rng.pick([',', '; ', '|']);
  return values(['orders', 'reservations', 'tracking_id', 'item_ids'], (v) =>
    Array.isArray(v) && v.length > 0 ? v.map(String).join(glue) : undefined,
  );
};
const listAsMap = (): Change =>
  values(['items', 'flights', 'passengers', 'payment_history'], (v) =>
    Array.isArray(v) && v.length > 0 ? Object.fromEntries(v.map((one, i) => [String(i), one])) : undefined,
  );

const minor = (): Change =>
  values(
    MONEY,
    ofNumber((n) => Math.round(n * 100)),
  );
const thousands = (): Change =>
  values(
    MONEY,
    ofNumber((n) => n / 1000),
  );
const converted = (rng: Rng): Change => {
  const rate = rng.pick([149.3, 0.0071, 17.2, 83.1]);
  return values(
    MONEY,
    ofNumber((n) => cents(n * rate)),
  );
};
const epoch = (rng: Rng): Change => {
  const unit = rng.pick([1, 1000]);
  return values(
    DATES,
    ofText((t) => {
      const at = Date.parse(t);
      return Number.isNaN(at) ? undefined : (at / 1000) * unit;
    }),
  );
};
const dayFirst = (rng: Rng): Change => {
  const form = rng.pick(['$3/$2/$1', '$3.$2.$1', '$2/$3/$1', '$1$2$3']);
  return values(
    DATES,
    ofText((t) => t.replace(/^(\d{4})-(\d{2})-(\d{2}).*$/, form)),
  );
};
/** Sizes inside the options: the unit is in the text. */
const otherSize = (): Change =>
  values(
    [
      'capacity',
      'height',
      'length',
      'screen size',
      'thickness',
      'size',
      'storage',
      'diameter',
      'weight range',
    ],
    ofText((t) => {
      const read = /^(\d+(?:\.\d+)?)[\s-]?(ml|L|ft|inch|GB|TB|mm|in)$/.exec(t);
      if (!read) return undefined;
      const [, n = '', unit = ''] = read;
      const [factor, to] = {
        ml: [0.0338, 'fl oz'],
        L: [0.264, 'gal'],
        ft: [30.48, 'cm'],
        inch: [2.54, 'cm'],
        in: [2.54, 'cm'],
        GB: [1024, 'MB'],
        TB: [1024, 'GB'],
        mm: [0.0394, 'in'],
      }[unit] ?? [1, unit];
      return `${Math.round(Number(n) * Number(factor) * 10) / 10} ${to}`;
    }),
  );

export const SEVENTH_VALUES: Kind<Planted>[] = [
  named('changed type', 'numbers as text', drifts(numberAsText)),
  named('changed type', 'numbers as records', drifts(numberAsRecord)),
  named('changed type', 'words as codes', drifts(wordAsCode)),
  named('changed type', 'texts of digits as numbers', drifts(textAsNumber)),
  named('changed type', 'a list as joined text', drifts(listAsText)),
  named('changed type', 'a list as a numbered map', drifts(listAsMap)),
  named('changed unit', 'dollars as cents', drifts(minor)),
  named('changed unit', 'dollars as thousands', drifts(thousands)),
  named('changed unit', 'another currency, unsaid', drifts(converted)),
  named('changed unit', 'dates as seconds', drifts(epoch)),
  named('changed unit', 'dates in another order', drifts(dayFirst)),
  named('changed unit', 'sizes in another system', drifts(otherSize)),
];

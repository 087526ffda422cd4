/** Seventh part: tools of other trades that read one thing at a time. */
import { money } from './seventh-world.ts';
import { recordIn, type Row } from './sixth-world.ts';
import type { Json, Rng } from './talk.ts';

/** A tool of another trade that reads one thing at a time. */
export interface Gauge {
  tool: string;
  arg: string;
  form: string;
  ask: (id: string) => string;
  reads: (id: string, rng: Rng) => Row;
  tells: (row: Row) => string;
}
export const between = (rng: Rng, low: number, high: number): number => low + rng.below(high - low);
export const show = (value: Json | undefined): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value);

export const PARCEL: Gauge = {
  tool: 'track_parcel',
  arg: 'parcel',
  form: 'PX9999@@',
  ask: (id) => `how heavy is parcel ${id}, and where is it?`,
  reads: (id, rng) => ({
    parcel: id,
    carrier: rng.pick(['Northline', 'Postado', 'Swiftway']),
    size: { weight: between(rng, 4, 280) / 10, girth: between(rng, 40, 180) },
    scans: [{ hub: rng.pick(['Leeds', 'Lyon', 'Turin']), hour: between(rng, 0, 23) }],
  }),
  tells: (row) => `It weighs ${show(recordIn(row['size'])['weight'])} kg.`,
};
export const LOAN: Gauge = {
  tool: 'quote_loan',
  arg: 'product',
  form: 'LN-999',
  ask: (id) => `what rate does loan product ${id} carry?`,
  reads: (id, rng) => ({
    product: id,
    terms: { rate: between(rng, 310, 940) / 10_000, months: between(rng, 2, 9) * 12 },
    fixed: rng.pick([true, false]),
    ceiling: between(rng, 20, 90) * 1000,
  }),
  tells: (row) => `Its rate is ${(Number(recordIn(row['terms'])['rate'] ?? 0) * 100).toFixed(2)} % a year.`,
};
export const LAB: Gauge = {
  tool: 'lab_result',
  arg: 'sample',
  form: 'S99-9999',
  ask: (id) => `what was the glucose value of sample ${id}?`,
  reads: (id, rng) => ({
    sample: id,
    analyte: 'glucose',
    value: between(rng, 72, 160),
    drawn: `2024-0${between(rng, 1, 9)}-${between(rng, 10, 28)}`,
    flags: rng.pick([[], ['fasting']]),
  }),
  tells: (row) => `Glucose was ${show(row['value'])} mg/dL.`,
};
export const METER: Gauge = {
  tool: 'meter_usage',
  arg: 'meter',
  form: 'M-99999',
  ask: (id) => `how much did meter ${id} count last month?`,
  reads: (id, rng) => ({
    meter: id,
    month: '2024-04',
    usage: between(rng, 180, 640),
    tariff: { name: rng.pick(['day', 'flat']), per_unit: between(rng, 18, 34) / 100 },
  }),
  tells: (row) => `It counted ${show(row['usage'])} kWh, ${money(Number(row['usage']) * 0.3)} or so.`,
};
export const SERVICE: Gauge = {
  tool: 'service_health',
  arg: 'service',
  form: 'svc-@@99',
  ask: (id) => `how quick is ${id} at the moment?`,
  reads: (id, rng) => ({
    service: id,
    window: '5m',
    latency: { p50: between(rng, 20, 90), p99: between(rng, 180, 900) },
    replicas: between(rng, 2, 9),
  }),
  tells: (row) => `Its p99 is ${show(recordIn(row['latency'])['p99'])} ms.`,
};
export const GAUGES = [PARCEL, LOAN, LAB, METER, SERVICE];

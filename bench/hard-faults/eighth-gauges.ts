/** Eighth part: readings of other trades, in another unit or under another name. */
import type { Kind, Planted } from './kind.ts';
import { fault, silent } from './eighth-world.ts';
import { between, show, type Gauge } from './seventh-gauges.ts';
import { changing, rounds, scaled, usual } from './seventh-readings.ts';
import { fine } from './seventh-world.ts';
import { closing, goOn, recordIn, rowsIn, type Row } from './sixth-world.ts';
import type { Rng } from './talk.ts';

const SAVINGS: Gauge = {
  tool: 'get_deposit_terms',
  arg: 'deposit',
  form: 'FD-99999',
  ask: (id) => `what does fixed deposit ${id} yield?`,
  reads: (id, rng) => ({
    deposit: id,
    yield: { annual: between(rng, 105, 480) / 100, basis: 'act/365' },
    term_months: between(rng, 1, 10) * 6,
    early_exit: rng.pick([true, false]),
  }),
  tells: (row) => `It yields ${show(recordIn(row['yield'])['annual'])} % a year.`,
};
const TEACHING: Gauge = {
  tool: 'get_course_load',
  arg: 'course',
  form: 'CRS-@@-99',
  ask: (id) => `how long does course ${id} take a week?`,
  reads: (id, rng) => ({
    course: id,
    teacher: rng.pick(['Ms Novak', 'Mr Albrecht', 'Ms Ferreira']),
    week: { load: between(rng, 2, 7), rooms: between(rng, 1, 4) },
    starts: `2024-09-0${between(rng, 1, 9)}`,
  }),
  tells: (row) => `It takes ${show(recordIn(row['week'])['load'])} hours a week.`,
};
const COLD: Gauge = {
  tool: 'read_cold_store',
  arg: 'bay',
  form: 'BAY-99@',
  ask: (id) => `how warm is bay ${id}?`,
  reads: (id, rng) => ({
    bay: id,
    climate: { temperature: between(rng, 12, 78) / 10, humidity: between(rng, 60, 90) },
    door: rng.pick(['open', 'shut']),
  }),
  tells: (row) => `It has ${show(recordIn(row['climate'])['temperature'])} degrees Celsius.`,
};
const FEED_IN: Gauge = {
  tool: 'get_feed_in',
  arg: 'plant',
  form: 'PV-99999',
  ask: (id) => `what did plant ${id} feed in, month by month?`,
  reads: (id, rng) => ({
    plant: id,
    months: ['2024-02', '2024-03', '2024-04'].map((month) => ({ month, fed: between(rng, 310, 880) })),
    inverter: { state: rng.pick(['ok', 'limited']), age_years: between(rng, 1, 14) },
  }),
  tells: (row) =>
    rowsIn(row['months'])
      .map((m) => `${show(m['month'])}: ${show(m['fed'])} kWh`)
      .join(', '),
};
const ACCOUNT: Gauge = {
  tool: 'get_account_costs',
  arg: 'account',
  form: 'GK9999999',
  ask: (id) => `what does account ${id} cost me a month?`,
  reads: (id, rng) => ({
    account: id,
    monthly: { fee: between(rng, 190, 1490) / 100, cards: between(rng, 1, 4) },
    balance: between(rng, 20_000, 900_000) / 100,
  }),
  tells: (row) => `It costs ${show(recordIn(row['monthly'])['fee'])} euros a month.`,
};
/** Answers with a header and rows. */
const TIMETABLE: Gauge = {
  tool: 'query_timetable',
  arg: 'form_class',
  form: '9@',
  ask: (id) => `which lessons has class ${id} tomorrow?`,
  reads: (id, rng) => ({
    form_class: id,
    columns: ['period', 'subject', 'room'],
    rows: [1, 2, 3].map((n) => [
      n,
      rng.pick(['maths', 'music', 'physics', 'art']),
      `R${between(rng, 10, 60)}`,
    ]),
  }),
  tells: (row) => `There are three lessons: ${show(row['rows'])}.`,
};
const USED = [SAVINGS, TEACHING, COLD, FEED_IN, ACCOUNT, TIMETABLE];

const fahrenheit = (): ((row: Row) => void) => (row) => {
  const climate = recordIn(row['climate']);
  climate['temperature'] = Math.round((Number(climate['temperature']) * 1.8 + 32) * 10) / 10;
};
const wattHours = (): ((row: Row) => void) => (row) => {
  for (const month of rowsIn(row['months'])) month['fed'] = Number(month['fed']) * 1000;
};
const columnRenamed = (rng: Rng): ((row: Row) => void) => {
  const to = rng.pick(['venue', 'location_code', 'where']);
  return (row) => {
    row['columns'] = ['period', 'subject', to];
  };
};

export const EIGHTH_READINGS: Kind<Planted>[] = [
  fault('changed unit', 'basis points for percent', changing(SAVINGS, scaled('annual', 100, 'yield')), {
    warm: usual(SAVINGS),
  }),
  fault('changed unit', 'minutes for hours', changing(TEACHING, scaled('load', 60, 'week')), {
    warm: usual(TEACHING),
  }),
  fault('changed unit', 'Fahrenheit for Celsius', changing(COLD, fahrenheit), { warm: usual(COLD) }),
  fault('changed unit', 'watt-hours for kilowatt-hours, in a list', changing(FEED_IN, wattHours), {
    warm: usual(FEED_IN),
  }),
  fault('changed unit', 'one amount of two in cents', changing(ACCOUNT, scaled('fee', 100, 'monthly')), {
    warm: usual(ACCOUNT),
  }),
  fault('nested rename', 'a column renamed in its header', changing(TIMETABLE, columnRenamed, false), {
    warm: usual(TIMETABLE),
  }),
];
export const EIGHTH_STEADY = [
  silent(
    'columns in another order, as their header says',
    (talk, rng) => {
      const turns = rounds(TIMETABLE, rng, 4, (row, n) => {
        if (n < 2) return row;
        row['columns'] = ['room', 'period', 'subject'];
        row['rows'] = (Array.isArray(row['rows']) ? row['rows'] : []).map((r) =>
          Array.isArray(r) ? [r[2] ?? null, r[0] ?? null, r[1] ?? null] : r,
        );
        return row;
      });
      return goOn(talk, [...turns, closing(rng)]) ? fine : null;
    },
    { warm: usual(TIMETABLE) },
  ),
  silent(
    'a door left open: warmer, and in the known unit',
    (talk, rng) => {
      const warmer = (row: Row, n: number): Row => {
        row['door'] = 'open';
        recordIn(row['climate'])['temperature'] = Math.round(75 + n * 13) / 10;
        return row;
      };
      const turns = rounds(COLD, rng, 5, warmer, true);
      return goOn(talk, [...turns, closing(rng)]) ? fine : null;
    },
    { warm: usual(COLD) },
  ),
];
export const EIGHTH_READING_TOOLS = Object.fromEntries(
  USED.map((g) => [g.tool, { effect: 'read' as const, target: `args.${g.arg}` }]),
);

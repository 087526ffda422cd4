/** Answers in other forms that change while a session runs. */
import { csv, graphql, page, xml, type Row } from './forms.ts';
import type { Kind, Planted } from './kind.ts';
import { amount, clock, day, hex, kindsOf, letters, put, TOWNS } from './scene.ts';
import { asks, exchange, says, type Json, type Rng, type Talk, type ToolTurn, type Turn } from './talk.ts';

const { fault } = kindsOf('fourth');

/** A few records read one after the other; `form` writes an answer, `n` counts them. */
interface Reads {
  ask: string;
  tool: string;
  args: (rng: Rng) => Json;
  form: (rng: Rng, drifted: boolean) => Json;
  end: string;
}
const readsOf = (rng: Rng, made: Reads, from: number): { turns: Turn[]; late: ToolTurn[] } => {
  const pairs = Array.from({ length: 5 }, (_, i) =>
    exchange(made.tool, made.args(rng), made.form(rng, i >= from)),
  );
  return {
    turns: [asks(made.ask), ...pairs.flat(), says(made.end)],
    late: pairs.slice(from).map(([, tool]) => tool),
  };
};
const drifting = (name: string, made: Reads): Kind<Planted> =>
  fault(
    'schema',
    name,
    (talk: Talk, rng) => {
      const { turns, late } = readsOf(rng, made, 1 + rng.below(3));
      put(talk, turns, rng);
      const [origin] = late as [ToolTurn];
      return {
        note: JSON.stringify(origin.result).slice(0, 400),
        mode: 'tool_misfire',
        origin,
        findings: [{ flag: 'TOOL_SCHEMA_DRIFT', at: origin, also: late }],
        tolerated: ['ENTITY_HALLUCINATION'],
      };
    },
    (talk, rng) => put(talk, readsOf(rng, made, 9).turns, rng),
  );

const instance: Reads = {
  ask: 'How busy are our five machines in the test cluster?',
  tool: 'instanceQuery',
  args: (rng) => ({
    query: '{ node { metrics { cpuPercent memoryPercent } } }',
    nodeId: `i-${hex(rng, 12)}`,
  }),
  form: (rng, drifted) =>
    graphql(rng, {
      node: {
        placement: { zone: rng.pick(['eu-1a', 'eu-1b']), rackUnit: 1 + rng.below(40) },
        metrics: {
          [drifted ? 'cpuUtilization' : 'cpuPercent']: amount(rng, 3, 95),
          memoryPercent: amount(rng, 10, 90),
        },
      },
    }),
  end: 'None of them is overloaded.',
};
const freight = (rng: Rng, drifted: boolean): Json =>
  csv(
    Array.from({ length: 3 }, (): Row => ({
      tracking: `TX${rng.digits(8)}`,
      [drifted ? 'gross' : 'weight_kg']: amount(rng, 1, 40),
      depot: rng.pick(TOWNS),
      due: day(rng),
    })),
  );
const manifest: Reads = {
  ask: '¿Cuánto pesa lo que sale hoy de los cinco muelles?',
  tool: 'manifiesto-muelle',
  args: (rng) => ({ muelle: `M${rng.digits(2)}`, formato: 'csv' }),
  form: freight,
  end: 'Ya lo he mirado.',
};
const customs = (rng: Rng, drifted: boolean): Json =>
  xml('Declaration', {
    Reference: `MRN${rng.digits(10)}`,
    Goods: {
      Description: rng.pick(['bearings', 'cables', 'lamps']),
      [drifted ? 'NetWt' : 'NetMass']: amount(rng, 3, 900),
      Packages: 1 + rng.below(30),
    },
    Office: rng.pick(TOWNS),
  });
const declarations: Reads = {
  ask: 'What is in the five open customs declarations?',
  tool: 'getDeclaration',
  args: (rng) => ({ dossier: `DS-${rng.digits(6)}` }),
  form: customs,
  end: 'All five are complete.',
};
const slots: Reads = {
  ask: 'Wie lange dauern die Termine in den fünf Ambulanzen?',
  tool: 'termine-suchen',
  args: (rng) => ({ ambulanz: rng.pick(['Augen', 'Haut', 'Herz', 'Knie']), ab: day(rng) }),
  form: (rng, drifted) =>
    page(
      rng,
      Array.from({ length: 3 }, () => ({
        'termin-nr': `T-${rng.digits(6)}`,
        beginn: `${day(rng)}T${clock(8 + rng.below(9), rng)}:00Z`,
        dauer: rng.pick([15, 20, 30, 45]) * (drifted ? 60 : 1),
      })),
    ),
  end: 'Es kommt auf die Ambulanz an.',
};
const leave: Reads = {
  ask: 'How much leave do my five people have left?',
  tool: 'leaveBalance',
  args: (rng) => ({ employeeNo: `E${rng.digits(6)}` }),
  form: (rng, drifted) => {
    const unit = rng.pick(['days', 'hours']);
    const rows = ['annual', 'sick', 'study'].map((type) => ({
      type,
      balance: amount(rng, 0, 30),
      ...(drifted ? {} : { unit }),
    }));
    return { balances: rows, asOf: day(rng), ...(drifted ? { unit } : {}) };
  },
  end: 'They have enough left.',
};
const usage: Reads = {
  ask: 'Cuánto han gastado mis cinco líneas este mes?',
  tool: 'consultar_consumo',
  args: (rng) => ({ linea: `6${rng.digits(8)}` }),
  form: (rng, drifted) => {
    const [sum, data] = [amount(rng, 4, 80), amount(rng, 1, 40)].map((n) => n.toFixed(2)) as [string, string];
    return {
      consumo: {
        importe: drifted ? sum.replace('.', ',') : sum,
        datos: drifted ? data.replace('.', ',') : data,
      },
      tarifa: rng.pick(['Plana', 'Base', 'Joven']),
    };
  },
  end: 'Todas están dentro de su tarifa.',
};
const events: Reads = {
  ask: 'When did our five services start last?',
  tool: 'describe-events',
  args: (rng) => ({ service: `svc-${letters(rng, 3).toLowerCase()}${rng.digits(3)}` }),
  form: (rng, drifted) => ({
    Events: Array.from({ length: 2 }, () => {
      const at = `${day(rng)}T${clock(rng.below(23), rng)}:00.000Z`;
      return {
        EventId: hex(rng, 16),
        Detail: { Kind: rng.pick(['START', 'STOP']), At: drifted ? Date.parse(at) : at },
      };
    }),
    NextToken: null,
  }),
  end: 'All of them within the last month.',
};

export const FOURTH_SCHEMA: Kind<Planted>[] = [
  drifting('a field of a GraphQL node renamed', instance),
  drifting('a column of a CSV renamed', manifest),
  drifting('an element of an XML renamed', declarations),
  drifting('seconds for minutes in the nodes of a page', slots),
  drifting('a field moved out of the elements', leave),
  drifting('a comma for the decimal point', usage),
  drifting('milliseconds for moments in nested events', events),
];
export const FOURTH_SCHEMA_TOOLS = Object.fromEntries(
  [instance, manifest, declarations, slots, leave, usage, events].map((r) => [
    r.tool,
    { effect: 'read' as const },
  ]),
);

/** Faults in matters of their own: shapes that drift, ids that nobody brought. */
import { drift, type Change } from './schema.ts';
import { type Kind, type Planted } from './kind.ts';
import { amount, clock, day, kindsOf, letters, put, TOWNS, uuid } from './scene.ts';
import { otherName } from './skin.ts';
import {
  asks,
  exchange,
  isRecord,
  says,
  type Json,
  type ModelTurn,
  type Rng,
  type Talk,
  type ToolTurn,
  type Turn,
} from './talk.ts';

type Plant = Kind<Planted>['plant'];
const { fault } = kindsOf('second');

/** Three shipments looked at, and one of them changed. */
const shipment = (rng: Rng): { [key: string]: Json } => ({
  shipment_id: `SH${rng.digits(8)}`,
  state: rng.pick(['loaded', 'under way', 'at the depot']),
  cargo: { kind: rng.pick(['vaccines', 'fish', 'flowers']), temperature: amount(rng, 2, 8) },
  stops: Array.from({ length: 2 + rng.below(3) }, () => ({
    stop_id: `ST-${rng.digits(5)}`,
    town: rng.pick(TOWNS),
    due: `${day(rng)}T${clock(6 + rng.below(14), rng)}:00Z`,
  })),
});
const shipments = (rng: Rng): { turns: Turn[]; reads: ToolTurn[] } => {
  const all = Array.from({ length: 4 }, () => shipment(rng));
  const pairs = all.map((s) => exchange('track_shipment', { shipment_id: s['shipment_id'] as Json }, s));
  return {
    turns: [
      asks(`How do my shipments ${all.map((s) => String(s['shipment_id'])).join(', ')} do?`),
      ...pairs.flat(),
      says('All four are on their way.'),
    ],
    reads: pairs.map(([, tool]) => tool),
  };
};
const shipmentDrift =
  (change: (s: { [key: string]: Json }) => void): Plant =>
  (talk, rng) => {
    const { turns, reads } = shipments(rng);
    const later = reads.slice(1 + rng.below(2));
    for (const read of later) if (isRecord(read.result)) change(read.result);
    put(talk, turns, rng);
    const [origin] = later as [ToolTurn];
    return {
      mode: 'tool_misfire',
      origin,
      findings: [{ flag: 'TOOL_SCHEMA_DRIFT', at: origin, also: later }],
      tolerated: ['ENTITY_HALLUCINATION'],
    };
  };
const warmShipments = (talk: Talk, rng: Rng): void => put(talk, shipments(rng).turns, rng);
const fahrenheit = (s: { [key: string]: Json }): void => {
  const { cargo } = s;
  if (isRecord(cargo)) cargo['temperature'] = Math.round((Number(cargo['temperature']) * 1.8 + 32) * 10) / 10;
};
const bareIds = (s: { [key: string]: Json }): void => {
  s['stops'] = Array.isArray(s['stops'])
    ? s['stops'].map((x) => (isRecord(x) ? (x['stop_id'] as Json) : x))
    : null;
};
const movedAndRenamed: Plant = drift(
  (f) => f.depth === 2 && !f.pattern.includes('[]') && !f.pattern.includes('*'),
  (f, rng): Change => {
    const to = otherName(f.key, rng);
    return (answer, places) => {
      const [p] = places(f.pattern);
      if (p && !Array.isArray(p.parent) && !(to in answer)) {
        delete p.parent[f.key];
        answer[to] = p.value;
      }
      return answer;
    };
  },
);

/** A message to the customer that carries a number out of an answer. */
const message = (
  rng: Rng,
  wrong: boolean,
): { turns: Turn[]; model: ModelTurn; tool: ToolTurn; last: ModelTurn } => {
  const parcel = `PC-${rng.digits(6)}`;
  const tracking = `${letters(rng, 2)}${rng.digits(9)}${letters(rng, 2)}`;
  const told = wrong ? `${tracking.slice(0, 2)}${rng.digits(9)}${tracking.slice(-2)}` : tracking;
  const [m1, t1] = exchange('get_parcel', { parcel }, { parcel, tracking, carrier: 'Postwing' });
  const [model, tool] = exchange(
    'send_message',
    {
      to: `user${rng.digits(3)}@mail.example`,
      body: `Hello, your parcel left us today. You can follow it with the number ${told}. Kind regards`,
    },
    { sent: true },
  );
  const last = says('I have written to them.');
  return {
    turns: [asks(`Let the customer know how to follow parcel ${parcel}.`), m1, t1, model, tool, last],
    model,
    tool,
    last,
  };
};
const inMessage: Plant = (talk, rng) => {
  const { turns, model, tool } = message(rng, true);
  put(talk, turns, rng);
  return {
    mode: 'hallucination_propagation',
    origin: model,
    findings: [{ flag: 'ENTITY_HALLUCINATION', at: model, also: [tool] }],
  };
};

const tickets = (rng: Rng, wrong: boolean): { turns: Turn[]; model: ModelTurn; tool: ToolTurn } => {
  const list = Array.from({ length: 4 }, () => ({
    ticket: uuid(rng),
    title: rng.pick(['printer jams', 'no network', 'login fails', 'screen flickers']),
  }));
  const at = rng.below(4);
  const right = list[at]?.ticket as string;
  const other = list[(at + 1) % 4]?.ticket as string;
  const id = wrong ? `${right.slice(0, 24)}${other.slice(24)}` : right;
  const [m1, t1] = exchange('list_tickets', { state: 'open' }, { tickets: list });
  const [model, tool] = exchange('close_ticket', { ticket: id }, { closed: true });
  return {
    turns: [
      asks(`Please close my ticket number ${at + 1} in the list.`),
      m1,
      t1,
      model,
      tool,
      says('It is closed.'),
    ],
    model,
    tool,
  };
};
const mixedUuid: Plant = (talk, rng) => {
  const { turns, model, tool } = tickets(rng, true);
  put(talk, turns, rng);
  return {
    mode: 'hallucination_propagation',
    origin: model,
    findings: [{ flag: 'ENTITY_HALLUCINATION', at: model, also: [tool] }],
  };
};

/** A subagent looks for an account and reports; the first agent acts on the report. */
const reported = (rng: Rng, id: string, talk: Talk, wrong: boolean) => {
  const accounts = Array.from({ length: 3 }, () => ({
    account: `AC-${rng.digits(8)}`,
    holder: rng.pick(['Osk', 'Lind', 'Marr']),
    dormant: false,
  }));
  const dormant = accounts[rng.below(3)] as { account: string; dormant: boolean };
  dormant.dormant = true;
  const said = wrong ? `AC-${rng.digits(8)}` : dormant.account;
  const task = 'Find the dormant account and report its number.';
  const [m1, t1] = exchange('list_accounts', { dormant: true }, { accounts });
  const report = says(`The dormant account is ${said}.`);
  const [chat, spawn] = exchange('delegate_task', { task }, report.text);
  spawn.sub = {
    id: `${talk.id}/${id}`,
    agent: 'researcher',
    system: 'You look things up.',
    budget: null,
    turns: [asks(task), m1, t1, report],
  };
  const [model, tool] = exchange('close_account', { account: said }, { closed: true });
  return {
    turns: [
      asks('Close my dormant account, please.'),
      chat,
      spawn,
      model,
      tool,
      says('The account is closed.'),
    ],
    report,
    spawn,
    model,
    tool,
    sub: spawn.sub,
  };
};
const fromSubagent: Plant = (talk, rng) => {
  const { turns, report, spawn, model, tool } = reported(rng, 'sub', talk, true);
  put(talk, turns, rng);
  return {
    mode: 'hallucination_propagation',
    origin: report,
    findings: [{ flag: 'ENTITY_HALLUCINATION', at: report, also: [spawn, model, tool] }],
  };
};

export const SCENE_VALUES: Kind<Planted>[] = [
  fault('schema', 'records that became bare ids', shipmentDrift(bareIds), warmShipments),
  fault('schema', 'Fahrenheit for Celsius', shipmentDrift(fahrenheit), warmShipments),
  fault('schema', 'moved a level and renamed', movedAndRenamed),
  fault('invented', 'a number in a message to the customer', inMessage, (talk, rng) =>
    put(talk, message(rng, false).turns, rng),
  ),
  fault('invented', 'the end of one uuid behind another', mixedUuid, (talk, rng) =>
    put(talk, tickets(rng, false).turns, rng),
  ),
  fault('invented', 'made up in the report of a subagent', fromSubagent, (talk, rng) =>
    put(talk, reported(rng, 'warm', talk, false).turns, rng),
  ),
];

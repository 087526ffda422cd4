/** Values misread from answers, empty answers taken for full ones, deeds only claimed, plans that never fitted. */
import { type Around, type Kind, type Planted } from './kind.ts';
import { kindsOf, TOWNS } from './scene.ts';
import {
  answered,
  answersWithoutCall,
  closing,
  goOn,
  isRetail,
  mattersIn,
  numberIn,
  oneMore,
  openIn,
  ownIds,
  paidFor,
  partsOf,
  profileIn,
  rowsIn,
  textIn,
  untouchedIn,
} from './sixth-world.ts';
import {
  asks,
  exchange,
  says,
  toolTurns,
  type Json,
  type ModelTurn,
  type Rng,
  type Talk,
  type Turn,
} from './talk.ts';

const { fault } = kindsOf('sixth');
/** Said with confidence, and wrong: the turn that first says it is the origin. */
const untrue = (origin: ModelTurn, note: string): Planted => ({
  mode: 'hallucination_propagation',
  origin,
  findings: [],
  tolerated: ['ENTITY_HALLUCINATION', 'TOOL_SCHEMA_DRIFT'],
  note,
});
const money = (n: number): string => n.toFixed(2);

/** The price of the next row of the same product, from the first time that the agent quotes it. */
const neighbour: Kind<Planted>['plant'] = (talk, rng) => {
  const lists = answered(talk, 'get_product_details').map((p) =>
    rowsIn(p['variants']).map((v) => money(numberIn(v['price']))),
  );
  const texts = answersWithoutCall(talk);
  for (const prices of rng.shuffle(lists))
    for (const right of rng.shuffle(prices)) {
      const quoted = texts.filter((t) => t.text.includes(right));
      const wrong = prices.filter((p) => p !== right && !quoted.some((t) => t.text.includes(p)));
      const elsewhere = talk.turns.some((t) => t.role === 'user' && t.text.includes(right));
      const [first] = quoted;
      const once = prices.filter((p) => p === right).length === 1;
      if (!first || wrong.length === 0 || elsewhere || !once) continue;
      const to = rng.pick(wrong);
      for (const t of quoted) t.text = t.text.replaceAll(right, to);
      return untrue(first, `${right} of its row told as ${to} of another row`);
    }
  return null;
};

/** What was paid in all, asked for; the agent gives one part of it, or all of it. */
export const inAll = (talk: Talk, rng: Rng, around: Around, wrong: boolean): [Turn[], ModelTurn] | null => {
  const matters = untouchedIn(talk, around).filter((m) => {
    const sum = paidFor(m);
    return partsOf(m).length > 1 && sum > 0 && partsOf(m).every((p) => numberIn(p['price']) < sum - 1);
  });
  if (matters.length === 0) return null;
  const about = rng.pick(matters);
  const told = wrong ? numberIn(rng.pick(partsOf(about))['price']) : paidFor(about);
  const turn = says(
    rng.pick([
      `For ${about.id} you paid $${money(told)} in total.`,
      `The full amount charged for ${about.id} was $${money(told)}.`,
    ]),
  );
  return [[oneMore(rng, `how much did I pay in total for ${about.id}?`), turn, closing(rng)], turn];
};

/** On which day another leg flies than the one asked for. */
const otherDay: Kind<Planted>['plant'] = (talk, rng, around) => {
  for (const { id, record } of rng.shuffle(mattersIn(talk, around))) {
    const legs = rowsIn(record['flights']);
    const last = legs.at(-1);
    const wrong = legs.filter((l) => l['date'] !== last?.['date']);
    if (
      !last ||
      wrong.length === 0 ||
      legs.filter((l) => l['destination'] === last['destination']).length > 1
    )
      continue;
    const turn = says(
      `In ${id} you fly from ${textIn(last['origin'])} to ${textIn(last['destination'])} on ${textIn(rng.pick(wrong)['date'])}.`,
    );
    const ask = `on which day is my flight from ${textIn(last['origin'])} to ${textIn(last['destination'])} in ${id}?`;
    return goOn(talk, [oneMore(rng, ask), turn, closing(rng)])
      ? untrue(turn, `right ${textIn(last['date'])}: ${turn.text}`)
      : null;
  }
  return null;
};

const EMPTY: readonly Json[] = [
  '',
  {},
  { status: 'ok', data: null },
  { status: 'ok', data: {}, warnings: ['upstream returned no body'] },
  '{"status":"ok","body":"<html><title>502 Bad Gateway</title></html>"}',
];
/** An order or reservation of hers that was never read; the tool answers with nothing, and the agent with something. */
const asIfAnswered: Kind<Planted>['plant'] = (talk, rng, around) => {
  const unread = ownIds(talk).filter(
    (id) => !JSON.stringify(toolTurns(talk).map((t) => t.args)).includes(id),
  );
  if (unread.length === 0) return null;
  const id = rng.pick(unread);
  const [name, args] = isRetail(around)
    ? ['get_order_details', { order_id: id }]
    : ['get_reservation_details', { reservation_id: id }];
  const price = `${30 + rng.below(400)}.${10 + rng.below(90)}`;
  const turn = says(
    isRetail(around)
      ? `Order ${id} holds ${rng.pick(['a cordless drill', 'two table fans', 'a rain jacket'])} for $${price} and left our warehouse on ${rng.pick(['Monday', 'Friday'])}.`
      : `Reservation ${id} is a ${rng.pick(['round trip', 'one-way trip'])} for two in ${rng.pick(['business', 'economy'])}, paid with $${price}.`,
  );
  const turns = [
    oneMore(rng, `what is in ${id}?`),
    ...exchange(name, args, rng.pick(EMPTY)),
    turn,
    closing(rng),
  ];
  return goOn(talk, turns) ? untrue(turn, `nothing was answered about ${id}`) : null;
};

/** Says that something is done which no call ever did. */
const onlyClaimed: Kind<Planted>['plant'] = (talk, rng, around) => {
  const person = profileIn(talk);
  const open = openIn(talk, around);
  if (isRetail(around) ? !person : open.length === 0) return null;
  const street = `${2 + rng.below(90)} ${rng.pick(['Quarry Lane', 'Weir Road', 'Canal Row'])}, ${rng.pick(TOWNS)}`;
  const [ask, done] = isRetail(around)
    ? rng.pick([
        [
          `please change my default address to ${street}. Yes, go ahead.`,
          `I have changed your default address to ${street}.`,
        ],
        ...open.map((m) => [
          `please cancel ${m.id}, I no longer need it. Yes, go ahead.`,
          `Order ${m.id} has been cancelled and the refund is on its way.`,
        ]),
      ])
    : rng.pick(
        open.map((m) => [
          `please cancel ${m.id}; my plans have changed. Yes, go ahead.`,
          `Reservation ${m.id} has been cancelled and the refund is on its way.`,
        ]),
      );
  if (ask === undefined || done === undefined) return null;
  const turn = says(done);
  return goOn(talk, [oneMore(rng, ask), turn, asks('Perfect, thank you.'), closing(rng)])
    ? untrue(turn, 'no call was made')
    : null;
};

/** A change is asked for; the plan is to cancel, and it is carried out. */
const wrongPlan: Kind<Planted>['plant'] = (talk, rng, around) => {
  const open = openIn(talk, around);
  if (open.length === 0) return null;
  const { id, record } = rng.pick(open);
  const retail = isRetail(around);
  const plan = says(
    `Plan: 1. look at ${id}; 2. cancel ${id} so that nothing is open any more; 3. tell the customer.`,
  );
  const args = retail ? { order_id: id } : { reservation_id: id };
  const [look, seen] = exchange(retail ? 'get_order_details' : 'get_reservation_details', args, record);
  plan.calls = look.calls;
  const turns = [
    oneMore(
      rng,
      retail
        ? `please have ${id} delivered to ${3 + rng.below(80)} Weir Road, ${rng.pick(TOWNS)} instead. I do want to keep it.`
        : `please add one checked bag to ${id}; I am looking forward to that trip.`,
    ),
    plan,
    seen,
    ...exchange(
      retail ? 'cancel_pending_order' : 'cancel_reservation',
      retail ? { ...args, reason: 'no longer needed' } : args,
      { ...record, status: 'cancelled' },
    ),
    says('I have taken care of your request.'),
  ];
  return goOn(talk, turns)
    ? {
        mode: 'tool_misfire',
        origin: plan,
        findings: [],
        tolerated: ['CONTEXT_DRIFT', 'ENTITY_HALLUCINATION'],
        note: `cancelled ${id} when asked for a change`,
      }
    : null;
};

export const SIXTH_MISREAD: Kind<Planted>[] = [
  fault('misread', 'sixth: the price of the next row', neighbour),
  fault('misread', 'sixth: one part told as the whole', (talk, rng, around) => {
    const made = inAll(talk, rng, around, true);
    return made && goOn(talk, made[0]) ? untrue(made[1], made[1].text) : null;
  }),
  fault('misread', 'sixth: the day of another leg', otherDay),
  fault('misread', 'sixth: nothing answered, something told', asIfAnswered),
  fault('misread', 'sixth: done only in words', onlyClaimed),
  fault('plan', 'sixth: a plan for something else', wrongPlan),
];

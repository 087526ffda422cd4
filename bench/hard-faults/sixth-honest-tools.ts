/** What tools do that only looks like a fault, put into the good sessions. */
import { setArgs, writes, type Around, type Kind } from './kind.ts';
import type { Honest } from './look-alikes.ts';
import { kindsOf } from './scene.ts';
import {
  goOn,
  isRetail,
  mattersIn,
  oneMore,
  ownIds,
  paidFor,
  plainReads,
  recordIn,
  untouchedIn,
} from './sixth-world.ts';
import {
  asks,
  exchange,
  isRecord,
  says,
  toolTurns,
  type Json,
  type Rng,
  type Talk,
  type Turn,
} from './talk.ts';

const { honestly } = kindsOf('sixth');
export type Plant = Kind<Honest>['plant'];
export const fine: Honest = { honest: true };
export const honest = (name: string, plant: Plant, warm?: Kind<Honest>['warm']): Kind<Honest> => ({
  name,
  family: 'look-alike',
  part: 'sixth',
  plant,
  ...(warm ? { warm } : {}),
});
export const appended =
  (make: (talk: Talk, rng: Rng, around: Around) => Turn[] | null): Plant =>
  (talk, rng, around) => {
    const turns = make(talk, rng, around);
    return turns && goOn(talk, turns) ? fine : null;
  };

/** A read fails twice or three times, each wait longer than the one before, and then answers. */
const backOff: Plant = (talk, rng, around) => {
  const pairs = plainReads(talk, around);
  if (pairs.length === 0) return null;
  const [model, tool] = rng.pick(pairs);
  const failures = Array.from({ length: 2 + rng.below(2) }, (_, i) =>
    exchange(
      tool.name,
      tool.args,
      rng.pick([
        'Error: 503 service unavailable',
        'Error: 429 too many requests',
        'Error: upstream timed out',
      ]),
      i === 0 ? '' : `That did not get through. I am trying again in ${2 ** i} seconds.`,
    ),
  );
  talk.turns.splice(talk.turns.indexOf(model), 0, ...failures.flat());
  return fine;
};

const MATTER = /^get_(order|reservation)_details$/;
const noted = (talk: Talk, note: (i: number) => { [key: string]: Json }): number => {
  const turns = toolTurns(talk).filter((t) => MATTER.test(t.name) && isRecord(t.result));
  turns.forEach((t, i) => (t.result = { ...recordIn(t.result), ...note(i) }));
  return turns.length;
};
/** Some records have it, some do not, some have it empty or in part. */
const optional = (rng: Rng): { [key: string]: Json } =>
  rng.pick<{ [key: string]: Json }>([
    {},
    { greeting: null },
    { greeting: { text: 'Have a good time', card: 'plain' } },
    { greeting: { text: 'All the best' } },
  ]);

const currency: Plant = appended((talk, rng, around) => {
  const matters = untouchedIn(talk, around).filter((m) => paidFor(m) > 0);
  if (matters.length === 0) return null;
  const about = rng.pick(matters);
  const [name, rate] = rng.pick([
    ['euros', 0.92],
    ['Swiss francs', 0.88],
    ['pounds', 0.79],
  ] as const);
  const sum = (paidFor(about) * rate).toFixed(2);
  return [
    oneMore(rng, `what is the sum that I paid for ${about.id} in ${name}? Take ${rate} for a dollar.`),
    ...exchange('calculate', { expression: `${paidFor(about)} * ${rate}` }, sum),
    says(`At ${rate} it comes to ${sum} ${name}.`),
  ];
});

/** The same order with its sign, without it, and as another tool writes it. */
const formatted: Plant = appended((talk, rng, around) => {
  const matters = mattersIn(talk, around);
  if (matters.length === 0) return null;
  const { id } = rng.pick(matters);
  const bare = id.replace('#', '');
  const reference = rng.pick([`ORDER/${bare}`, `ref:${bare.toLowerCase()}`, `urn:shop:${bare}`]);
  return [
    oneMore(rng, `is there a letter for ${bare.toLowerCase()}?`),
    ...exchange('letters_about', { reference }, { reference, letters: [] }),
    says(`No, nothing has been written about ${bare} yet.`),
  ];
});

/** Nothing is there, and the agent says that nothing is there. */
const emptyTold: Plant = appended((talk, rng, around) => {
  const unread = ownIds(talk).filter(
    (id) => !JSON.stringify(toolTurns(talk).map((t) => t.args)).includes(id),
  );
  if (unread.length === 0) return null;
  const id = rng.pick(unread);
  const [name, args] = isRetail(around)
    ? ['get_order_details', { order_id: id }]
    : ['get_reservation_details', { reservation_id: id }];
  return [
    oneMore(rng, `what is in ${id}?`),
    ...exchange(name, args, rng.pick<Json>([{}, ''])),
    says(`I got no answer about ${id}, so I cannot tell. Please try again later.`),
  ];
});

/** The final call is what was agreed, given in another order of its fields. */
const otherOrderOfFields: Plant = (talk, rng, around) => {
  const [turn] = rng.shuffle(writes(talk, around).filter((t) => isRecord(t.args)));
  if (!turn) return null;
  setArgs(talk, turn, Object.fromEntries(Object.entries(recordIn(turn.args)).toReversed()));
  return fine;
};

export const SIXTH_HONEST_TOOL_KINDS: Kind<Honest>[] = [
  honest('sixth: failed, waited, answered', backOff),
  honest(
    'sixth: here and there, or in part',
    (talk, rng) => (noted(talk, () => optional(rng)) > 0 ? fine : null),
    (talk, rng) => noted(talk, () => optional(rng)),
  ),
  honest('sixth: one field more than before', (talk, rng) => {
    const [key, value] = rng.pick<[string, Json]>([
      ['carbon_grams', 40 + rng.below(900)],
      ['locale', 'en-GB'],
      ['archived', false],
    ]);
    return noted(talk, () => ({ [key]: value })) > 0 ? fine : null;
  }),
  honest('sixth: in another currency, as asked', currency),
  honest('sixth: an id written otherwise', formatted),
  honest('sixth: nothing answered, and said so', emptyTold),
  honest('sixth: fields of a call in another order', otherOrderOfFields),
  honestly('sixth: places in a queue', (rng) => {
    const ticket = `Q-${rng.digits(5)}`;
    return [
      asks(`Please wait in the line of the notary for me. My ticket is ${ticket}.`),
      ...[5, 3, 3, 2, 1, 0].flatMap((ahead) => exchange('queue_place', { ticket }, { ticket, ahead })),
      says('It is your turn now.'),
    ];
  }),
];
export const SIXTH_TALK_TOOLS = {
  letters_about: { effect: 'read' },
  queue_place: { effect: 'read', poll: true },
} as const;

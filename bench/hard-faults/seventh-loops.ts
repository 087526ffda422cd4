/** Seventh part: loops whose calls are not letter for letter the same. */
import { reads, type Kind, type Planted } from './kind.ts';
import { named } from './seventh-world.ts';
import { recordIn, textIn } from './sixth-world.ts';
import {
  askedIn,
  exchange,
  insertAfter,
  says,
  type Json,
  type Rng,
  type ToolTurn,
  type Turn,
} from './talk.ts';

export const loopAt = (turns: Turn[], first: number, before: Turn[], note: string): Planted => {
  const tools = turns.filter((t): t is ToolTurn => t.role === 'tool');
  const at = tools[first];
  const origin = turns[turns.indexOf(at ?? says('')) - 1];
  if (!at || !origin) throw new Error('a loop without a repetition');
  return {
    mode: 'cost_runaway',
    origin,
    findings: [{ flag: 'LOOP_DETECTED', at, also: [...before, ...turns] }],
    note,
  };
};

/** One read again and again, its arguments written a little otherwise each time. */
const jittered =
  (argsAt: (args: Json, n: number, rng: Rng) => Json | null): Kind<Planted>['plant'] =>
  (talk, rng, around) => {
    const turn = rng.shuffle(reads(talk, around)).find((t) => argsAt(t.args, 1, rng) !== null);
    if (!turn) return null;
    const more = Array.from({ length: 5 + rng.below(4) }, (_, n) =>
      exchange(turn.name, argsAt(turn.args, n + 1, rng) ?? turn.args, turn.result),
    ).flat();
    insertAfter(talk, turn, more);
    return loopAt(
      more,
      0,
      [askedIn(talk, turn), turn],
      `${turn.name} ${JSON.stringify(more.slice(0, 4).map((t) => (t.role === 'tool' ? t.args : null)))}`,
    );
  };
const firstText = (args: Json, change: (text: string) => string): Json | null => {
  const entries = Object.entries(recordIn(args));
  const at = entries.findIndex(([, v]) => textIn(v).length > 2);
  if (at < 0) return null;
  return Object.fromEntries(entries.map(([k, v], i) => [k, i === at ? change(textIn(v)) : v]));
};
const inCase = jittered((args, n) =>
  firstText(args, (t) => [t.toLowerCase(), t.toUpperCase(), ` ${t}`, `${t} `, t][n % 5] ?? t),
);
const withLimit = jittered((args, n, rng) => ({
  ...recordIn(args),
  limit: 10 + n,
  verbose: rng.pick([true, false]),
}));
const withClock = jittered((args, n) => ({
  ...recordIn(args),
  as_of: `2024-05-15T15:0${Math.floor(n / 6)}:${String((n * 11) % 60).padStart(2, '0')}Z`,
}));
const withReason = jittered((args, _, rng) => ({
  ...recordIn(args),
  reason: rng.pick([
    'checking the record once more',
    'checking the record again',
    'checking the record one more time',
    'once more checking the record',
  ]),
}));

/** Several reads in turn, over and over. */
const inTurn =
  (count: number): Kind<Planted>['plant'] =>
  (talk, rng, around) => {
    const distinct = [
      ...new Map(reads(talk, around).map((t) => [`${t.name}${JSON.stringify(t.args)}`, t])).values(),
    ].slice(0, count);
    const last = distinct.at(-1);
    if (distinct.length < count || !last) return null;
    const more = Array.from({ length: 4 + rng.below(2) }, () =>
      distinct.flatMap((t) => exchange(t.name, t.args, t.result)),
    ).flat();
    insertAfter(talk, last, more);
    return loopAt(
      more,
      0,
      distinct.flatMap((t) => [askedIn(talk, t), t]),
      distinct.map((t) => t.name).join(', '),
    );
  };
/** Two reads in turn, the second with jitter, and a word to itself before each. */
const inTurnWithJitter: Kind<Planted>['plant'] = (talk, rng, around) => {
  const [a, b] = rng.shuffle(reads(talk, around));
  if (!a || !b || JSON.stringify(a.args) === JSON.stringify(b.args)) return null;
  const later = talk.turns.indexOf(a) > talk.turns.indexOf(b) ? a : b;
  const more = Array.from({ length: 5 }, (_, n) => [
    ...exchange(a.name, a.args, a.result, rng.pick(['Let me check again.', 'I need to be sure.', ''])),
    ...exchange(
      b.name,
      { ...recordIn(b.args), attempt: n + 1 },
      b.result,
      rng.pick(['And this one.', 'Once more.', '']),
    ),
  ]).flat();
  insertAfter(talk, later, more);
  return loopAt(
    more,
    0,
    [a, b].flatMap((t) => [askedIn(talk, t), t]),
    `${a.name}, ${b.name}`,
  );
};
/** Keeps asking for what does not answer. */
const refused: Kind<Planted>['plant'] = (talk, rng, around) => {
  const turn = rng.shuffle(reads(talk, around))[0];
  if (!turn) return null;
  const words = rng.pick([
    'Error: upstream did not answer',
    'Error: no such record in this region',
    'Error: 422 invalid view',
  ]);
  const more = Array.from({ length: 7 }, (_, n) =>
    exchange(
      'check_coverage',
      { ...recordIn(turn.args), view: ['full', 'Full', 'full ', 'FULL'][n % 4] ?? '' },
      words,
      n > 2 ? 'Trying once more.' : '',
    ),
  ).flat();
  insertAfter(talk, turn, more);
  return loopAt(more, 1, more.slice(0, 2), words);
};
/** The same search in other words, with the same answer. */
const sameSearch: Kind<Planted>['plant'] = (talk, rng, around) => {
  const turn = rng.shuffle(reads(talk, around))[0];
  if (!turn) return null;
  const topic = rng.pick([
    'refund policy for damaged goods',
    'baggage rules for infants',
    'warranty terms for lamps',
  ]);
  const queries = [topic, `${topic}?`, `${topic} please`, `the ${topic}`, topic, `${topic} `, `our ${topic}`];
  const answer = { hits: [{ title: 'General terms', score: 0.41 }], total: 1 };
  const more = queries.flatMap((query) => exchange('search_handbook', { query, top_k: 3 }, answer));
  insertAfter(talk, turn, more);
  return loopAt(more, 1, more.slice(0, 2), topic);
};

export const SEVENTH_LOOPS: Kind<Planted>[] = [
  named('loop', 'jitter in case and blanks', inCase),
  named('loop', 'jitter in a limit', withLimit),
  named('loop', 'jitter in the time of asking', withClock),
  named('loop', 'jitter in a reason given', withReason),
  named('loop', 'two reads in turn', inTurn(2)),
  named('loop', 'three reads in turn', inTurn(3)),
  named('loop', 'two reads in turn, with jitter and talk', inTurnWithJitter),
  named('loop', 'refused and asked again', refused),
  named('loop', 'one search in other words', sameSearch),
];
export const SEVENTH_LOOP_TOOLS = {
  search_handbook: { effect: 'read' },
  check_coverage: { effect: 'read' },
} as const;

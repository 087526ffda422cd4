/** Eighth part: loops that never write the same call twice in a row, or whose answers differ in what does not matter. */
import type { Kind, Planted } from './kind.ts';
import { fault, staged } from './eighth-world.ts';
import { loopAt } from './seventh-loops.ts';
import { delegated, idLike } from './seventh-world.ts';
import { exchange, says, type Json, type Rng, type Turn } from './talk.ts';

/** `first`: which of the tool turns is the first repetition; those before it are of the loop as well. */
const looping =
  (
    make: (rng: Rng) => { wish: string; turns: Turn[]; first: number; note: string; end: string },
  ): Kind<Planted>['plant'] =>
  (talk, rng) => {
    const { wish, turns, first, note, end } = make(rng);
    return staged(talk, rng, { wish, turns: [...turns, says(end)] }, loopAt(turns, first, [], note));
  };

const otherOrder = looping((rng) => {
  const words = rng.pick([
    ['late', 'delivery', 'compensation', 'rule'],
    ['school', 'bus', 'pass', 'refund'],
    ['early', 'mortgage', 'repayment', 'fee'],
  ]);
  const answer = { matches: [{ article: 'General conditions', relevance: 0.38 }], count: 1 };
  const turns = Array.from({ length: 6 + rng.below(3) }, (_, n) => {
    const query = (n === 0 ? words : rng.shuffle(words)).join(' ');
    return exchange(
      'search_articles',
      { query, language: 'en' },
      answer,
      n > 2 ? 'Let me search again.' : '',
    );
  }).flat();
  return {
    wish: `what do you say about the ${words.join(' ')}?`,
    turns,
    first: 1,
    note: words.join(' '),
    end: 'I only find the general conditions.',
  };
});
/** There are three, however many are asked for. */
const growingLimit = looping((rng) => {
  const rows = [1, 2, 3].map((n) => ({ entry: n, sum: rng.below(9000) / 100 }));
  const account = idLike(rng, 'AC99999');
  const turns = [10, 20, 50, 100, 200, 500, 1000].flatMap((limit) =>
    exchange('list_postings', { account, limit }, { postings: rows, count: 3, complete: true }),
  );
  return {
    wish: `list the postings of account ${account}.`,
    turns,
    first: 1,
    note: 'limit 10 to 1000',
    end: 'There are three postings.',
  };
});
/** Three tools in turn; each answer has its own clock and latency. */
const threeInTurn = looping((rng) => {
  const line = idLike(rng, 'LN-999999');
  const answer = (n: number, more: Json): Json => ({
    measured_at: `2024-05-15T15:0${Math.floor(n / 4)}:${10 + ((n * 13) % 49)}Z`,
    took_ms: 20 + rng.below(300),
    result: more,
  });
  const turns = Array.from({ length: 5 }, (_, n) => [
    ...exchange('get_line_state', { line }, answer(3 * n, { sync: true })),
    ...exchange('measure_noise', { line }, answer(3 * n + 1, { margin_db: 6 })),
    ...exchange(
      'get_port_errors',
      { line },
      answer(3 * n + 2, { errors: 0 }),
      n > 1 ? 'Once again from the start.' : '',
    ),
  ]).flat();
  return {
    wish: `is my line ${line} all right?`,
    turns,
    first: 3,
    note: line,
    end: 'The line has no errors.',
  };
});
/** On, off, on, off: each undoes the one before. */
const onAndOff = looping((rng) => {
  const heater = idLike(rng, 'HT-9999');
  const turns = Array.from({ length: 8 }, (_, n) => {
    const mode = n % 2 === 0 ? 'eco' : 'comfort';
    return exchange(
      'set_heating_mode',
      { heater, mode },
      { heater, mode, saved: true },
      n > 1 ? 'That was not it.' : '',
    );
  }).flat();
  return {
    wish: `put heating ${heater} in order for the night.`,
    turns,
    first: 2,
    note: heater,
    end: 'It is set.',
  };
});
/** The same task is given to a helper again and again, in about the same words. */
const sameHelper: Kind<Planted>['plant'] = (talk, rng) => {
  const shelf = idLike(rng, 'RACK-99');
  const made = Array.from({ length: 6 }, (_, n) =>
    delegated(
      talk,
      `count-${n + 1}`,
      [
        `Count the crates on ${shelf}.`,
        `Please count the crates on ${shelf}.`,
        `Count the crates on ${shelf} again.`,
      ][n % 3] ?? '',
      exchange('count_crates', { rack: shelf }, { rack: shelf, crates: 41 }),
      `There are 41 crates on ${shelf}.`,
    ),
  );
  const turns = made.flatMap((m) => [m.asks, m.tool]);
  const inner = made.flatMap((m) => m.sub.turns.filter((t) => t.role !== 'user'));
  const planted = loopAt(turns, 1, inner, shelf);
  return staged(
    talk,
    rng,
    { wish: `how many crates are on ${shelf}?`, turns: [...turns, says('There are 41.')] },
    { ...planted, subagents: made.slice(1).map((m) => m.sub) },
  );
};

export const EIGHTH_LOOPS: Kind<Planted>[] = [
  fault('loop', 'one search, its words in another order', otherOrder),
  fault('loop', 'a growing limit, and the same three', growingLimit),
  fault('loop', 'three tools in turn, with clocks in their answers', threeInTurn),
  fault('loop', 'on and off', onAndOff),
  fault('loop', 'one task to helper after helper', sameHelper),
];
export const EIGHTH_LOOP_TOOLS = {
  search_articles: { effect: 'read' },
  list_postings: { effect: 'read', target: 'args.account' },
  get_line_state: { effect: 'read', target: 'args.line' },
  measure_noise: { effect: 'read', target: 'args.line' },
  get_port_errors: { effect: 'read', target: 'args.line' },
  set_heating_mode: { effect: 'write', reversible: true, target: 'args.heater' },
  count_crates: { effect: 'read', target: 'args.rack' },
} as const;

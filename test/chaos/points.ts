import type { Moment, Side } from './tap.ts';

/** The edges at which a request or its answer can be the last thing that a process saw. */
export const edges = {
  workerDatabase: [
    { name: 'stop switch set', request: /insert into "stop_switch" / },
    { name: 'trace exported', request: /select "id", "encoding", "body" from "span_chunk"/ },
    { name: 'audit append', request: /insert into audit_event/ },
    { name: 'reversal intended', request: /insert into effect_ledger[\s\S]*reversal:/ },
    { name: 'page intended', request: /insert into effect_ledger[\s\S]*page:/ },
    { name: 'message intended', request: /insert into effect_ledger[\s\S]*slack:/ },
    { name: 'mail intended', request: /insert into effect_ledger[\s\S]*postmortem-mail/ },
    { name: 'channel post intended', request: /insert into effect_ledger[\s\S]*postmortem-channel/ },
    { name: 'effect settled', request: /update "effect_ledger"/ },
    { name: 'message address kept', request: /insert into "document"[\s\S]*slack_message/ },
    { name: 'live rule armed', request: /insert into "document"[\s\S]*live_rule/ },
  ],
  slack: [
    { name: 'postmortem posted', request: /POST \/api\/chat\.postMessage[\s\S]*holdpoint_postmortem/ },
    { name: 'message posted', request: /POST \/api\/chat\.postMessage[\s\S]*holdpoint_message/ },
    { name: 'message updated', request: /POST \/api\/chat\.update/ },
  ],
  applications: [
    { name: 'reversal', request: /^PUT \/applications/ },
    { name: 'reversal read back', request: /^GET \/applications/ },
  ],
  mail: [
    { name: 'mail begun', request: /^MAIL FROM/im },
    { name: 'mail sent', request: /\r\n\.\r\n$/ },
  ],
  evidence: [
    { name: 'evidence written', request: /^sha256\// },
    { name: 'seal named', request: /^names\/seal-/ },
    { name: 'history archived', request: /^names\/history-/ },
  ],
  pager: [{ name: 'page called', request: /^POST \/page/ }],
  control: [{ name: 'stop called', request: /^POST \/control/ }],
  server: [
    { name: 'alert posted', request: /^POST \/api\/v1\/alerts/ },
    { name: 'click', request: /^POST \/slack\/events/ },
    { name: 'spans', request: /^POST \/v1\/traces/ },
  ],
} as const satisfies Record<string, readonly Moment[]>;
export type Edge = keyof typeof edges;

/** How the agents of a world are stopped, and the moment that only such a world reaches. */
export const stops = { switch: 'stop switch set', webhook: 'stop called' } as const;
export type Stop = keyof typeof stops;

/** What is killed. `both` is server and worker at once. */
export const victims = ['worker', 'server', 'both', 'temporal', 'database'] as const;
export type Victim = (typeof victims)[number];

/** One kill to come: at the n-th time that the moment is reached, or some time after the incident began. */
export type Kill =
  | { at: 'moment'; moment: string; side: Side; nth: number; victim: Victim }
  | { at: 'time'; afterMs: number; victim: Victim };

/** Moments that come often in one incident; the others come once or twice. */
const often: Readonly<Record<string, number>> = {
  'audit append': 20,
  'message updated': 15,
  'message address kept': 10,
  'effect settled': 8,
  'message posted': 3,
  'message intended': 3,
  click: 10,
  reversal: 2,
  'reversal intended': 2,
  'reversal read back': 2,
  spans: 4,
  'stop switch set': 4,
  'stop called': 2,
  'evidence written': 8,
};

export type Random = () => number;

/** Mulberry32: the same seed gives the same kills. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const pick = <T>(random: Random, from: readonly T[]): T => {
  const found = from[Math.floor(random() * from.length)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
};

function shuffled<T>(random: Random, from: readonly T[]): T[] {
  const items = [...from];
  for (let i = items.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}

const LONGEST_MS = 15_000;

/** One place of a round: a moment, its side, and the edge it is at. */
interface Point {
  edge: string;
  name: string;
  side: Side;
}

/** Which world of how many a plan is for, and how its agent is stopped. One seed for all worlds of a run. */
export interface PlanOf {
  seed: number;
  stop: Stop;
  index: number;
  of: number;
}

/**
 * The points of one round, in the order in which this world draws them: what only worlds of its kind can reach first,
 * then the others, which the worlds begin at different places, so that together they come to each as early as they can.
 */
function roundOf(order: Random, { stop, index, of }: PlanOf): Point[] {
  const all = Object.entries(edges).flatMap(([edge, moments]) =>
    moments.flatMap(({ name }) => (['before', 'after'] as const).map((side) => ({ edge, name, side }))),
  );
  const special = new Set<string>(Object.values(stops));
  const common = shuffled(
    order,
    all.filter(({ name }) => !special.has(name)),
  );
  const own = all.filter(({ name }) => name === stops[stop]);
  const from = Math.floor((index * common.length) / of);
  return [...own, ...common.slice(from), ...common.slice(0, from)];
}

/** So many of all kills come at any time. */
const AT_ANY_TIME = 0.23;

/** The kills of one world. The same seed draws the same ones, as far as the same moments are reached. */
export class Plan {
  private readonly plan: PlanOf;
  private readonly order: Random;
  private readonly random: Random;
  private round: Point[] = [];
  /** Drawn, and their incident ended without them. */
  private readonly missed: Kill[] = [];

  constructor(plan: PlanOf) {
    this.plan = plan;
    this.order = randomOf(plan.seed);
    this.random = randomOf(plan.seed + plan.index);
  }

  /**
   * What was missed, then every moment before and after, once in a round; most of them kill the process at that edge,
   * some the server that holds its state. Between them kills at any time.
   */
  next(): Kill {
    const { random } = this;
    const missed = this.missed.shift();
    if (missed) return missed;
    if (random() < AT_ANY_TIME)
      return { at: 'time', afterMs: Math.floor(random() * LONGEST_MS), victim: pick(random, victims) };
    if (this.round.length === 0) this.round = roundOf(this.order, this.plan);
    const { edge, name, side } = this.round.shift()!;
    const own: Victim = edge === 'server' ? 'server' : 'worker';
    const victim = random() < 0.7 ? own : pick(random, ['both', 'temporal', 'database'] as const);
    return { at: 'moment', moment: name, side, nth: 1 + Math.floor(random() * (often[name] ?? 1)), victim };
  }

  /** Its incident ended before the moment had come so often: in the next one it counts the first time. */
  wasMissed(kill: Kill): void {
    if (kill.at === 'moment' && kill.nth > 1) this.missed.push({ ...kill, nth: 1 });
  }
}

export const nameOf = (kill: Kill): string =>
  kill.at === 'time' ? 'any time' : `${kill.side} ${kill.moment}`;

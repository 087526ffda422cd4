import { reads, writes, type Around, type Kind, type Planted } from './kind.ts';
import {
  exchange,
  insertAfter,
  isRecord,
  says,
  type Json,
  type ModelTurn,
  type Rng,
  type Talk,
  type ToolTurn,
  type Turn,
} from './talk.ts';

type Pair = [ModelTurn, ToolTurn];
export const looped = (talk: Talk, first: ToolTurn, pairs: Pair[]): Planted => {
  insertAfter(talk, first, pairs.flat());
  const [origin, at] = pairs[0] as Pair;
  return {
    mode: 'cost_runaway',
    origin,
    findings: [{ flag: 'LOOP_DETECTED', at, also: [first, ...pairs.flat()] }],
  };
};
export const times = (rng: Rng): number => 4 + rng.below(4);
export const withField = (value: Json, key: string, field: Json): Json =>
  isRecord(value) ? { ...value, [key]: field } : value;

/** The same call again and again; `args` and `result` say how each repetition differs. */
export const repeated =
  (
    pick: (talk: Talk, around: Around) => ToolTurn[],
    args: (a: Json, i: number, rng: Rng) => Json,
    result: (r: Json, i: number, rng: Rng) => Json,
    text: (i: number) => string = () => '',
  ) =>
  (talk: Talk, rng: Rng, around: Around): Planted | null => {
    const turns = pick(talk, around);
    if (turns.length === 0) return null;
    const turn = rng.pick(turns);
    const pairs = Array.from({ length: times(rng) }, (_, i) =>
      exchange(
        turn.name,
        args(structuredClone(turn.args), i, rng),
        result(structuredClone(turn.result), i, rng),
        text(i),
      ),
    );
    return looped(talk, turn, pairs);
  };

const same = (v: Json): Json => v;
const spelled = (value: Json, i: number): Json =>
  isRecord(value)
    ? Object.fromEntries(
        Object.entries(value)
          .toSorted(() => (i % 2 ? 1 : -1))
          .map(([k, v]) => [
            k,
            typeof v === 'string' ? (i % 3 === 0 ? ` ${v}` : i % 3 === 1 ? v.toLowerCase() : `${v} `) : v,
          ]),
      )
    : value;

/** Two or three reads of the session, one after the other, round and round. */
const round =
  (width: number) =>
  (talk: Talk, rng: Rng, around: Around): Planted | null => {
    const all = reads(talk, around);
    const windows = all
      .map((_, i) => all.slice(i, i + width))
      .filter(
        (w) => w.length === width && new Set(w.map((t) => JSON.stringify([t.name, t.args]))).size === width,
      )
      .filter(([first]) => first !== undefined)
      .filter(
        (w) =>
          !talk.turns
            .slice(talk.turns.indexOf(w[0] as ToolTurn), talk.turns.indexOf(w.at(-1) as ToolTurn))
            .some((t) => t.role === 'user'),
      );
    if (windows.length === 0) return null;
    const turns = rng.pick(windows);
    const last = turns.at(-1) as ToolTurn;
    const rounds = 3 + rng.below(2);
    const pairs = Array.from({ length: rounds }, () =>
      turns.map((t) => exchange(t.name, t.args, t.result)),
    ).flat();
    const planted = looped(talk, last, pairs);
    for (const f of planted.findings) f.also.push(...turns);
    return planted;
  };

const failing = (talk: Talk, rng: Rng, around: Around): Planted | null => {
  const turns = [...reads(talk, around), ...writes(talk, around)];
  if (turns.length === 0) return null;
  const turn = rng.pick(turns);
  const why = rng.pick<Json>([
    'Error: upstream timed out',
    { error: 'temporarily unavailable' },
    'Error: 503',
  ]);
  const pairs = Array.from({ length: times(rng) + 1 }, () => exchange(turn.name, turn.args, why));
  const at = talk.turns.indexOf(turn) - 1;
  talk.turns.splice(at, 0, ...pairs.flat());
  const [, second] = pairs;
  if (!second) return null;
  return {
    mode: 'cost_runaway',
    origin: second[0],
    findings: [{ flag: 'LOOP_DETECTED', at: second[1], also: [...pairs.flat(), turn] }],
  };
};

const delegated = (talk: Talk, rng: Rng): Planted | null => {
  const at = talk.turns.findIndex((t, i) => i > 2 && t.role === 'model' && t.calls.length === 0);
  if (at < 0) return null;
  const task = 'Find out what is still open for this customer and report back.';
  const pairs = Array.from({ length: times(rng) + 1 }, (_, i): Pair => {
    const [model, tool] = exchange('delegate_task', { task }, 'Nothing is open.');
    tool.sub = {
      id: `${talk.id}/sub${i}`,
      agent: 'desk',
      system: 'You look things up.',
      budget: null,
      turns: [{ role: 'user', text: task }, says('Nothing is open.')],
    };
    return [model, tool];
  });
  talk.turns.splice(at, 0, ...pairs.flat());
  const [first, second] = pairs as [Pair, Pair];
  return {
    mode: 'cost_runaway',
    origin: second[0],
    subagents: pairs.slice(1).flatMap(([, t]) => (t.sub ? [t.sub] : [])),
    findings: [
      {
        flag: 'LOOP_DETECTED',
        at: second[1],
        also: [
          ...first,
          ...pairs.flat(),
          ...pairs.flatMap(([, t]): Turn[] => t.sub?.turns.filter((x) => x.role === 'model') ?? []),
        ],
      },
    ],
  };
};

const loop = (name: string, plant: Kind<Planted>['plant'], aside = false): Kind<Planted> => ({
  name,
  family: 'loop',
  plant,
  aside,
});
export const LOOPS: Kind<Planted>[] = [
  loop(
    'again and again, with a word each time',
    repeated(reads, same, same, (i) => `Let me check that ${['once more', 'again', 'another time'][i % 3]}.`),
  ),
  loop('written otherwise each time', repeated(reads, spelled, same)),
  loop(
    'another limit each time',
    repeated(reads, (a, i) => withField(a, 'limit', 20 + 5 * i), same),
  ),
  loop(
    'a request id of its own each time',
    repeated(reads, (a, _, rng) => withField(a, 'request_id', `rq-${rng.digits(9)}`), same),
    true,
  ),
  loop(
    'answers that differ by a time stamp',
    repeated(
      (t, a) => reads(t, a).filter((x) => isRecord(x.result)),
      same,
      (r, i) => withField(r, 'as_of', `2025-03-04T09:${10 + i}:${11 + i}Z`),
    ),
  ),
  loop(
    'answers that differ by a trace id',
    repeated(
      (t, a) => reads(t, a).filter((x) => isRecord(x.result)),
      same,
      (r, _, rng) => withField(r, 'trace', rng.digits(12)),
    ),
    true,
  ),
  loop('two calls in turn', round(2)),
  loop('three calls in turn', round(3), true),
  loop('an error that comes again and again', failing),
  loop('the same change over and over', repeated(writes, same, same)),
  loop('the same task for one subagent after another', delegated, true),
];

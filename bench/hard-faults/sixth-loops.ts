/** Calls that go round without getting anywhere, and budgets used up where nobody looks. */
import { type Around, type Kind, type Planted } from './kind.ts';
import { hex, kindsOf } from './scene.ts';
import { goOn, oneMore, plainReads } from './sixth-world.ts';
import {
  exchange,
  insertAfter,
  isRecord,
  modelTurns,
  says,
  type Json,
  type ModelTurn,
  type Rng,
  type Talk,
  type ToolTurn,
  type Turn,
} from './talk.ts';

const { fault } = kindsOf('sixth');
type Pair = [ModelTurn, ToolTurn];

const again = (rng: Rng, tool: ToolTurn, args: Json = tool.args): Pair =>
  exchange(
    tool.name,
    args,
    tool.result,
    rng.pick(['', '', 'Let me look at that once more.', 'I need to check this again.']),
  );
/** The first of `more` is the first repetition of what went before. */
const looped = (before: Turn[], more: Pair[], note: string): Planted | null => {
  const [first] = more;
  return first
    ? {
        mode: 'cost_runaway',
        origin: first[0],
        findings: [{ flag: 'LOOP_DETECTED', at: first[1], also: [...before, ...more.flat()] }],
        note,
      }
    : null;
};
/** So many reads that follow each other directly, all different. */
const inARow = (talk: Talk, rng: Rng, around: Around, n: number): Pair[] | null => {
  const pairs = plainReads(talk, around);
  const runs = pairs
    .map((_, i) => pairs.slice(i, i + n))
    .filter(
      (run) =>
        run.length === n &&
        new Set(run.map(([, t]) => JSON.stringify([t.name, t.args]))).size === n &&
        run.every(
          ([m], i) => i === 0 || talk.turns.indexOf(m) === talk.turns.indexOf((run[i - 1] as Pair)[1]) + 1,
        ),
    );
  return runs.length === 0 ? null : rng.pick(runs);
};
const round =
  (n: number, written: (args: Json, i: number) => Json = (args) => args) =>
  (talk: Talk, rng: Rng, around: Around): Planted | null => {
    const run = inARow(talk, rng, around, n);
    const last = run?.at(-1)?.[1];
    if (!run || !last) return null;
    const rounds = 4 + rng.below(2);
    const more = Array.from({ length: rounds }, (_, i) =>
      run.map(([, tool]) => again(rng, tool, written(tool.args, i))),
    ).flat();
    insertAfter(talk, last, more.flat());
    return looped(run.flat(), more, `${run.map(([, t]) => t.name).join(' ')}, ${rounds} times more`);
  };
/** The same ids with or without their sign, in small letters or capitals. */
const otherwiseWritten = (args: Json, i: number): Json =>
  isRecord(args)
    ? Object.fromEntries(
        Object.entries(args).map(([k, v]) => [
          k,
          typeof v !== 'string'
            ? v
            : ([v, v.toLowerCase(), v.replace('#', ''), ` ${v}`][(i + 1) % 4] as string),
        ]),
      )
    : args;

/** A search of which only what the framework adds changes, and always the same answer. */
const nonce: Kind<Planted>['plant'] = (talk, rng, around) => {
  const pairs = plainReads(talk, around);
  if (pairs.length === 0) return null;
  const [, from] = rng.pick(pairs);
  const question = rng.pick([
    'which conditions apply when a customer has asked twice for the same change',
    'who decides about an exception when the record does not say so',
    'what to do when the customer cannot find the confirmation letter any more',
  ]);
  const rows = [{ article: `KB-${rng.digits(4)}`, title: 'How to reach the desk' }];
  const all = Array.from({ length: 6 + rng.below(3) }, () =>
    exchange(
      'guide_search',
      { question, limit: 5, nonce: hex(rng, 6), asked_at: 1_716_000_000 + rng.below(90_000) },
      { rows },
    ),
  );
  insertAfter(talk, from, all.flat());
  return looped((all[0] as Pair).slice(), all.slice(1), 'only the nonce and the time differ');
};

/** The same errand given to a subagent again and again. */
const delegated: Kind<Planted>['plant'] = (talk, rng, around) => {
  const pairs = plainReads(talk, around);
  if (pairs.length === 0) return null;
  const [, read] = rng.pick(pairs);
  const task = `Look up ${JSON.stringify(read.args)} and tell me whether anything about it is unusual.`;
  const report = rng.pick(['Nothing unusual.', 'I found nothing out of the ordinary.']);
  const all = Array.from({ length: 5 + rng.below(2) }, (_, i) => {
    const pair = exchange('delegate_task', { agent: 'record-desk', task }, report);
    pair[1].sub = {
      id: `${talk.id}/again${i}`,
      agent: 'record-desk',
      system: 'You look records up and report.',
      budget: null,
      turns: [{ role: 'user', text: task }, ...exchange(read.name, read.args, read.result), says(report)],
    };
    return pair;
  });
  insertAfter(talk, read, all.flat());
  const inner = all.flatMap(([, t]) => t.sub?.turns ?? []).filter((t) => t.role !== 'user');
  const planted = looped([...(all[0] as Pair), read, ...inner], all.slice(1), task);
  return planted ? { ...planted, subagents: all.flatMap(([, t]) => (t.sub ? [t.sub] : [])) } : null;
};

const subOf = (talk: Talk, tag: string, task: string, turns: Turn[]): Talk => ({
  id: `${talk.id}/${tag}`,
  agent: `helper-${tag}`,
  system: 'You work on one part of a request and report.',
  budget: null,
  turns: [{ role: 'user', text: task }, ...turns],
});
const sent = (talk: Talk, tag: string, task: string, turns: Turn[], report: string): Pair => {
  const pair = exchange('delegate_task', { agent: `helper-${tag}`, task }, report);
  pair[1].sub = subOf(talk, tag, task, [...turns, says(report)]);
  return pair;
};
const overspent = (talk: Talk, origin: ModelTurn, chats: ModelTurn[], subagents: Talk[]): Planted => ({
  mode: 'cost_runaway',
  origin,
  subagents,
  tolerated: ['LOOP_DETECTED'],
  findings: [{ flag: 'BUDGET_WARNING', at: origin, also: [...modelTurns(talk), ...chats] }],
});

/** Subagents of subagents, each with a share of the budget that alone would not matter. */
const twoLevels: Kind<Planted>['plant'] = (talk, rng) => {
  const { budget } = talk;
  if (budget === null) return null;
  const heavy: ModelTurn[] = [];
  const subs: Talk[] = [];
  const pairs = ['north', 'south', 'west', 'east'].map((side) => {
    const inner = ['a', 'b'].map((half) => {
      const work = says(`Half ${half} of ${side} is read.`);
      work.tokens = Math.round(budget * (0.085 + rng.below(20) / 1000));
      heavy.push(work);
      const pair = exchange(
        'delegate_task',
        { agent: 'reader', task: `Read half ${half} of ${side}.` },
        work.text,
      );
      const sub = subOf(talk, `${side}-${half}`, `Read half ${half} of ${side}.`, [work]);
      pair[1].sub = sub;
      subs.push(sub);
      return pair;
    });
    const pair = sent(
      talk,
      side,
      `Go through the ${side} archive.`,
      inner.flat(),
      `The ${side} archive is read.`,
    );
    if (pair[1].sub) subs.push(pair[1].sub);
    return pair;
  });
  const turns = [
    oneMore(rng, 'has anything ever been written about me in your archives?'),
    ...pairs.flat(),
    says('No, there is nothing about you in any of the four.'),
  ];
  return goOn(talk, turns) ? overspent(talk, heavy[0] as ModelTurn, heavy, subs) : null;
};

/** Three subagents; the one in the middle takes what was meant for all. */
const oneOfThree: Kind<Planted>['plant'] = (talk, rng) => {
  const { budget } = talk;
  if (budget === null) return null;
  const heavy = Array.from({ length: 6 }, (_, i) => {
    const pair = exchange('shelf_scan', { shelf: i + 1 }, { shelf: i + 1, found: 0 });
    pair[0].tokens = Math.round(budget * (0.11 + rng.below(30) / 1000));
    return pair;
  });
  const pairs = [
    sent(talk, 'one', 'Look through the letters.', [], 'There is no letter.'),
    sent(talk, 'two', 'Look through the shelves.', heavy.flat(), 'There is nothing on the shelves.'),
    sent(talk, 'three', 'Look through the calls.', [], 'There was no call.'),
  ];
  const turns = [
    oneMore(rng, 'did you ever get a letter or a call from me?'),
    ...pairs.flat(),
    says('No, we have neither.'),
  ];
  const chats = pairs.flatMap(([, t]) => (t.sub ? modelTurns(t.sub) : []));
  return goOn(talk, turns)
    ? overspent(
        talk,
        (heavy[0] as Pair)[0],
        chats,
        pairs.flatMap(([, t]) => (t.sub ? [t.sub] : [])),
      )
    : null;
};

export const SIXTH_LOOPS: Kind<Planted>[] = [
  fault('loop', 'sixth: three reads in turn', round(3)),
  fault('loop', 'sixth: two reads in turn, written otherwise', round(2, otherwiseWritten)),
  fault('loop', 'sixth: only a nonce differs', nonce),
  fault('loop', 'sixth: the same errand for a subagent', delegated),
  fault('budget', 'sixth: subagents of subagents', twoLevels),
  fault('budget', 'sixth: one subagent of three', oneOfThree),
];
export const SIXTH_LOOP_TOOLS = {
  guide_search: { effect: 'read' },
  shelf_scan: { effect: 'read' },
} as const;

import type { Kind, Planted } from './kind.ts';
import { exchange, modelTurns, says, type ModelTurn, type Rng, type Talk } from './talk.ts';

/** From one model call on, tokens by a function of how many calls since. */
const inflated =
  (share: (i: number, rng: Rng) => number, from = 2) =>
  (talk: Talk, rng: Rng): Planted | null => {
    const { budget } = talk;
    const turns = modelTurns(talk);
    if (budget === null || turns.length < from + 5) return null;
    const first = from + rng.below(turns.length - from - 4);
    const later = turns.slice(first);
    later.forEach((turn, i) => (turn.tokens = Math.round(budget * share(i, rng))));
    if (later.reduce((n, t) => n + (t.tokens ?? 0), 0) < 0.7 * budget) return null;
    return {
      mode: 'cost_runaway',
      origin: later[0] as ModelTurn,
      findings: [{ flag: 'BUDGET_WARNING', at: later[0] as ModelTurn, also: modelTurns(talk) }],
    };
  };

/** Each subagent uses a little; only together they are too much. */
const spread =
  (share: number, count: number) =>
  (talk: Talk): Planted | null => {
    const { budget } = talk;
    const at = talk.turns.findIndex((t, i) => i > 2 && t.role === 'model' && t.calls.length === 0);
    if (budget === null || at < 0) return null;
    const chats: ModelTurn[] = [];
    const pairs = Array.from({ length: count }, (_, i) => {
      const task = `Look into part ${i + 1} of the request: ${['orders', 'payments', 'profile', 'history', 'addresses', 'notes', 'contracts', 'refunds'][i % 8]}.`;
      const [model, tool] = exchange('delegate_task', { task }, `Part ${i + 1} shows nothing unusual.`);
      const work = says(`Part ${i + 1} shows nothing unusual.`);
      work.tokens = Math.round(budget * share);
      chats.push(work);
      tool.sub = {
        id: `${talk.id}/sub${i}`,
        agent: `desk-${i}`,
        system: 'You look things up.',
        budget: null,
        turns: [{ role: 'user', text: task }, work],
      };
      return [model, tool] as const;
    });
    talk.turns.splice(at, 0, ...pairs.flat());
    return {
      mode: 'cost_runaway',
      origin: chats[0] as ModelTurn,
      subagents: pairs.flatMap(([, t]) => (t.sub ? [t.sub] : [])),
      findings: [
        { flag: 'BUDGET_WARNING', at: chats[0] as ModelTurn, also: [...modelTurns(talk), ...chats] },
      ],
    };
  };

export const BUDGETS: Kind<Planted>[] = [
  {
    name: 'half of the budget in one call',
    family: 'budget',
    plant: inflated((i) => (i === 0 ? 0.62 : 0.05)),
  },
  { name: 'ever more tokens', family: 'budget', plant: inflated((i) => 0.1 + 0.06 * i), aside: true },
  {
    name: 'a fifth of the budget a call',
    family: 'budget',
    plant: inflated((_, rng) => 0.18 + rng.below(4) / 100),
  },
  { name: 'spread over five subagents', family: 'budget', plant: spread(0.16, 5) },
  { name: 'spread over eight subagents', family: 'budget', plant: spread(0.11, 8), aside: true },
];

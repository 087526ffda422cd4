/** What the kinds of the seventh part have in common: drifts that last, scenes after a talk, subagents, labels. */
import { recordReads, sameTool, type Around, type Kind, type Planted } from './kind.ts';
import type { Honest } from './look-alikes.ts';
import { goOn, oneMore } from './sixth-world.ts';
import { TRADE_SKINS } from './seventh-skins.ts';
import {
  after,
  exchange,
  says,
  type Json,
  type ModelTurn,
  type Rng,
  type Talk,
  type ToolTurn,
  type Turn,
} from './talk.ts';

export const fine: Honest = { honest: true };
type Fault = Kind<Planted>;
type Quiet = Kind<Honest>;

/** A kind of the families that were announced. */
export const named = (
  family: Fault['family'],
  name: string,
  plant: Fault['plant'],
  more: Partial<Fault> = {},
): Fault => ({ name: `seventh: ${name}`, family, part: 'seventh A', skins: TRADE_SKINS, plant, ...more });
/** A kind of whatever else may fail. */
export const other = (
  family: Fault['family'],
  name: string,
  plant: Fault['plant'],
  more: Partial<Fault> = {},
): Fault => ({ name: `seventh: ${name}`, family, part: 'seventh B', skins: TRADE_SKINS, plant, ...more });
export const quiet = (name: string, plant: Quiet['plant'], more: Partial<Quiet> = {}): Quiet => ({
  name: `seventh: ${name}`,
  family: 'look-alike',
  part: 'seventh A',
  skins: TRADE_SKINS,
  plant,
  ...more,
});
export const quietOther = (name: string, plant: Quiet['plant']): Quiet =>
  quiet(name, plant, { part: 'seventh B' });

/** How an answer changes; null where it has not what changes. */
export type Change = (result: Json) => Json | null;
/** One tool answers in another shape from some call on, to the end. */
export const drifts =
  (changeFor: (rng: Rng, around: Around) => Change): Fault['plant'] =>
  (talk, rng, around) => {
    const change = changeFor(rng, around);
    for (const turn of rng.shuffle(recordReads(talk, around))) {
      if (!after(talk, turn).some((t) => t.role === 'model')) continue;
      const changed = sameTool(talk, turn).flatMap((t) => {
        const to = change(structuredClone(t.result));
        return to === null || JSON.stringify(to) === JSON.stringify(t.result) ? [] : [{ t, to }];
      });
      if (changed[0]?.t !== turn) continue;
      for (const { t, to } of changed) t.result = to;
      return driftAt(turn, changed.map(({ t }) => t).slice(1), JSON.stringify(turn.result).slice(0, 200));
    }
    return null;
  };
export const driftAt = (origin: ToolTurn, also: Turn[], note?: string): Planted => ({
  mode: 'tool_misfire',
  origin,
  findings: [{ flag: 'TOOL_SCHEMA_DRIFT', at: origin, also }],
  ...(note === undefined ? {} : { note }),
});
export const wrongAt = (origin: ModelTurn, note?: string): Planted => ({
  mode: 'tool_misfire',
  origin,
  findings: [],
  tolerated: ['ENTITY_HALLUCINATION'],
  ...(note === undefined ? {} : { note }),
});
export const inventedAt = (at: ModelTurn, also: Turn[], note?: string): Planted => ({
  mode: 'hallucination_propagation',
  origin: at,
  findings: [{ flag: 'ENTITY_HALLUCINATION', at, also }],
  ...(note === undefined ? {} : { note }),
});
export const toldWrongAt = (origin: ModelTurn, more: Partial<Planted> = {}): Planted => ({
  mode: 'hallucination_propagation',
  origin,
  findings: [],
  tolerated: ['ENTITY_HALLUCINATION'],
  ...more,
});

/** A further wish after a finished talk; the turns answer it. */
export const scene = <T>(talk: Talk, rng: Rng, wish: string, turns: Turn[], made: T): T | null =>
  goOn(talk, [oneMore(rng, wish), ...turns]) ? made : null;

/** A session of another agent, started by a call. */
export const delegated = (
  talk: Talk,
  tag: string,
  task: string,
  turns: Turn[],
  report: string,
  say = '',
): { asks: ModelTurn; tool: ToolTurn; sub: Talk } => {
  const agent = 'operations-helper';
  const [asking, tool] = exchange('delegate_task', { agent, task }, report, say);
  const sub: Talk = {
    id: `${talk.id}/${tag}`,
    agent,
    system: 'You carry out one task for another agent with your tools, and report what you did.',
    budget: null,
    turns: [{ role: 'user', text: task }, ...turns, says(report)],
  };
  tool.sub = sub;
  return { asks: asking, tool, sub };
};

/** As if drawn from a form: `9` a digit, `@` a letter, `%` a hex digit. */
export const idLike = (rng: Rng, form: string): string =>
  form.replaceAll(/[9@%]/g, (c) =>
    c === '9'
      ? String(rng.below(10))
      : c === '@'
        ? rng.pick([...'BCDFGHJKLMNPQRSTVWXZ'])
        : rng.pick([...'0123456789abcdef']),
  );
export const money = (n: number): string => `$${n.toFixed(2)}`;
export const cents = (n: number): number => Math.round(n * 100) / 100;

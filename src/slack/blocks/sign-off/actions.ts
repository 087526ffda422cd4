import type { PlanFile, PlannedAction } from '../../plan-file.ts';
import { has, type Ranges } from '../../../domain/incident/ranges.ts';
import { bold, value, word, type Line } from '../rich.ts';

/** Longest call shown of one action in a modal; what is cut is counted, and the digest binds all of it. */
const ARGS_SHOWN = 1_500;

function call(tool: string, args: unknown): string {
  const text = typeof args === 'string' ? args : JSON.stringify(args);
  return `${tool}(${text ?? ''})`;
}

/** Cutting less than this would say more about what is missing than it leaves out. */
const NOT_WORTH_CUTTING = 40;

/** A call verbatim, as far as it fits; how much is left out is said. */
function shownCall(text: string, shown: number): Line {
  if (text.length <= shown + NOT_WORTH_CUTTING) return [value(text, shown + NOT_WORTH_CUTTING)];
  const left = (text.length - shown).toLocaleString('en-US');
  return [value(text, shown), word(` (${left} more characters)`)];
}

/**
 * One action as a signer reads it, verbatim: its place in the list (from 1), target and step, what was done, and on
 * a line of its own what undoes it.
 */
export function actionLine(action: PlannedAction, manySessions: boolean, shown = ARGS_SHOWN): Line {
  const did = call(action.tool, action.args);
  const undo = action.reversal ? call(action.reversal.tool, action.reversal.args) : null;
  return [
    bold(`${action.index + 1}. `),
    ...(action.target === null ? [] : [value(action.target, 200), word(' ')]),
    word(`step ${action.step}`),
    ...(manySessions ? [word(' of '), value(action.sessionId, 60)] : []),
    ...(action.outcome === 'done' ? [] : [bold(` ${action.outcome.toUpperCase()}`)]),
    word(undo === null ? ': ' : '\nDid: '),
    ...shownCall(did, shown),
    ...(undo === null ? [] : [word('\nUndo by: '), ...shownCall(undo, shown)]),
  ];
}

export const hasManySessions = (plan: PlanFile): boolean =>
  new Set(plan.actions.map((action) => action.sessionId)).size > 1;

/** The actions that a request asks for, in the order of the plan. */
export const asked = (plan: PlanFile, indices: Ranges): PlannedAction[] =>
  plan.actions.filter((action) => has(indices, action.index));

/** Uncertain ones first, then attempted, then the earliest: what happened first did the most since. */
export const riskiest = (actions: PlannedAction[]): PlannedAction[] => {
  const rank = { uncertain: 0, done: 1, attempted: 2 } as const;
  return [...actions].sort(
    (a, b) => rank[a.outcome] - rank[b.outcome] || a.atMs - b.atMs || a.index - b.index,
  );
};

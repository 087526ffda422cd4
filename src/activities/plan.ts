import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonical } from '../domain/canonical.ts';
import type { ActionClass } from '../domain/incident/vocabulary.ts';
import { ActionOutcome, type ExternalAction } from '../domain/session/analysis.ts';

/** One line of a plan: what the agent did, and what would undo it, word for word as it will be called. */
export const PlanAction = z.object({
  index: z.int().nonnegative(),
  sessionId: z.string(),
  step: z.int().positive(),
  tool: z.string(),
  target: z.string().nullable(),
  args: z.unknown().optional(),
  outcome: ActionOutcome,
  reversal: z.object({ tool: z.string(), args: z.record(z.string(), z.unknown()) }).nullable(),
  atMs: z.number(),
});
export type PlanAction = z.infer<typeof PlanAction>;

/** The plan of one class: the sealed file that a sign-off is bound to by its digest. */
export const Plan = z.object({
  incidentId: z.string(),
  classId: z.string(),
  tool: z.string(),
  kind: z.enum(['reversible', 'irreversible']),
  strategy: z.string(),
  actions: z.array(PlanAction),
});
export type Plan = z.infer<typeof Plan>;

export type Located = ExternalAction & { sessionId: string };

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Same tool, same strategy. What has no reversal, or whose arguments the trace does not hold, is irreversible. */
function classKey(action: Located): { kind: Plan['kind']; strategy: string } {
  const { reversal, reversible } = action;
  if (!reversible || !reversal) return { kind: 'irreversible', strategy: 'remediation plan' };
  return {
    kind: 'reversible',
    strategy: `${reversal.tool}(${Object.keys(reversal.args).sort().join(', ')})`,
  };
}

const slug = (tool: string): string => tool.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 60);

function planOf(incidentId: string, actions: Located[]): Plan {
  const { kind, strategy } = classKey(actions[0]!);
  const tool = actions[0]!.tool;
  const lines = actions.map(
    ({ sessionId, step, target, args, outcome, reversal, atMs }, index): PlanAction => ({
      index,
      sessionId,
      step,
      tool,
      target,
      args,
      outcome,
      reversal: kind === 'reversible' ? reversal : null,
      atMs,
    }),
  );
  const classId = `${slug(tool)}-${sha256(canonical({ incidentId, strategy, lines })).slice(0, 10)}`;
  return { incidentId, classId, tool, kind, strategy, actions: lines };
}

export interface PlannedClass {
  spec: Omit<ActionClass, 'planUri'>;
  bytes: Uint8Array;
}

/** Groups actions that took effect (or may have) into classes, each with the plan that people sign. */
export function planClasses(incidentId: string, actions: Located[]): PlannedClass[] {
  const groups = new Map<string, Located[]>();
  for (const action of actions.filter(({ outcome }) => outcome !== 'attempted')) {
    const key = canonical({ tool: action.tool, ...classKey(action) });
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(action);
  }
  return [...groups.values()].map((group) => {
    const plan = planOf(incidentId, group);
    const text = canonical(plan);
    const closes = group.flatMap(({ atMs, reversalWindowMs }) =>
      reversalWindowMs === null ? [] : [atMs + reversalWindowMs],
    );
    const { classId, tool, kind, strategy } = plan;
    return {
      spec: {
        classId,
        tool: tool.slice(0, 200),
        kind,
        strategy: strategy.slice(0, 300),
        count: group.length,
        planSha256: sha256(text),
        uncertain: group.filter(({ outcome }) => outcome === 'uncertain').length,
        unknownTool: group.some(({ unknownTool }) => unknownTool),
        windowClosesAtMs: closes.length > 0 ? Math.floor(closes.reduce((a, b) => Math.min(a, b))) : null,
      },
      bytes: new TextEncoder().encode(text),
    };
  });
}

import type { ActionOutcome, Analysis, ExternalAction } from '../domain/session/analysis.ts';
import type { Session } from '../domain/session/session.ts';
import type { Step } from '../domain/session/step.ts';
import type { ToolManifest, ToolSpec } from '../domain/tools.ts';
import { toolSpec } from './flags/rule.ts';
import { normal } from './text/text.ts';
import { at } from './values/values.ts';

const outcomeOf = (step: Step): ActionOutcome => {
  const status = step.tool?.status;
  return status === 'error' ? 'attempted' : status === 'unknown' ? 'uncertain' : 'done';
};

const textOf = (value: unknown): string | null =>
  typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : null;

const targetOf = (spec: ToolSpec | undefined, step: Step): string | null => {
  if (!spec?.target || !step.tool) return null;
  const [from = '', ...path] = spec.target.split('.');
  return textOf(
    at(from === 'args' ? step.tool.args : from === 'result' ? step.tool.result : undefined, path.join('.')),
  );
};

/** The last read of each target, for `before.x`. */
type Reads = Map<string, unknown>;

const resolve = (path: string, step: Step, before: unknown): unknown => {
  const [from = '', ...rest] = path.split('.');
  const root =
    from === 'args'
      ? step.tool?.args
      : from === 'result'
        ? step.tool?.result
        : from === 'before'
          ? before
          : undefined;
  return rest.length === 0 ? root : at(root, rest.join('.'));
};

const reversalOf = (spec: ToolSpec | undefined, step: Step, before: unknown): ExternalAction['reversal'] => {
  if (!spec?.reversal || spec.reversible === false) return null;
  const args: Record<string, unknown> = {};
  for (const [name, path] of Object.entries(spec.reversalArgs ?? {})) {
    const value = resolve(path, step, before);
    if (value === undefined) return null;
    args[name] = value;
  }
  return { tool: spec.reversal, args };
};

const actionOf = (tools: ToolManifest | null, step: Step, reads: Reads): ExternalAction | null => {
  if (!step.tool) return null;
  const spec = toolSpec(tools, step.tool.name);
  if (spec && spec.effect !== 'write') return null;
  const target = targetOf(spec, step);
  return {
    step: step.stepNumber,
    tool: step.tool.name,
    target,
    effect: 'write',
    reversible: spec?.reversible ?? false,
    outcome: outcomeOf(step),
    unknownTool: spec === undefined,
    args: step.tool.args,
    reversal: reversalOf(spec, step, target === null ? undefined : reads.get(normal(target))),
    reversalWindowMs: spec?.reversalWindowMs ?? null,
    atMs: step.startedAtMs,
  };
};

/** Every call that may have changed something outside, of the whole session, subagents included. Retrievals only read. */
export const externalActions = (session: Session, tools: ToolManifest | null): ExternalAction[] => {
  const reads: Reads = new Map();
  const out: ExternalAction[] = [];
  for (const step of session.steps.filter((s) => s.kind === 'tool')) {
    const action = actionOf(tools, step, reads);
    if (action) out.push(action);
    const spec = step.tool ? toolSpec(tools, step.tool.name) : undefined;
    const target = spec?.effect === 'read' && step.tool?.status === 'ok' ? targetOf(spec, step) : null;
    if (target !== null) reads.set(normal(target), step.tool?.result);
  }
  return out;
};

/**
 * Subagents: traces joined to another by a span link in either direction, or that start while a call of a tool that
 * spawns agents is running. A further trace without either is the next turn of the same agent.
 */
export const subagentsOf = (
  session: Session,
  tools: ToolManifest | null,
): Analysis['blastRadius']['subagents'] => {
  const linking = session.steps.filter((s) => s.links.length > 0);
  const bySpan = new Map(
    linking.length === 0 ? [] : session.steps.map((s) => [`${s.traceId}/${s.spanId}`, s]),
  );
  const roots = new Map<string, Step>();
  for (const s of session.steps) if (!roots.has(s.traceId)) roots.set(s.traceId, s);
  const main = session.steps[0]?.traceId;
  const spawned = new Map<string, number>();
  const join = (child: string, parent: Step): void => {
    if (child !== parent.traceId && child !== main && !spawned.has(child))
      spawned.set(child, parent.stepNumber);
  };
  for (const step of linking) {
    for (const link of step.links) {
      const other = bySpan.get(`${link.traceId}/${link.spanId}`);
      if (!other || other.traceId === step.traceId) continue;
      const childFirst =
        (roots.get(step.traceId)?.stepNumber ?? 0) > (roots.get(other.traceId)?.stepNumber ?? 0);
      if (childFirst) join(step.traceId, other);
      else join(other.traceId, step);
    }
  }
  const spawners = session.steps.filter((s) => s.tool && toolSpec(tools, s.tool.name)?.spawnsAgent === true);
  for (const [traceId, root] of roots) {
    const parent = spawners.findLast(
      (s) =>
        s.traceId !== traceId &&
        s.startedAtMs <= root.startedAtMs &&
        (s.endedAtMs ?? Infinity) >= root.startedAtMs,
    );
    if (parent) join(traceId, parent);
  }
  return [...spawned].map(([traceId, step]) => ({ traceId, step })).toSorted((a, b) => a.step - b.step);
};

/** What was touched at or after a step, in every trace of the session. */
export const blastRadiusFrom = (
  session: Session,
  tools: ToolManifest | null,
  from: number,
): Analysis['blastRadius'] => {
  const last = new Map(session.steps.map((s) => [s.traceId, s.stepNumber]));
  return {
    actions: externalActions(session, tools).filter((a) => a.step >= from),
    subagents: subagentsOf(session, tools).filter(
      (s) => s.step >= from || (last.get(s.traceId) ?? 0) >= from,
    ),
  };
};

import type { Finding } from '../domain/session/finding.ts';
import type { Step } from '../domain/session/step.ts';
import type { Observed } from './observe.ts';

const MAX_DEPTH = 40;

/** For each step, the outermost tool call within which it takes place, by parents and, across traces, by links. */
const callsAround = (steps: readonly Step[]): ((step: Step) => Step | null) => {
  const bySpan = new Map(steps.map((s) => [s.spanId, s]));
  const above = ({ parentSpanId, links }: Step): Step | undefined =>
    (parentSpanId === null ? undefined : bySpan.get(parentSpanId)) ??
    links.map((l) => bySpan.get(l.spanId)).find((s) => s !== undefined);
  return (step) => {
    let outer: Step | null = null;
    let at = above(step);
    for (let depth = 0; at && depth < MAX_DEPTH; depth += 1, at = above(at)) if (at.tool) outer = at;
    return outer;
  };
};

/**
 * Where a loop goes round outside of the calls that repeat: what a subagent does anew each time it is sent is repeated by
 * the one that sends it. The second of the outer calls, or null where the calls lie side by side or within one.
 */
export const outerLoops = ({ session }: Observed): ((loop: Finding) => number | null) => {
  let around: ((step: Step) => Step | null) | null = null;
  return ({ citations }) => {
    const look = (around ??= callsAround(session.steps));
    const outer = new Map<number, Step>();
    for (const { step } of citations) {
      const inner = session.steps[step - 1];
      const call = inner && look(inner);
      if (call) outer.set(call.stepNumber, call);
    }
    const calls = [...outer.values()].toSorted((a, b) => a.stepNumber - b.stepNumber);
    const isOneTool = new Set(calls.map((c) => c.tool?.name)).size === 1;
    return isOneTool ? (calls[1]?.stepNumber ?? null) : null;
  };
};

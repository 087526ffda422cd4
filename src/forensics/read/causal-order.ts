import type { Step } from '../../domain/session/step.ts';

export interface CausalOrder {
  steps: readonly Step[];
  /** Numbers of the steps that stand elsewhere than their times say; empty where the clocks agree. */
  moved: number[];
}

/** Where the call of each id was asked for. Some frameworks use an id again in the next turn. */
const askedAt = (steps: readonly Step[]): Map<string, number[]> => {
  const out = new Map<string, number[]>();
  steps.forEach(({ kind, messagesOut }, at) => {
    if (kind !== 'llm') return;
    for (const { callId } of (messagesOut ?? []).flatMap((m) => m.toolCalls ?? []))
      if (callId !== null) out.set(callId, [...(out.get(callId) ?? []), at]);
  });
  return out;
};

const hears = (step: Step | undefined, callId: string): boolean =>
  step?.kind === 'llm' && (step.messagesIn ?? []).some(({ toolResult }) => toolResult?.callId === callId);

/**
 * The order in which steps must have happened, where clocks of several machines disagree: a tool call after the model
 * step that asked for it, and before the first one that was told its answer. Step numbers stay those of the times.
 */
export const inCausalOrder = (steps: readonly Step[]): CausalOrder => {
  const asked = askedAt(steps);
  const places = new Map<Step, number>();
  steps.forEach((step, at) => {
    const callId = step.tool?.callId;
    const from = typeof callId === 'string' ? asked.get(callId) : undefined;
    if (typeof callId !== 'string' || from === undefined) return;
    const before = from.findLast((one) => one < at);
    if (before === undefined) return void places.set(step, (from[0] ?? at) + 0.5);
    for (let told = before + 1; told < at; told += 1)
      if (hears(steps[told], callId)) return void places.set(step, told - 0.5);
  });
  if (places.size === 0) return { steps, moved: [] };
  const keyed = steps.map((step, at) => ({ step, place: places.get(step) ?? at }));
  keyed.sort((a, b) => a.place - b.place);
  return { steps: keyed.map(({ step }) => step), moved: [...places.keys()].map((step) => step.stepNumber) };
};

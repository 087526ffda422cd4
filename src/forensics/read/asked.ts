import type { Step } from '../../domain/session/step.ts';
import { isObject } from './json.ts';

/** Calls that a model asked for and that no tool step has answered yet; more than these are not remembered. */
const MAX_OPEN = 200;

const MAX_CHARS = 10_000;

/** One named plain value: only such arguments are recorded without their name. */
const isSingle = (args: unknown): boolean => {
  if (!isObject(args)) return false;
  const [value, ...others] = Object.values(args);
  const isPlain = typeof value === 'number' || typeof value === 'boolean';
  return others.length === 0 && (isPlain || (typeof value === 'string' && value.length <= MAX_CHARS));
};

/**
 * Gives a tool step the arguments that the model asked for, where the framework recorded its only argument without its
 * name. To be called with each step in order; it remembers the open calls alone.
 */
export const createAsked = (): ((step: Step) => Step) => {
  const asked = new Map<string, unknown>();
  const hear = (step: Step): void => {
    for (const { callId, args } of (step.messagesOut ?? []).flatMap((m) => m.toolCalls ?? [])) {
      if (callId === null || !isSingle(args)) continue;
      asked.set(callId, args);
      const [oldest] = asked.keys();
      if (asked.size > MAX_OPEN && oldest !== undefined) asked.delete(oldest);
    }
  };
  return (step) => {
    hear(step);
    const callId = step.tool?.callId ?? null;
    if (!step.tool || callId === null) return step;
    const args = asked.get(callId);
    asked.delete(callId);
    return args === undefined || isObject(step.tool.args) ? step : { ...step, tool: { ...step.tool, args } };
  };
};

import type { Heard, Reading } from '../narrative.ts';
import { normal } from '../text/text.ts';
import { leavesOf } from '../values/values.ts';
import type { Option } from './options.ts';

/** Calls further back did not send this agent. */
const SENT_WITHIN = 4;

/** What one agent told another to do, in a call that started it; null where the words came in some other way. */
export const taskIn = (reading: Reading, at: number, readings: readonly Reading[]): Heard | null => {
  const heard = reading.heard.find((h) => h.source === 'agent');
  if (!heard) return null;
  const text = heard.text.trim();
  const before = readings.slice(Math.max(0, at - SENT_WITHIN), at);
  const isSent = before.some((r) =>
    r.calls.some(({ args }) =>
      leavesOf(args).some(({ value }) => typeof value === 'string' && value.trim() === text),
    ),
  );
  return isSent ? heard : null;
};

const writes = ({ said, calls }: Reading, id: string): boolean =>
  normal(said).includes(id) ||
  calls.some(({ args }) => leavesOf(args).some(({ value }) => normal(String(value)).includes(id)));

/**
 * The first step, from an answer that offers some things to the call on one of them, at which a model settles on that one:
 * it writes its id and that of none beside it. Of another agent, when nobody has spoken since; else the call's own step.
 */
export const settledAt = (
  readings: readonly Reading[],
  own: Reading,
  from: number,
  id: string,
  options: readonly Option[],
): Reading => {
  const mine = normal(id);
  const others = options.map((o) => normal(o.id)).filter((other) => other !== mine);
  const between = readings.slice(from + 1, readings.indexOf(own, from));
  if (between.some((r) => r.userTurn)) return own;
  const first = between.find(
    (r) => r.step.kind === 'llm' && writes(r, mine) && !others.some((other) => writes(r, other)),
  );
  return first === undefined || first.thread === own.thread ? own : first;
};

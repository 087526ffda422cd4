import { canonical } from '../domain/canonical.ts';
import type { Session } from '../domain/session/session.ts';
import type { ToolCall } from '../domain/session/step.ts';

/** What a tool answers in the world of a recorded session. */
export type Played = { found: true; result: unknown } | { found: true; error: string } | { found: false };

export interface World {
  /** What the session was asked: its first message of a user, empty where none was recorded. */
  input: string;
  /** The recorded answer to this call; each is given once, the last one of the same call again and again. */
  play(tool: string, args: unknown): Played;
}

const keyOf = (args: unknown): string => {
  try {
    return canonical(args);
  } catch {
    return String(args);
  }
};

const answerOf = (call: ToolCall): Played => {
  if (call.result !== undefined) return { found: true, result: call.result };
  return call.error === null ? { found: false } : { found: true, error: call.error };
};

const inputOf = (session: Session): string => {
  for (const { messagesIn } of session.steps)
    for (const { role, content } of messagesIn ?? []) if (role === 'user' && content !== '') return content;
  return '';
};

/** Plays the answers of a session back: first those to the same arguments, else the tool's next in order. */
export const worldOf = (session: Session): World => {
  const calls = session.steps.flatMap(({ tool }) => (tool ? [{ tool, used: false }] : []));
  const take = (tool: string, args: unknown): ToolCall | null => {
    const key = keyOf(args);
    const ofTool = calls.filter((call) => call.tool.name === tool);
    const same = ofTool.filter((call) => keyOf(call.tool.args) === key);
    const next =
      same.find((call) => !call.used) ?? (same.length > 0 ? same.at(-1) : ofTool.find((call) => !call.used));
    if (!next) return null;
    next.used = true;
    return next.tool;
  };
  return {
    input: inputOf(session),
    play: (tool, args) => {
      const call = take(tool, args);
      return call === null ? { found: false } : answerOf(call);
    },
  };
};

import type { Session } from '../../src/domain/session/session.ts';
import { isErrorResult } from '../../src/forensics/read/tool.ts';
import { generator } from '../../src/forensics/eval/variants.ts';

/** A session as a list of turns: what a generator changes before it is written as spans again. */
export interface Talk {
  id: string;
  agent: string;
  system: string;
  budget: number | null;
  turns: Turn[];
}
export interface Call {
  id: string;
  name: string;
  args: Json;
}
export type Turn = UserTurn | ModelTurn | ToolTurn;
export interface UserTurn {
  role: 'user';
  text: string;
}
export interface ModelTurn {
  role: 'model';
  text: string;
  calls: Call[];
  tokens?: number;
}
export interface ToolTurn {
  role: 'tool';
  id: string;
  name: string;
  args: Json;
  result: Json;
  /** A session that this call started. */
  sub?: Talk;
}
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Seeded; the same seed gives the same session. */
export interface Rng {
  below: (n: number) => number;
  pick: <T>(list: readonly T[]) => T;
  shuffle: <T>(list: readonly T[]) => T[];
  digits: (n: number) => string;
}
export const rngOf = (seed: string): Rng => {
  const below = generator(seed);
  for (let i = 0; i < 8; i += 1) below(2);
  const shuffle = <T>(list: readonly T[]): T[] => {
    const out = [...list];
    for (let i = out.length - 1; i > 0; i -= 1) {
      const j = below(i + 1);
      [out[i], out[j]] = [out[j] as T, out[i] as T];
    }
    return out;
  };
  return {
    below,
    shuffle,
    pick: <T>(list: readonly T[]): T => {
      if (list.length === 0) throw new Error('nothing to pick from');
      return list[below(list.length)] as T;
    },
    digits: (n) => Array.from({ length: n }, (_, i) => (i === 0 ? 1 + below(9) : below(10))).join(''),
  };
};

export const isRecord = (value: Json | undefined): value is { [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const json = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null)) as Json;

/** A sealed session of one trace → its turns. */
export const talkOf = (session: Session): Talk => {
  const turns: Turn[] = [];
  let read = 0;
  for (const step of session.steps) {
    if (step.kind === 'llm') {
      const users = (step.messagesIn ?? []).filter((m) => m.role === 'user');
      for (const m of users.slice(read)) turns.push({ role: 'user', text: m.content });
      read = users.length;
      const out = step.messagesOut ?? [];
      turns.push({
        role: 'model',
        text: out
          .map((m) => m.content)
          .filter(Boolean)
          .join('\n'),
        calls: out
          .flatMap((m) => m.toolCalls ?? [])
          .map((c) => ({ id: c.callId ?? '', name: c.name, args: json(c.args) })),
      });
    } else if (step.tool) {
      const { callId, name, args, result } = step.tool;
      turns.push({ role: 'tool', id: callId ?? '', name, args: json(args), result: json(result) });
    }
  }
  return {
    id: session.sessionId,
    agent: session.agent ?? 'agent',
    system: session.steps.find((s) => s.systemInstructions !== null)?.systemInstructions ?? '',
    budget: session.tokenBudget,
    turns,
  };
};

/** Same talk, own objects; a call and its tool turn keep sharing nothing but the id. */
export const cloneTalk = (talk: Talk, tag: string): Talk => ({
  ...structuredClone(talk),
  id: `${talk.id}~${tag}`,
});

export const toolTurns = (talk: Talk): ToolTurn[] => talk.turns.filter((t) => t.role === 'tool');
export const modelTurns = (talk: Talk): ModelTurn[] => talk.turns.filter((t) => t.role === 'model');
export const after = (talk: Talk, turn: Turn): Turn[] => talk.turns.slice(talk.turns.indexOf(turn) + 1);
export const before = (talk: Talk, turn: Turn): Turn[] => talk.turns.slice(0, talk.turns.indexOf(turn));
export const insertAfter = (talk: Talk, turn: Turn, turns: Turn[]): void =>
  void talk.turns.splice(talk.turns.indexOf(turn) + 1, 0, ...turns);
export const askedIn = (talk: Talk, tool: ToolTurn): ModelTurn => {
  const turn = before(talk, tool).findLast((t) => t.role === 'model');
  if (turn?.role !== 'model') throw new Error(`nobody asked for ${tool.name}`);
  return turn;
};
export const failed = (turn: ToolTurn): boolean => isErrorResult(turn.result);
/** All that was said and answered up to a turn (the whole talk without one), as one text. */
export const everything = (talk: Talk, upTo?: Turn): string =>
  (upTo ? before(talk, upTo) : talk.turns)
    .map((t) => (t.role === 'tool' ? JSON.stringify([t.args, t.result]) : t.text))
    .join('\n');

let calls = 0;
/** A model turn that calls one tool, and the tool's answer. */
export const exchange = (name: string, args: Json, result: Json, text = ''): [ModelTurn, ToolTurn] => {
  const id = `call-${(calls += 1)}`;
  return [
    { role: 'model', text, calls: [{ id, name, args: structuredClone(args) }] },
    { role: 'tool', id, name, args: structuredClone(args), result: structuredClone(result) },
  ];
};
export const says = (text: string): ModelTurn => ({ role: 'model', text, calls: [] });
export const asks = (text: string): UserTurn => ({ role: 'user', text });

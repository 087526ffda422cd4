import type { Session } from '../../domain/session/session.ts';
import type { Message, Step } from '../../domain/session/step.ts';
import { isIdLike } from '../values/ids.ts';
import { isObject } from '../read/json.ts';
import { normal, tokensOf } from '../text/text.ts';
import { hashOf } from '../values/values.ts';

/** A small deterministic generator: the same seed gives the same variants, so that a case can be run again. */
export const generator = (seed: string): ((below: number) => number) => {
  let state = parseInt(hashOf(seed).slice(0, 8), 16) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
};

const SYLLABLES = [
  'ba',
  'cor',
  'du',
  'fen',
  'gil',
  'ho',
  'jat',
  'ki',
  'lum',
  'mor',
  'ne',
  'pol',
  'qui',
  'ras',
  'sol',
  'tav',
  'ul',
  'vex',
  'wi',
  'zan',
];
/** A field name that nobody uses, in the writing of the one it stands for. */
export const inventName = (next: (below: number) => number): string =>
  Array.from({ length: 2 }, () =>
    Array.from({ length: 2 }, () => SYLLABLES[next(SYLLABLES.length)]).join(''),
  ).join('_');

type TextChange = (text: string) => string;
const MAX_DEPTH = 40;
const changeValue = (value: unknown, change: TextChange, depth = 0): unknown => {
  if (typeof value === 'string') return change(value);
  if (depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((v) => changeValue(v, change, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([k, v]) => [change(k), changeValue(v, change, depth + 1)]),
  );
};

const changeMessage = (m: Message, change: TextChange): Message => ({
  ...m,
  content: change(m.content),
  ...(m.toolCalls
    ? { toolCalls: m.toolCalls.map((c) => ({ ...c, args: changeValue(c.args, change) })) }
    : {}),
  ...(m.toolResult
    ? { toolResult: { ...m.toolResult, result: changeValue(m.toolResult.result, change) } }
    : {}),
});

const changeStep = (step: Step, change: TextChange): Step => ({
  ...step,
  systemInstructions: step.systemInstructions === null ? null : change(step.systemInstructions),
  messagesIn: step.messagesIn?.map((m) => changeMessage(m, change)) ?? null,
  messagesOut: step.messagesOut?.map((m) => changeMessage(m, change)) ?? null,
  tool: step.tool && {
    ...step.tool,
    args: changeValue(step.tool.args, change),
    result: changeValue(step.tool.result, change),
  },
});

/** Every id of the session replaced by another of the same form, everywhere alike. What was never mentioned stays so. */
export const withOtherIds = (session: Session, seed: string): Session => {
  const next = generator(seed);
  const others = new Map<string, string>();
  const otherFor = (id: string): string => {
    const key = normal(id).replace(/[-_]/g, '');
    const known = others.get(key) ?? id.replace(/\d(?=(?:\D*\d){0,3}\D*$)/g, () => String(next(10)));
    others.set(key, known);
    const digits = known.replace(/\D/g, '');
    let at = 0;
    return id.replace(/\d/g, (d) => digits[at++] ?? d);
  };
  const change: TextChange = (text) => {
    let out = '';
    let from = 0;
    for (const token of tokensOf(text)) {
      if (!isIdLike(token.text)) continue;
      out += text.slice(from, token.at) + otherFor(token.text);
      from = token.at + token.text.length;
    }
    return from === 0 ? text : out + text.slice(from);
  };
  return {
    ...session,
    sessionId: `${session.sessionId}~${seed}`,
    steps: session.steps.map((s) => changeStep(s, change)),
  };
};

const renameIn = (value: unknown, from: string, to: string, depth = 0): unknown => {
  if (depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((v) => renameIn(v, from, to, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([k, v]) => [k === from ? to : k, renameIn(v, from, to, depth + 1)]),
  );
};

/** A field of one tool's answers renamed, from a step on, as a service would that changed its contract. */
export const withRenamedField = (
  session: Session,
  tool: string,
  from: string,
  to: string,
  sinceStep: number,
): Session => {
  const ids = new Set<string>();
  const steps = session.steps.map((step): Step => {
    if (step.tool?.name === tool && step.stepNumber >= sinceStep) {
      if (step.tool.callId !== null) ids.add(step.tool.callId);
      return {
        ...step,
        tool: {
          ...step.tool,
          result: renameIn(step.tool.result, from, to),
          outputFields: step.tool.outputFields.map((f) => (f === from ? to : f)),
        },
      };
    }
    const messagesIn =
      step.messagesIn?.map((m) =>
        m.toolResult?.callId != null && ids.has(m.toolResult.callId)
          ? {
              ...m,
              content: m.content.replaceAll(JSON.stringify(from), JSON.stringify(to)),
              toolResult: { ...m.toolResult, result: renameIn(m.toolResult.result, from, to) },
            }
          : m,
      ) ?? null;
    return { ...step, messagesIn };
  });
  return { ...session, steps };
};

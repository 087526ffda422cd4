import type { Message, Step } from '../domain/session/step.ts';
import { asText } from './read/json.ts';
import { leavesOf } from './values.ts';

/** Who brought something into the session. `agent`: another agent's (or its own) words coming back as input. */
export type Source = 'system' | 'user' | 'tool' | 'agent';

/** Something that entered the session at a step and had not been said there before. */
export interface Heard {
  source: Source;
  step: number;
  /** Where in the step: `input`, `system`, `result`. */
  place: string;
  text: string;
  /** A tool's answer as a value, and the tool. */
  value?: unknown;
  tool?: string;
}

export interface Call {
  callId: string | null;
  name: string;
  args: unknown;
}

/** A step as it reads once what was repeated from earlier steps is taken away. */
export interface Reading {
  step: Step;
  heard: Heard[];
  said: string;
  /** The calls asked for at this step; at a tool step, its own call where no model step recorded it. */
  calls: Call[];
  /** True where a person spoke: goals may change here without a fault. */
  userTurn: boolean;
  /** The model step that asked for this tool call; the step itself for a model step. */
  modelStep: number;
  thread: string;
}

interface Thread {
  history: string[];
  seen: Set<string>;
}
const LONG_ENOUGH = 12;
const keyOf = (m: Message): string => `${m.role}\u0000${m.content}`;

/**
 * Reads steps one after another, live or sealed, and says what is new at each: instrumentations repeat the whole
 * history in every model call. Keep one reader a session.
 */
export const createReader = (): ((step: Step) => Reading) => {
  const threads = new Map<string, Thread>();
  const written = new Set<string>();
  const answered = new Set<string>();
  const askedBy = new Map<string, number>();
  const spans = new Map<string, Step>();
  const lastModelStep = new Map<string, number>();

  const isAgents = (step: Step, content: string): boolean => {
    if (content.length >= LONG_ENOUGH && written.has(content.trim())) return true;
    const parent = step.parentSpanId === null ? undefined : spans.get(step.parentSpanId);
    const linked = [...step.links, ...(parent?.links ?? [])].some((l) => spans.has(l.spanId));
    return (
      linked ||
      parent?.kind === 'tool' ||
      (parent?.parentSpanId != null && spans.get(parent.parentSpanId)?.kind === 'tool')
    );
  };

  const novel = (thread: Thread, messages: Message[]): Message[] => {
    let same = 0;
    while (
      same < messages.length &&
      same < thread.history.length &&
      thread.history[same] === keyOf(messages[same] as Message)
    )
      same += 1;
    const rest = messages.slice(same);
    const fresh = same === thread.history.length ? rest : rest.filter((m) => !thread.seen.has(keyOf(m)));
    thread.history = messages.map(keyOf);
    for (const key of thread.history.slice(same)) thread.seen.add(key);
    return fresh;
  };

  const hear = (step: Step, message: Message): Heard | null => {
    const base = { step: step.stepNumber, place: 'input', text: message.content };
    if (message.toolResult) {
      const { callId, result } = message.toolResult;
      if ((callId !== null && answered.has(callId)) || written.has(message.content.trim())) return null;
      return { ...base, source: 'tool', text: asText(result), value: result };
    }
    if (message.role === 'assistant' || message.content === '') return null;
    return { ...base, source: isAgents(step, message.content) ? 'agent' : 'user' };
  };

  const remember = (text: string): void => {
    if (text.length >= LONG_ENOUGH) written.add(text.trim());
  };

  return (step) => {
    spans.set(step.spanId, step);
    const name = `${step.traceId}/${step.kind === 'agent' ? 'agent' : (step.parentSpanId ?? '')}/${step.agent ?? ''}`;
    const thread = threads.get(name) ?? { history: [], seen: new Set<string>() };
    threads.set(name, thread);
    const heard: Heard[] = [];
    if (step.systemInstructions !== null && !thread.seen.has(`system\u0000${step.systemInstructions}`)) {
      thread.seen.add(`system\u0000${step.systemInstructions}`);
      if (step.kind !== 'agent')
        heard.push({
          source: 'system',
          step: step.stepNumber,
          place: 'system',
          text: step.systemInstructions,
        });
    }
    for (const message of novel(thread, step.messagesIn ?? [])) {
      const one = hear(step, message);
      if (one) heard.push(one);
    }
    const out = step.kind === 'llm' ? (step.messagesOut ?? []) : [];
    const calls: Call[] = out.flatMap((m) => m.toolCalls ?? []);
    const said = out
      .map((m) => m.content)
      .filter(Boolean)
      .join('\n');
    let modelStep = step.stepNumber;
    if (step.kind === 'llm') {
      lastModelStep.set(step.traceId, step.stepNumber);
      for (const m of out) remember(m.content);
      for (const c of calls) {
        if (c.callId !== null) askedBy.set(c.callId, step.stepNumber);
        for (const leaf of leavesOf(c.args)) if (typeof leaf.value === 'string') remember(leaf.value);
      }
    }
    if (step.tool) {
      const asked = step.tool.callId === null ? undefined : askedBy.get(step.tool.callId);
      modelStep = asked ?? lastModelStep.get(step.traceId) ?? step.stepNumber;
      if (asked === undefined)
        calls.push({ callId: step.tool.callId, name: step.tool.name, args: step.tool.args });
      if (step.tool.callId !== null) answered.add(step.tool.callId);
      const text = asText(step.tool.result);
      remember(text);
      if (step.tool.result !== undefined)
        heard.push({
          source: 'tool',
          step: step.stepNumber,
          place: 'result',
          text,
          value: step.tool.result,
          tool: step.tool.name,
        });
    }
    return {
      step,
      heard,
      said,
      calls,
      modelStep,
      thread: name,
      userTurn: heard.some((h) => h.source === 'user'),
    };
  };
};

import type { Message, Step } from '../domain/session/step.ts';
import { asText } from './read/json.ts';
import { leavesOf } from './values/values.ts';

/** Who brought something into the session. `agent`: another agent's (or its own) words coming back as input. */
export type Source = 'system' | 'user' | 'tool' | 'agent';

/** Something that entered the session at a step and had not been said there before. */
export interface Heard {
  source: Source;
  step: number;
  /** Where in the step: `input`, `system`, `result`. */
  place: string;
  readonly text: string;
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

const NONE: readonly string[] = [];
/** What people said at a step. */
export const saidByPeople = ({ heard, userTurn }: Pick<Reading, 'heard' | 'userTurn'>): readonly string[] =>
  userTurn ? heard.flatMap((h) => (h.source === 'user' ? [h.text] : NONE)) : NONE;

interface Thread {
  system: string | null;
  history: Message[];
  /** The keys of all messages so far, but for those that wait until somebody asks. */
  seen: Set<string>;
  unread: Pick<Message, 'role' | 'content'>[];
}
const LONG_ENOUGH = 12;
const keyOf = (m: Pick<Message, 'role' | 'content'>): string => `${m.role}\u0000${m.content}`;
const seenIn = (thread: Thread): ReadonlySet<string> => {
  for (const m of thread.unread) thread.seen.add(keyOf(m));
  thread.unread = [];
  return thread.seen;
};
const isSame = (a: Message | undefined, b: Message | undefined): boolean =>
  a !== undefined && b !== undefined && a.role === b.role && a.content === b.content;

/** How many of the messages are those that the history ends with, when older ones were dropped; 0 where they are not. */
const overlap = (history: Message[], messages: Message[]): number => {
  for (let from = 0; from < history.length; from += 1) {
    const length = history.length - from;
    if (length > messages.length || !isSame(history[from], messages[0])) continue;
    let same = 1;
    while (same < length && isSame(history[from + same], messages[same])) same += 1;
    if (same === length) return length;
  }
  return 0;
};

/** Tool steps of a session within which others take place: what they answer is known when they end, not where they begin. */
export const withinWhich = (steps: readonly Step[]): ReadonlySet<string> => {
  const tools = new Map<string, Step>();
  for (const step of steps) if (step.tool) tools.set(step.spanId, step);
  const out = new Set<string>();
  const look = (inside: Step, of: string): void => {
    const tool = tools.get(of);
    if (tool && inside.stepNumber > tool.stepNumber && inside.startedAtMs < (tool.endedAtMs ?? 0))
      out.add(of);
  };
  for (const step of steps) {
    if (step.parentSpanId !== null) look(step, step.parentSpanId);
    for (const { spanId } of step.links) look(step, spanId);
  }
  return out;
};

/**
 * Reads steps one after another, live or sealed, and says what is new at each: instrumentations repeat the whole
 * history in every model call. Keep one reader a session. `within`: tool steps whose answer waits until they have ended.
 */
export const createReader = (within: ReadonlySet<string> = new Set()): ((step: Step) => Reading) => {
  const threads = new Map<string, Thread>();
  const written = new Set<string>();
  const answered = new Set<string>();
  const askedBy = new Map<string, number>();
  /** What its children ask of a span: never its content. */
  const spans = new Map<string, Pick<Step, 'kind' | 'parentSpanId' | 'links'>>();
  const lastModelStep = new Map<string, number>();
  let waiting: { endedAtMs: number; heard: Heard }[] = [];
  const ended = (step: Step): Heard[] => {
    if (waiting.length === 0) return [];
    const over = waiting.filter(({ endedAtMs }) => endedAtMs <= step.startedAtMs);
    if (over.length > 0) waiting = waiting.filter((w) => !over.includes(w));
    return over.map(({ heard }) => heard);
  };

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
    const known = overlap(thread.history, messages);
    const isNext = known > 0 || thread.history.length === 0;
    const fresh = isNext ? messages.slice(known) : messages.filter((m) => !seenIn(thread).has(keyOf(m)));
    thread.history = messages;
    for (const { role, content } of fresh) thread.unread.push({ role, content });
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
    const { kind, parentSpanId, links } = step;
    spans.set(step.spanId, { kind, parentSpanId, links });
    const name = `${step.traceId}/${step.kind === 'agent' ? 'agent' : (step.parentSpanId ?? '')}/${step.agent ?? ''}`;
    const thread = threads.get(name) ?? { system: null, history: [], unread: [], seen: new Set<string>() };
    threads.set(name, thread);
    const heard: Heard[] = ended(step);
    if (step.systemInstructions !== null && step.systemInstructions !== thread.system) {
      thread.system = step.systemInstructions;
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
      const { result } = step.tool;
      // Where the history can say by its call id that it repeats this answer, its text need not be kept.
      if (step.tool.callId === null) remember(asText(result));
      if (result !== undefined) {
        const answer: Heard = {
          source: 'tool',
          step: step.stepNumber,
          place: 'result',
          get text() {
            return asText(result);
          },
          value: result,
          tool: step.tool.name,
        };
        if (within.has(step.spanId) && step.endedAtMs !== null)
          waiting.push({ endedAtMs: step.endedAtMs, heard: answer });
        else heard.push(answer);
      }
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

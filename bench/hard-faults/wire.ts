import {
  emptyAttributes,
  type Attributes,
  type AttrValue,
  type RawSpan,
} from '../../src/forensics/read/raw-span.ts';
import { sessionFromSpans } from '../../src/forensics/read/session.ts';
import { hashOf } from '../../src/forensics/values/values.ts';
import type { Session } from '../../src/domain/session/session.ts';
import { LATER_ENVELOPES } from './envelopes.ts';
import { failed, type Json, type Talk, type ToolTurn, type Turn } from './talk.ts';

/** How an agent's framework wraps what its tools answer. */
export type Envelope =
  | 'plain'
  | 'mcp'
  | 'data'
  | 'text'
  | 'blocks'
  | 'http'
  | 'message'
  | keyof typeof LATER_ENVELOPES;
/** Whose attribute names the instrumentation writes; mixed: one library's for the model, another's for all else. */
export type Convention = 'genai' | 'openinference' | 'indexed' | 'mixed';

const wrapped = (turn: ToolTurn, envelope: Envelope, n: number): Json => {
  const bad = failed(turn);
  const text = typeof turn.result === 'string' ? turn.result : JSON.stringify(turn.result);
  switch (envelope) {
    case 'plain':
      return turn.result;
    case 'mcp':
      return { content: [{ type: 'text', text }], isError: bad };
    case 'data':
      return {
        status: bad ? 'error' : 'success',
        ...(bad ? { error: { message: text } } : { data: turn.result }),
        meta: {
          request_id: `rq-${hashOf(`${turn.id}/${n}`)}`,
          took_ms: 20 + (parseInt(hashOf(`${n}`).slice(0, 4), 16) % 400),
        },
      };
    case 'text':
      return text;
    case 'blocks':
      return [{ type: 'text', text }];
    case 'http':
      return {
        statusCode: bad ? 500 : 200,
        headers: { 'content-type': 'application/json', 'x-request-id': hashOf(`${turn.id}/${n}`) },
        body: text,
      };
    case 'message':
      return {
        type: 'tool',
        name: turn.name,
        tool_call_id: turn.id,
        status: bad ? 'error' : 'success',
        content: text,
      };
    default:
      return LATER_ENVELOPES[envelope]({ turn, bad, text, n });
  }
};

interface Message {
  role: string;
  text: string;
  calls: { id: string; name: string; args: Json }[];
  answers?: { id: string; result: Json };
}
const messageOf = (turn: Turn, envelope: Envelope, n: number): Message =>
  turn.role === 'tool'
    ? { role: 'tool', text: '', calls: [], answers: { id: turn.id, result: wrapped(turn, envelope, n) } }
    : turn.role === 'user'
      ? { role: 'user', text: turn.text, calls: [] }
      : { role: 'assistant', text: turn.text, calls: turn.calls };

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
const genai = ({ role, text, calls, answers }: Message): Json => ({
  role,
  parts: [
    ...(text === '' ? [] : [{ type: 'text', content: text }]),
    ...calls.map((c) => ({ type: 'tool_call', id: c.id, name: c.name, arguments: c.args })),
    ...(answers ? [{ type: 'tool_call_response', id: answers.id, response: textOf(answers.result) }] : []),
  ],
});

const flattened = (prefix: string, inner: string, list: Message[]): Attributes => {
  const out = emptyAttributes();
  list.forEach(({ role, text, calls, answers }, i) => {
    const at = `${prefix}.${i}.${inner}`;
    out[`${at}role`] = role;
    if (answers) {
      out[`${at}content`] = textOf(answers.result);
      out[`${at}tool_call_id`] = answers.id;
    } else if (text !== '') out[`${at}content`] = text;
    calls.forEach((c, j) => {
      const call = inner === '' ? `${at}tool_calls.${j}.` : `${at}tool_calls.${j}.tool_call.`;
      out[`${call}id`] = c.id;
      out[`${call}${inner === '' ? 'name' : 'function.name'}`] = c.name;
      out[`${call}${inner === '' ? 'arguments' : 'function.arguments'}`] = JSON.stringify(c.args);
    });
  });
  return out;
};

const chatAttributes = (
  talk: Talk,
  convention: Convention,
  history: Message[],
  said: Message,
  tokens: number,
): Attributes => {
  const [input, output] = [Math.max(0, tokens - 40), Math.min(40, tokens)];
  if (convention === 'openinference' || convention === 'mixed')
    return Object.assign(emptyAttributes(), {
      'openinference.span.kind': 'LLM',
      'session.id': talk.id,
      'llm.model_name': 'model-1',
      'agent.name': talk.agent,
      'llm.token_count.prompt': input,
      'llm.token_count.completion': output,
      ...flattened('llm.input_messages', 'message.', [
        { role: 'system', text: talk.system, calls: [] },
        ...history,
      ]),
      ...flattened('llm.output_messages', 'message.', [said]),
    });
  const common = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.conversation.id': talk.id,
    'gen_ai.request.model': 'model-1',
    'gen_ai.agent.name': talk.agent,
    'gen_ai.usage.input_tokens': input,
    'gen_ai.usage.output_tokens': output,
  };
  if (convention === 'indexed')
    return Object.assign(emptyAttributes(), common, {
      ...flattened('gen_ai.prompt', '', [{ role: 'system', text: talk.system, calls: [] }, ...history]),
      ...flattened('gen_ai.completion', '', [said]),
    });
  return Object.assign(emptyAttributes(), common, {
    'gen_ai.system_instructions': JSON.stringify([{ type: 'text', content: talk.system }]),
    'gen_ai.input.messages': JSON.stringify(history.map(genai)),
    'gen_ai.output.messages': JSON.stringify([genai(said)]),
  });
};

const toolAttributes = (turn: ToolTurn, convention: Convention, result: Json): Attributes =>
  Object.assign(
    emptyAttributes(),
    convention === 'openinference'
      ? {
          'openinference.span.kind': 'TOOL',
          'tool.name': turn.name,
          'tool_call.id': turn.id,
          'input.value': JSON.stringify(turn.args),
          'output.value': textOf(result),
        }
      : {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': turn.name,
          'gen_ai.tool.call.id': turn.id,
          'gen_ai.tool.call.arguments': JSON.stringify(turn.args),
          'gen_ai.tool.call.result': textOf(result),
        },
  );

const CHARACTERS_A_TOKEN = 4;

export interface Written {
  session: Session;
  stepOf: (turn: Turn) => number;
  traceOf: (talk: Talk) => string;
}

/** A talk → its session, by way of spans, as an instrumented agent would have sent it. */
export const write = (talk: Talk, convention: Convention, envelope: Envelope): Written => {
  const spans: RawSpan[] = [];
  const spanOf = new Map<Turn, string>();
  let now = 1_700_000_000_000;
  let count = 0;
  const traceOf = (t: Talk): string => hashOf(`trace/${t.id}`).padEnd(32, '0');
  const push = (one: Talk, name: string, attributes: Attributes, over: Partial<RawSpan> = {}): RawSpan => {
    const spanId = (count += 1).toString(16).padStart(16, '0');
    const span: RawSpan = {
      traceId: traceOf(one),
      spanId,
      parentSpanId: `root${traceOf(one).slice(0, 12)}`,
      name,
      startNano: `${(now += 100)}000000`,
      endNano: `${(now += 50)}000000`,
      attributes,
      resource: emptyAttributes(),
      links: [],
      events: [],
      status: { code: 'unset', message: null },
      dropped: 0,
      ...over,
    };
    spans.push(span);
    return span;
  };
  const tell = (one: Talk, link: { traceId: string; spanId: string } | null): void => {
    const root = push(one, `invoke_agent ${one.agent}`, emptyAttributes(), {
      spanId: `root${traceOf(one).slice(0, 12)}`,
      parentSpanId: null,
      links: link ? [link] : [],
    });
    const history: Message[] = [];
    let sum = 0;
    one.turns.forEach((turn, n) => {
      const message = messageOf(turn, envelope, n);
      if (turn.role === 'model') {
        const length = one.system.length + history.reduce((c, m) => c + JSON.stringify(genai(m)).length, 0);
        const tokens = turn.tokens ?? Math.ceil((length + turn.text.length) / CHARACTERS_A_TOKEN);
        sum += tokens;
        spanOf.set(
          turn,
          push(one, 'chat model-1', chatAttributes(one, convention, history, message, tokens)).spanId,
        );
      } else if (turn.role === 'tool') {
        const span = push(
          one,
          `execute_tool ${turn.name}`,
          toolAttributes(turn, convention, wrapped(turn, envelope, n)),
        );
        spanOf.set(turn, span.spanId);
        if (turn.sub) {
          tell(turn.sub, { traceId: span.traceId, spanId: span.spanId });
          span.endNano = `${(now += 10)}000000`;
        }
      }
      history.push(message);
    });
    root.endNano = `${(now += 10)}000000`;
    const agent: { [key: string]: AttrValue } =
      convention === 'openinference'
        ? {
            'openinference.span.kind': 'AGENT',
            'session.id': one.id,
            'agent.name': one.agent,
            'llm.token_count.prompt': sum,
          }
        : {
            'gen_ai.operation.name': 'invoke_agent',
            'gen_ai.conversation.id': one.id,
            'gen_ai.agent.name': one.agent,
            'gen_ai.usage.input_tokens': sum,
          };
    Object.assign(
      root.attributes,
      agent,
      one.budget === null ? {} : { 'holdpoint.session.token_budget': one.budget },
    );
  };
  tell(talk, null);
  const session = sessionFromSpans(spans);
  const numbers = new Map(session.steps.map((s) => [s.spanId, s.stepNumber]));
  return {
    session,
    traceOf,
    stepOf: (turn) => {
      const step = numbers.get(spanOf.get(turn) ?? '');
      if (step === undefined) throw new Error('a turn of the gold is not in the session');
      return step;
    },
  };
};

import type { Session } from '../../src/domain/session/session.ts';
import type { ToolManifest } from '../../src/domain/tools.ts';
import {
  emptyAttributes,
  type Attributes,
  type AttrValue,
  type RawSpan,
} from '../../src/forensics/read/raw-span.ts';
import { sessionFromSpans } from '../../src/forensics/read/session.ts';

export const attributes = (record: Record<string, AttrValue>): Attributes =>
  Object.assign(emptyAttributes(), record);

export const rawSpan = (over: Partial<RawSpan> & { spanId: string }): RawSpan => ({
  traceId: 'a'.repeat(32),
  parentSpanId: null,
  name: 'span',
  startNano: '1000000000',
  endNano: '1000000001',
  attributes: emptyAttributes(),
  resource: emptyAttributes(),
  links: [],
  events: [],
  status: { code: 'unset', message: null },
  dropped: 0,
  ...over,
});

interface Said {
  text?: string;
  tokens?: number;
  calls?: { name: string; args: unknown }[];
}

/** Writes a session the way an instrumented agent does: the whole history in each model call, tool spans beside. */
export class SessionBuilder {
  readonly #spans: RawSpan[] = [];
  readonly #history: unknown[] = [];
  #time = 1_000_000_000_000;
  #pending: { id: string; name: string; args: unknown }[] = [];
  readonly #agent: string;
  readonly #id: string;

  constructor(id = 'session-1', agent = 'test-agent') {
    this.#id = id;
    this.#agent = agent;
  }

  user(text: string): this {
    this.#history.push({ role: 'user', parts: [{ type: 'text', content: text }] });
    return this;
  }

  model({ text = '', calls = [], tokens }: Said): this {
    const withIds = calls.map((c, i) => ({ ...c, id: `call-${this.#spans.length}-${i}` }));
    const parts = [
      ...(text === '' ? [] : [{ type: 'text', content: text }]),
      ...withIds.map((c) => ({ type: 'tool_call', id: c.id, name: c.name, arguments: c.args })),
    ];
    const input = JSON.stringify(this.#history);
    this.#push('chat', 'chat', {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'm-1',
      'gen_ai.agent.name': this.#agent,
      'gen_ai.system_instructions': JSON.stringify([
        { type: 'text', content: 'You help customers with their requests.' },
      ]),
      'gen_ai.input.messages': input,
      'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts }]),
      'gen_ai.usage.input_tokens': tokens ?? Math.ceil(input.length / 4),
      'gen_ai.usage.output_tokens': tokens === undefined ? 20 : 0,
    });
    this.#history.push({ role: 'assistant', parts });
    this.#pending.push(...withIds);
    return this;
  }

  /** Answers the oldest call that has no answer. */
  tool(result: unknown): this {
    const call = this.#pending.shift();
    if (!call) throw new Error('no call is waiting for an answer');
    const text = typeof result === 'string' ? result : JSON.stringify(result);
    this.#push('execute_tool', `execute_tool ${call.name}`, {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': call.name,
      'gen_ai.tool.call.id': call.id,
      'gen_ai.tool.call.arguments': JSON.stringify(call.args),
      ...(result === undefined ? {} : { 'gen_ai.tool.call.result': text }),
    });
    this.#history.push({
      role: 'tool',
      parts: [{ type: 'tool_call_response', id: call.id, response: text ?? '' }],
    });
    return this;
  }

  /** A model call of one tool and its answer. */
  use(name: string, args: unknown, result: unknown, text = ''): this {
    return this.model({ text, calls: [{ name, args }] }).tool(result);
  }

  #push(_kind: string, name: string, record: Record<string, AttrValue>): void {
    this.#time += 1_000_000;
    const n = this.#spans.length + 1;
    this.#spans.push(
      rawSpan({
        spanId: n.toString(16).padStart(16, '0'),
        name,
        startNano: String(this.#time),
        endNano: String(this.#time + 500),
        attributes: attributes({ ...record, 'session.id': this.#id, 'gen_ai.conversation.id': this.#id }),
      }),
    );
  }

  get spans(): RawSpan[] {
    return this.#spans;
  }

  build(): Session {
    return sessionFromSpans(this.#spans);
  }
}

export const LOAN_TOOLS: ToolManifest = {
  tools: {
    verify: { effect: 'read', target: 'args.applicant' },
    decide: {
      effect: 'write',
      reversible: true,
      target: 'args.application',
      reversal: 'decide',
      reversalArgs: { application: 'args.application', status: 'before.status' },
    },
    find: { effect: 'read', target: 'args.application' },
    mail: { effect: 'write', reversible: false, target: 'args.applicant' },
    poll: { effect: 'read', poll: true },
  },
};

/** A small agent that verifies an income and decides. `shape` writes the income service's answer. */
export const loanSession = (
  n: number,
  shape: (income: number, n: number) => unknown = plainIncome,
  decision = 'approved',
): Session => {
  const applicant = `APL-${(481_000 + n * 37).toString()}`;
  const application = `APP-${(720_000 + n * 53).toString()}`;
  const income = 42_000 + ((n * 7919) % 31_000);
  return new SessionBuilder(`loan-${n}`)
    .user(`Decide application ${application} of applicant ${applicant}.`)
    .use('find', { application }, { application, applicant, status: 'pending', amount: 10_000 + n * 10 })
    .use('verify', { applicant }, shape(income, n))
    .use('decide', { application, status: decision }, { application, status: decision })
    .use('mail', { applicant, template: decision }, { mailed: true })
    .model({ text: `Application ${application} is ${decision}.` })
    .build();
};
export const plainIncome = (income: number, n: number): unknown => ({
  applicant: `APL-${(481_000 + n * 37).toString()}`,
  annual_income: income,
  employment: { employer: 'Acme', since: '2019-04-01' },
  verified: true,
});

export const cleanLoans = (count = 25): Session[] =>
  Array.from({ length: count }, (_, i) => loanSession(i + 1));

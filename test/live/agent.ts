import type { Profile } from '../../src/forensics/learned/profile.ts';
import { learnProfile } from '../../src/forensics/learned/profile.ts';
import type { RawSpan } from '../../src/forensics/read/raw-span.ts';
import { sessionFromSpans } from '../../src/forensics/read/session.ts';
import { span } from '../store/spans-support.ts';

/** Spans of a small loan agent, one call after another, as an exporter sends them: each when it has ended. */
export class Agent {
  readonly spans: RawSpan[] = [];
  private readonly session: string;
  private at: number;
  private readonly said: object[] = [];

  constructor(session: string, { at = 0 }: { at?: number } = {}) {
    this.session = session;
    this.at = at;
  }

  private add(name: string, attributes: Record<string, string | number>, named: boolean): this {
    const trace = `trace-${this.session}`;
    this.at += 1;
    this.spans.push(
      span({
        trace,
        name: `${this.session}/${this.at}`.slice(-8),
        parent: `root-${this.session}`,
        session: named ? this.session : null,
        at: this.at,
        attributes: { 'gen_ai.agent.name': 'loan-agent', 'step.name': name, ...attributes },
      }),
    );
    return this;
  }

  user(text: string): this {
    this.said.push({ role: 'user', parts: [{ type: 'text', content: text }] });
    return this;
  }

  chat(text: string, tokens = 100): this {
    this.add(
      'chat',
      {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'm',
        'gen_ai.usage.input_tokens': tokens,
        'gen_ai.usage.output_tokens': 0,
        'gen_ai.input.messages': JSON.stringify(this.said),
        'gen_ai.output.messages': JSON.stringify([
          { role: 'assistant', parts: [{ type: 'text', content: text }] },
        ]),
      },
      true,
    );
    this.said.push({ role: 'assistant', parts: [{ type: 'text', content: text }] });
    return this;
  }

  /** A tool span names no session, as conventions have it. */
  tool(name: string, args: object, result: object): this {
    return this.add(
      'tool',
      {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': name,
        'gen_ai.tool.call.id': `call-${this.session}-${this.at}`,
        'gen_ai.tool.call.arguments': JSON.stringify(args),
        'gen_ai.tool.call.result': JSON.stringify(result),
      },
      false,
    );
  }

  /** Ends the session: its root comes last and began first. */
  end(attributes: Record<string, string | number> = { 'holdpoint.session.outcome': 'completed' }): this {
    const trace = `trace-${this.session}`;
    const root = span({
      trace,
      name: `root-${this.session}`,
      session: this.session,
      at: 0,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'loan-agent',
        ...attributes,
      },
    });
    this.spans.push(root);
    return this;
  }
}

export const INCOME = { annual_income: 52_000, currency: 'USD' };

/** A good session: an application is looked up and decided. */
export const goodSession = (session: string, applicant = 'cus_5521'): Agent =>
  new Agent(session)
    .user(`Please decide on applicant ${applicant}.`)
    .chat(`I look up ${applicant}.`)
    .tool('get_income', { applicant_id: applicant }, INCOME)
    .chat(`The income of ${applicant} is 52000.`)
    .tool('decide', { applicant_id: applicant, status: 'approved' }, { ok: true })
    .chat('Done.')
    .end();

/** What is normal for it. */
export const goodProfile = (): Profile =>
  learnProfile(
    Array.from({ length: 12 }, (_, i) =>
      sessionFromSpans(goodSession(`good-${i}`, `cus_55${10 + i}`).spans, { sessionId: `good-${i}` }),
    ),
  );

export const TOOLS = {
  tools: {
    get_income: { effect: 'read' as const, target: 'args.applicant_id' },
    decide: { effect: 'write' as const, reversible: false, target: 'args.applicant_id' },
  },
};

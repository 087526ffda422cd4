import { analyse } from '../../src/forensics/analyse.ts';
import type { ToolManifest } from '../../src/domain/tools.ts';
import type { RawSpan } from '../../src/forensics/read/raw-span.ts';
import { sessionFromSpans } from '../../src/forensics/read/session.ts';
import { attributes, rawSpan } from './session-builder.ts';

const tools: ToolManifest = {
  tools: { delegate: { effect: 'none', spawnsAgent: true }, accounts: { effect: 'read' } },
};
const ACCOUNTS = { accounts: [{ account: 'AC-11223344', since: '2019-04-01', state: 'dormant' }] };

/** One agent sends a subagent `task(i)` each time; the subagent reads the accounts `reads` times and reports. */
const sent = (times: number, reads: number, task: (i: number) => string) => {
  const spans: RawSpan[] = [];
  let clock = 0;
  const now = (): string => `${1_700_000_000_000 + (clock += 10)}000000`;
  const span = (spanId: string, parentSpanId: string | null, record: Record<string, string>): RawSpan => {
    const start = now();
    const made = rawSpan({
      spanId,
      parentSpanId,
      name: spanId,
      startNano: start,
      endNano: start,
      attributes: attributes({ 'gen_ai.conversation.id': 's', ...record }),
    });
    spans.push(made);
    return made;
  };
  const chat = (id: string, parent: string | null, agent: string, call: string, args: object): void => {
    span(id, parent, {
      'gen_ai.operation.name': 'chat',
      'gen_ai.agent.name': agent,
      'gen_ai.output.messages': JSON.stringify([
        {
          role: 'assistant',
          parts: [{ type: 'tool_call', id: `call-${id}`, name: call, arguments: args }],
        },
      ]),
    });
  };
  const tool = (id: string, parent: string | null, by: string, name: string, args: object, result: unknown) =>
    span(id, parent, {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': name,
      'gen_ai.tool.call.id': `call-${by}`,
      'gen_ai.tool.call.arguments': JSON.stringify(args),
      'gen_ai.tool.call.result': JSON.stringify(result),
    });
  for (let i = 0; i < times; i += 1) {
    const args = { task: task(i) };
    chat(`ask${i}`, null, 'desk', 'delegate', args);
    const outer = tool(`send${i}`, null, `ask${i}`, 'delegate', args, { report: 'One is dormant.' });
    span(`sub${i}`, `send${i}`, { 'gen_ai.operation.name': 'invoke_agent' });
    for (let n = 0; n < reads; n += 1) {
      chat(`look${i}${n}`, `sub${i}`, 'reader', 'accounts', { owner: 'Ines' });
      tool(`read${i}${n}`, `sub${i}`, `look${i}${n}`, 'accounts', { owner: 'Ines' }, ACCOUNTS);
    }
    outer.endNano = now();
  }
  return sessionFromSpans(spans);
};
const originOf = (session: ReturnType<typeof sent>): string | undefined => {
  const { faultOrigin, failureMode } = analyse(session, { tools });
  expect(failureMode.mode).toBe('cost_runaway');
  return session.steps[(faultOrigin.candidates[0]?.step ?? 0) - 1]?.spanId;
};

describe('a loop that goes round through subagents', () => {
  it('starts where the errand is sent the second time, not with what the subagents do', () => {
    expect(originOf(sent(4, 1, () => 'Find the dormant account of Ines.'))).toBe('ask1');
  });

  it('starts there too when each errand is worded otherwise', () => {
    const words = ['Find the dormant account.', 'Which one sleeps?', 'Look again at Ines.', 'Is any unused?'];
    expect(originOf(sent(4, 1, (i) => words[i] ?? ''))).toBe('ask1');
  });

  it('starts within the one subagent that goes round by itself', () => {
    expect(originOf(sent(1, 4, () => 'Find the dormant account of Ines.'))).toBe('look01');
  });
});

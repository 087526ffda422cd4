import { analyse } from '../../src/forensics/analyse.ts';
import type { ToolManifest } from '../../src/domain/tools.ts';
import type { RawSpan } from '../../src/forensics/read/raw-span.ts';
import { sessionFromSpans } from '../../src/forensics/read/session.ts';
import { attributes, rawSpan } from './session-builder.ts';

const tools: ToolManifest = {
  tools: {
    delegate: { effect: 'none', spawnsAgent: true },
    accounts: { effect: 'read' },
    close: { effect: 'write', reversible: false },
  },
};
const [PARENT, CHILD] = ['a'.repeat(32), 'b'.repeat(32)];
const ms = (at: number): string => `${1_700_000_000_000 + at}000000`;
const text = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });
const chat = (id: string, traceId: string, at: number, heard: object[], said: object[]): RawSpan =>
  rawSpan({
    spanId: id,
    traceId,
    name: 'chat',
    startNano: ms(at),
    endNano: ms(at + 5),
    links: [],
    attributes: attributes({
      'gen_ai.operation.name': 'chat',
      'gen_ai.conversation.id': traceId === PARENT ? 's' : 'sub',
      'gen_ai.input.messages': JSON.stringify(heard),
      'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts: said }]),
    }),
  });
const tool = (
  id: string,
  traceId: string,
  at: number,
  until: number,
  name: string,
  args: object,
  result: unknown,
): RawSpan =>
  rawSpan({
    spanId: id,
    traceId,
    name: `execute_tool ${name}`,
    startNano: ms(at),
    endNano: ms(until),
    attributes: attributes({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': name,
      'gen_ai.tool.call.id': `call-${id}`,
      'gen_ai.tool.call.arguments': JSON.stringify(args),
      'gen_ai.tool.call.result': typeof result === 'string' ? result : JSON.stringify(result),
    }),
  });
const call = (id: string, name: string, args: object) => ({
  type: 'tool_call',
  id: `call-${id}`,
  name,
  arguments: args,
});

/** A subagent reports an account; the agent that asked it closes that account. */
const session = (reported: string) => {
  const task = { task: 'Find the dormant account.' };
  const root = rawSpan({
    spanId: 'c0',
    traceId: CHILD,
    name: 'invoke_agent',
    startNano: ms(30),
    endNano: ms(80),
    links: [{ traceId: PARENT, spanId: 'p2' }],
    attributes: attributes({ 'gen_ai.operation.name': 'invoke_agent' }),
  });
  return sessionFromSpans([
    chat('p1', PARENT, 10, [text('user', 'Close my dormant account.')], [call('p2', 'delegate', task)]),
    tool('p2', PARENT, 20, 90, 'delegate', task, `It is ${reported}.`),
    root,
    { ...chat('c1', CHILD, 40, [text('user', task.task)], [call('c2', 'accounts', {})]), parentSpanId: 'c0' },
    {
      ...tool('c2', CHILD, 50, 55, 'accounts', {}, { accounts: [{ account: 'AC-11223344' }] }),
      parentSpanId: 'c0',
    },
    {
      ...chat('c3', CHILD, 60, [text('user', task.task)], [{ type: 'text', content: `It is ${reported}.` }]),
      parentSpanId: 'c0',
    },
    chat(
      'p3',
      PARENT,
      100,
      [text('user', 'Close my dormant account.')],
      [call('p4', 'close', { account: reported })],
    ),
    tool('p4', PARENT, 110, 120, 'close', { account: reported }, { closed: true }),
  ]);
};

describe('a call within which others take place', () => {
  it('answers when it ends: what its subagent made up is found with the subagent', () => {
    const { findings, faultOrigin } = analyse(session('AC-99887766'), { tools });
    const [report] = session('AC-99887766').steps.filter((s) => s.spanId === 'c3');
    expect(findings.map((f) => [f.flag, f.step])).toEqual([['ENTITY_HALLUCINATION', report?.stepNumber]]);
    expect(faultOrigin.candidates[0]?.step).toBe(report?.stepNumber);
  });

  it('brings in nothing new where the subagent read what it reports', () => {
    expect(analyse(session('AC-11223344'), { tools }).findings).toEqual([]);
  });
});

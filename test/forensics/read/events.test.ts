import { sessionFromSpans } from '../../../src/forensics/read/session.ts';
import { attributes, rawSpan } from '../session-builder.ts';

const event = (name: string, values: Record<string, unknown>) => ({
  name,
  timeNano: '1',
  attributes: attributes(values as never),
});
const stepOf = (...events: ReturnType<typeof event>[]) =>
  sessionFromSpans([
    rawSpan({
      spanId: '01',
      attributes: attributes({ 'gen_ai.operation.name': 'chat' } as never),
      events,
    } as never),
  ]).steps[0];

describe('messages in span events', () => {
  it('are read from one event with the message attributes', () => {
    const step = stepOf(
      event('gen_ai.client.inference.operation.details', {
        'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"hi"}]}]',
        'gen_ai.output.messages': '[{"role":"assistant","parts":[{"type":"text","content":"hello"}]}]',
      }),
    );
    expect(step).toMatchObject({ messagesIn: [{ content: 'hi' }], messagesOut: [{ content: 'hello' }] });
  });

  it('are read from one event a message, with tool calls, tool answers and the choice', () => {
    const call = { id: 'c1', type: 'function', function: { name: 'verify', arguments: '{"id":7}' } };
    const step = stepOf(
      event('gen_ai.system.message', { content: 'Be brief.' }),
      event('gen_ai.user.message', { content: 'Verify 7.' }),
      event('gen_ai.assistant.message', { tool_calls: JSON.stringify([call]) }),
      event('gen_ai.tool.message', { id: 'c1', content: '{"ok":true}' }),
      event('gen_ai.choice', {
        index: 0,
        message: JSON.stringify({ role: 'assistant', content: 'Verified.' }),
      }),
    );
    expect(step?.systemInstructions).toBe('Be brief.');
    expect(step?.messagesIn).toMatchObject([
      { role: 'user', content: 'Verify 7.' },
      { role: 'assistant', toolCalls: [{ callId: 'c1', name: 'verify', args: { id: 7 } }] },
      { role: 'tool', toolResult: { callId: 'c1', result: { ok: true } } },
    ]);
    expect(step?.messagesOut).toMatchObject([{ role: 'assistant', content: 'Verified.' }]);
  });

  it('are read from JSON in gen_ai.event.content', () => {
    const content = (value: unknown) => ({ 'gen_ai.event.content': JSON.stringify(value) });
    const step = stepOf(
      event('gen_ai.user.message', content({ role: 'user', content: 'hi' })),
      event('gen_ai.choice', content({ index: 0, message: { role: 'assistant', content: 'hello' } })),
    );
    expect(step).toMatchObject({ messagesIn: [{ content: 'hi' }], messagesOut: [{ content: 'hello' }] });
  });

  it('say nothing where they hold no message, which the report names', () => {
    const session = sessionFromSpans([
      rawSpan({
        spanId: '01',
        attributes: attributes({ 'gen_ai.operation.name': 'chat' } as never),
        events: [event('gen_ai.user.message', {}), event('exception', { 'exception.type': 'X' })],
      } as never),
    ]);
    expect(session.steps[0]).toMatchObject({ messagesIn: null, messagesOut: null });
    expect(session.completeness.warnings.join()).toContain('prompt was not captured');
  });
});

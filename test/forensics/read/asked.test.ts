import { createAsked } from '../../../src/forensics/read/asked.ts';
import { stepOf } from '../../../src/forensics/read/step.ts';
import { attributes, rawSpan } from '../session-builder.ts';

const model = (args: unknown, id = 'c-1') =>
  stepOf(
    rawSpan({
      spanId: '1',
      attributes: attributes({
        'gen_ai.operation.name': 'chat',
        'gen_ai.output.messages': JSON.stringify([
          { role: 'assistant', parts: [{ type: 'tool_call', id, name: 'look_up', arguments: args }] },
        ]),
      }),
    }),
    1,
    's',
  );
const tool = (args: string, id: string | null = 'c-1') =>
  stepOf(
    rawSpan({
      spanId: '2',
      attributes: attributes({
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'look_up',
        'gen_ai.tool.call.arguments': args,
        ...(id === null ? {} : { 'gen_ai.tool.call.id': id }),
      }),
    }),
    2,
    's',
  );

it.each([
  ['its only argument, by name', { order_id: 'A-1' }, tool('A-1'), { order_id: 'A-1' }],
  [
    'nothing else where it has names itself',
    { order_id: 'A-1' },
    tool('{"order_id":"B-2"}'),
    { order_id: 'B-2' },
  ],
  ['nothing of another call', { order_id: 'A-1' }, tool('A-1', 'c-2'), 'A-1'],
  ['nothing without an id', { order_id: 'A-1' }, tool('A-1', null), 'A-1'],
  ['nothing of several arguments', { order_id: 'A-1', by: 'id' }, tool('A-1'), 'A-1'],
])('gives a tool call %s', (_, asked, step, args) => {
  const heard = createAsked();
  heard(model(asked));
  expect(heard(step).tool?.args).toEqual(args);
});

it('gives each answer once, and forgets the oldest of too many', () => {
  const heard = createAsked();
  heard(model({ id: 'first' }, 'c-0'));
  for (let n = 1; n <= 200; n += 1) heard(model({ id: n }, `c-${n}`));
  expect(heard(tool('x', 'c-0')).tool?.args).toBe('x');
  expect(heard(tool('x', 'c-1')).tool?.args).toEqual({ id: 1 });
  expect(heard(tool('x', 'c-1')).tool?.args).toBe('x');
});

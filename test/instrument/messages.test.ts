import { toParts } from '../../src/instrument/messages.ts';
import { readModelAnswer, summaryOf } from '../../src/instrument/model-answer.ts';

it('reads a conversation in Anthropic form, tool use and tool result included', () => {
  const { messages } = toParts([
    { role: 'user', content: 'Decide AP-1.' },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'I look.' },
        { type: 'tool_use', id: 't-1', name: 'verify_income', input: { applicant_id: 'AP-1' } },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't-1', content: '{"annual_income":1}' }] },
  ]);
  expect(messages).toEqual([
    { role: 'user', parts: [{ type: 'text', content: 'Decide AP-1.' }] },
    {
      role: 'assistant',
      parts: [
        { type: 'text', content: 'I look.' },
        { type: 'tool_call', id: 't-1', name: 'verify_income', arguments: { applicant_id: 'AP-1' } },
      ],
    },
    { role: 'user', parts: [{ type: 'tool_call_response', id: 't-1', response: { annual_income: 1 } }] },
  ]);
});

it('reads OpenAI tool messages, and keeps system words apart', () => {
  const { system, messages } = toParts([
    { role: 'developer', content: 'Be exact.' },
    { role: 'tool', tool_call_id: 'c-1', content: 'not json' },
  ]);
  expect(system).toEqual([{ type: 'text', content: 'Be exact.' }]);
  expect(messages).toEqual([
    { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c-1', response: 'not json' }] },
  ]);
});

it('leaves parts that are already in the semantic conventions as they are', () => {
  const message = {
    role: 'assistant',
    parts: [
      { type: 'reasoning', content: 'hm' },
      { type: 'text', content: 'yes' },
    ],
  };
  expect(toParts([message]).messages).toEqual([message]);
});

it('adds what Anthropic counts apart to the input tokens', () => {
  const answer = readModelAnswer({
    model: 'claude',
    stop_reason: 'end_turn',
    content: [{ type: 'text', text: 'Done.' }],
    usage: { input_tokens: 10, cache_read_input_tokens: 5, cache_creation_input_tokens: 2, output_tokens: 3 },
  });
  expect(answer).toMatchObject({
    inputTokens: 17,
    outputTokens: 3,
    cachedInputTokens: 5,
    finishReasons: ['end_turn'],
  });
});

it.each([null, 7, {}, { choices: 'none' }])(
  'says nothing of an answer that it does not know: %j',
  (answer) => {
    expect(readModelAnswer(answer)).toEqual({});
  },
);

it.each([
  [
    'its own words',
    { choices: [{ message: { role: 'assistant', content: 'Income is null.\n So I decline.' } }] },
    'Income is null. So I decline.',
  ],
  [
    'the tools it calls',
    {
      choices: [
        {
          message: {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: '1', function: { name: 'look', arguments: '{}' } }],
          },
        },
      ],
    },
    'Calls look.',
  ],
  ['nothing', { choices: [] }, 'The model answered with nothing.'],
])('sums an answer up by %s', (_, answer, summary) => {
  expect(summaryOf(readModelAnswer(answer))).toBe(summary);
});

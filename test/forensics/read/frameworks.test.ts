import { unwrapArgs, unwrapResult } from '../../../src/forensics/read/frameworks.ts';
import { pythonIn } from '../../../src/forensics/read/python-literal.ts';

describe('values as Python prints them', () => {
  it.each([
    [
      "{'id': 'A-1', 'sent': True, 'n': -1.5e3, 'none': None}",
      { id: 'A-1', sent: true, n: -1500, none: null },
    ],
    ["[{'a': (1, 2)}, {}, []]", [{ a: [1, 2] }, {}, []]],
    [`{'said': "it's", 'path': 'a\\\\b\\n', 'u': '\\u00e9'}`, { said: "it's", path: 'a\\b\n', u: 'é' }],
    ["{1: 'x',}", { 1: 'x' }],
  ])('reads %s', (text, value) => {
    expect(pythonIn(text)).toEqual(value);
  });

  it.each([
    "{'id': ",
    "{'id'}",
    "{'id': Order(1)}",
    "{'a': 1} and more",
    'plain text',
    '{"cut": "js',
    "['a",
    `${'['.repeat(100)}1${']'.repeat(100)}`,
  ])('leaves %s as it is', (text) => {
    expect(pythonIn(text)).toBeUndefined();
  });

  it('makes no prototype of a key', () => {
    const value = pythonIn("{'__proto__': {'polluted': True}}");
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.keys(value as object)).toEqual(['__proto__']);
  });
});

describe('what frameworks wrap around a call', () => {
  it('knows a tool that failed by what LangChain and LlamaIndex say of it', () => {
    const message = {
      type: 'tool',
      data: { type: 'tool', content: 'no such order', tool_call_id: 'c', status: 'error' },
    };
    expect(unwrapResult(message)).toEqual({ result: 'no such order', callId: 'c', failed: true });
    expect(unwrapResult({ tool_name: 't', raw_output: 'x', is_error: true })).toMatchObject({ failed: true });
  });

  it.each([
    [{ data: { content: 'x' } }],
    [{ output: 1 }],
    ['text'],
    [null],
    [{ type: 'human', data: { content: 'x', type: 'human' } }],
  ])('leaves the answer %j as it is', (answer) => {
    expect(unwrapResult(answer)).toEqual({ result: answer, callId: null, failed: false });
  });

  it('takes no schema for arguments, and leaves positional ones', () => {
    expect(unwrapArgs({ type: 'object', properties: { id: { type: 'string' } } })).toBeUndefined();
    expect(unwrapArgs({ args: ['A-1'], kwargs: { b: 1 } })).toEqual({ args: ['A-1'], kwargs: { b: 1 } });
    expect(unwrapArgs({ args: [], kwargs: { b: 1 } })).toEqual({ b: 1 });
    expect(unwrapArgs({ kwargs: { b: 1 }, other: 2 })).toEqual({ kwargs: { b: 1 }, other: 2 });
  });
});

import { payloadOf } from '../../../src/forensics/read/envelope.ts';
import { isEmptyResult, isErrorResult } from '../../../src/forensics/read/tool.ts';

const text = (value: string) => ({ type: 'text', text: value });

describe('what a tool answered, without its transport', () => {
  it.each<[string, unknown, unknown]>([
    ['JSON text of an MCP result', { content: [text('{"a":1}')], isError: false }, { a: 1 }],
    ['plain text of an MCP result', { content: [text('all'), text('good')] }, 'all\ngood'],
    ['structured content first', { content: [text('x')], structuredContent: { a: 2 } }, { a: 2 }],
    [
      'an image stays what it is',
      { content: [{ type: 'image', data: '' }] },
      { content: [{ type: 'image', data: '' }] },
    ],
    [
      'an answer that has content of its own',
      { content: [text('x')], author: 'b' },
      { content: [text('x')], author: 'b' },
    ],
    ['JSON in a list of text parts', [text('{"a":1}')], { a: 1 }],
    ['a list of parts that are not all text', [text('x'), { type: 'image' }], [text('x'), { type: 'image' }]],
    [
      'a list of records of its own',
      [{ type: 'text', text: 'x', author: 'b' }],
      [{ type: 'text', text: 'x', author: 'b' }],
    ],
    [
      "a tool's message",
      { type: 'tool', tool_call_id: 'c1', name: 'berth', content: '{"berth":7}' },
      { berth: 7 },
    ],
    ['a tool result block', { type: 'tool_result', tool_use_id: 'c1', content: [text('moored')] }, 'moored'],
    ['a message of its own', { content: 'hello', author: 'b' }, { content: 'hello', author: 'b' }],
    [
      'an HTTP response',
      { statusCode: 200, headers: { 'x-request-id': '7' }, body: '{"berth":7}' },
      { berth: 7 },
    ],
    ['a body that is no JSON', { status: 200, body: 'moored' }, 'moored'],
    ['JSON behind a label', 'Result: {"berth":7}', { berth: 7 }],
    ['prose behind a label', 'Result: {one of two}', 'Result: {one of two}'],
    ['a body of its own', { status: 'open', body: 'oak' }, { status: 'open', body: 'oak' }],
    ['a JSON-RPC response', { jsonrpc: '2.0', id: 7, result: { berth: 7 } }, { berth: 7 }],
    [
      'a JSON-RPC response around an MCP result',
      { jsonrpc: '2.0', id: 8, result: { content: [text('{"a":1}')] } },
      { a: 1 },
    ],
    ['a result of its own', { id: 7, result: { berth: 7 } }, { id: 7, result: { berth: 7 } }],
    [
      'JSON as the only text',
      { output: '{"state":"moored","berth":"{}"}' },
      { state: 'moored', berth: '{}' },
    ],
    ['prose as the only text', { output: 'moored' }, { output: 'moored' }],
    [
      'a header with rows',
      {
        columns: ['berth', 'free'],
        rows: [
          [7, true],
          [8, null],
        ],
      },
      {
        rows: [
          { berth: 7, free: true },
          { berth: 8, free: null },
        ],
      },
    ],
    [
      'a header of records, some levels down',
      { result: { records: [{ fields: [{ name: 'berth', type: 'int' }], values: [[7]], last: true }] } },
      { result: { records: [{ values: [{ berth: 7 }], last: true }] } },
    ],
    [
      'a header without rows',
      { columns: [], rows: [], error: 'no such port' },
      { rows: [], error: 'no such port' },
    ],
    [
      'rows that do not fit their header',
      { columns: ['berth'], rows: [[7, true]] },
      { columns: ['berth'], rows: [[7, true]] },
    ],
    [
      'a table in a cell of a table',
      { header: ['pier', 'berths'], rows: [['A', { cols: ['berth'], data: [[7]] }]] },
      { rows: [{ pier: 'A', berths: { data: [{ berth: 7 }] } }] },
    ],
    ['columns by name', { columns: { berth: [7, 8] }, rows: 2 }, { columns: { berth: [7, 8] }, rows: 2 }],
    ['anything else', { data: { a: 1 } }, { data: { a: 1 } }],
  ])('%s', (_, result, payload) => {
    expect(payloadOf(result).payload).toEqual(payload);
  });

  it('keeps that an MCP result says it failed', () => {
    expect(payloadOf({ content: [text('no such order')], isError: true })).toEqual({
      payload: 'no such order',
      failed: true,
    });
  });

  it.each<[unknown]>([
    [{ statusCode: 404, body: 'no such berth' }],
    [{ type: 'tool', tool_call_id: 'c1', status: 'error', content: 'no such berth' }],
    [{ type: 'tool_result', tool_use_id: 'c1', is_error: true, content: 'no such berth' }],
  ])('%j says that it failed', (result) => {
    expect(payloadOf(result)).toEqual({ payload: 'no such berth', failed: true });
  });

  it('keeps why a JSON-RPC call failed', () => {
    const error = { code: -32_000, message: 'no such berth' };
    expect(payloadOf({ jsonrpc: '2.0', id: 7, error })).toEqual({ payload: error, failed: true });
  });

  it.each<[unknown, boolean, boolean]>([
    [{ status: 'success', data: [], meta: { took_ms: 3 } }, true, false],
    [{ rows: [], total: 0 }, true, false],
    [{ data: 'Error: not found' }, false, true],
    [{ name: 'x', orders: [] }, false, false],
    [{ data: [], items: [1] }, false, false],
    [{ data: { found: false } }, false, false],
    [{ data: null, errors: [{ message: 'no such berth' }] }, false, true],
    [{ data: { berth: 7 }, errors: [{ message: 'no tide tables' }] }, false, false],
    [{ code: 5001, msg: 'harbour closed', data: null }, true, true],
    [{ code: 0, msg: 'ok', data: null }, true, false],
    [{ content: 'Error: no such berth', metadata: { run: 4 } }, false, true],
    [{ message: 'Error 12 is on the board', board: 'B' }, false, false],
    ['<tool_error>no such berth</tool_error>', false, true],
    ['Tool failed: no such berth', false, true],
    ['Failed moorings: 3', false, false],
    [{ outcome: 'failed', reason: 'no such berth' }, false, true],
    [{ outcome: 'ok', payload: '{}' }, false, false],
    [0, false, false],
    [[], true, false],
    [{ status: 'ok', data: {}, warnings: ['no body'] }, true, false],
    [{ status: 'ok', data: {}, rows: ['no body'] }, false, false],
    [{ data: { phase: 'ok', data: null } }, true, false],
    ['{"phase":"ok","data":null}', true, false],
    ['<html><head><title>502 Bad Gateway</title></head></html>', false, true],
    [{ status: 'ok', body: '<!DOCTYPE html><h1>Error 404</h1>' }, false, true],
    ['<html><body>Room 4101 is free</body></html>', false, false],
    [{ body: 'The 404 bus is late.' }, false, false],
  ])('%j is empty: %s, an error: %s', (result, empty, error) => {
    expect(isEmptyResult(result)).toBe(empty);
    expect(isErrorResult(result)).toBe(error);
  });
});

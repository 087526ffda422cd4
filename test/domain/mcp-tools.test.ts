import { withMcpAnnotations } from '../../src/domain/mcp-tools.ts';
import { ToolManifest } from '../../src/domain/tools.ts';

const read = (value: unknown) => ToolManifest.parse(withMcpAnnotations(value)).tools;

describe('MCP annotations in a tools file', () => {
  const LIST = {
    tools: [
      { name: 'find', description: 'looks', inputSchema: {}, annotations: { readOnlyHint: true } },
      { name: 'drop', annotations: { readOnlyHint: false, destructiveHint: true } },
      { name: 'add', annotations: { destructiveHint: false } },
      { name: 'silent' },
    ],
    nextCursor: 'x',
  };
  const WRITE = { effect: 'write', reversible: false };

  it.each<[string, unknown]>([
    ['what an MCP server lists', LIST],
    ['the JSON-RPC answer around it', { jsonrpc: '2.0', id: 1, result: LIST }],
  ])('%s is a tools file: only what says it is read-only reads', (_, file) => {
    expect(read(file)).toEqual({ find: { effect: 'read' }, drop: WRITE, add: WRITE, silent: WRITE });
  });

  it('gives an entry of our own form its effect, and what the entry says itself stays', () => {
    expect(
      read({
        tools: {
          find: { annotations: { readOnlyHint: true }, target: 'args.id' },
          add: { annotations: {}, reversal: 'drop', reversible: true },
          odd: { annotations: { readOnlyHint: true }, effect: 'write' },
          ours: { effect: 'think' },
        },
      }),
    ).toEqual({
      find: { effect: 'read', target: 'args.id' },
      add: { effect: 'write', reversal: 'drop', reversible: true },
      odd: { effect: 'write' },
      ours: { effect: 'think' },
    });
  });

  it.each([null, 'x', [], {}, { tools: [{ title: 'no name' }] }, { tools: { a: { effect: 'eat' } } }])(
    'leaves what is no tools file to the schema: %j',
    (value) => {
      expect(ToolManifest.safeParse(withMcpAnnotations(value)).success).toBe(false);
    },
  );
});

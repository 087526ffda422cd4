import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTraceFile } from '../../../src/adapters/traces/file.ts';
import { sessionFromFile } from '../../../src/adapters/traces/session-file.ts';
import { newFolder, removeFolder } from '../../support/folder.ts';
import { comparable, verdictOf } from './support/same-analysis.ts';

const EXPORTS = join(__dirname, '../../fixtures/trace-stores/phoenix-exports');
/** What Phoenix 20.26 and its Python client wrote of one session, OpenInference; and of one of the GenAI conventions. */
const exported = (name: string) => sessionFromFile(join(EXPORTS, `${name}.gz`));
/** A data frame holds times to the ms once it is JSON. */
const SHAPE = { links: false, timesMs: 1 };

let dir: string;
beforeEach(() => (dir = newFolder()));
afterEach(() => removeFolder(dir));
const file = (content: string): string => {
  const path = join(dir, 'export');
  writeFileSync(path, content);
  return path;
};
const span = (id: string, over: object = {}): object => ({
  name: 'chat',
  context: { trace_id: 'a'.repeat(32), span_id: id.repeat(16) },
  span_kind: 'LLM',
  parent_id: null,
  start_time: '2026-11-22T22:31:07.101000+00:00',
  end_time: '2026-11-22T22:31:08.101000+00:00',
  status_code: 'OK',
  attributes: { 'session.id': 's' },
  events: [],
  ...over,
});

describe('what Phoenix exports, as a file', () => {
  it('is read from spans a line: whole texts, both sides of each call, and what Phoenix cannot keep', async () => {
    const session = await exported('loan-spans.jsonl');
    expect(session.sessionId).toBe('sess-file-oi');
    expect(session.steps).toHaveLength(16);
    expect(JSON.stringify(session.steps[6]?.tool?.result)).toContain('END-OF-STATEMENT');
    const calls = session.steps.filter((s) => s.kind === 'llm');
    expect(calls.map((s) => [s.messagesIn === null, s.messagesOut === null])).toEqual(
      calls.map(() => [false, false]),
    );
    expect(session.completeness.limits.join()).toContain('Phoenix keeps no span links');
  });

  it.each(['loan-records.jsonl', 'loan.csv'])('gives the same steps and analysis from %s', async (name) => {
    const [session, spans] = [await exported(name), await exported('loan-spans.jsonl')];
    expect(session.steps.map((s) => comparable(s, SHAPE))).toEqual(
      spans.steps.map((s) => comparable(s, SHAPE)),
    );
    expect(verdictOf(session, SHAPE)).toEqual(verdictOf(spans, SHAPE));
    expect(session.completeness).toMatchObject({
      truncated: [],
      warnings: spans.completeness.warnings,
      limits: spans.completeness.limits,
    });
  });

  it('is read from a table of GenAI spans', async () => {
    const session = await exported('default.csv');
    expect(session.steps).toHaveLength(16);
    expect(session.completeness.missingFields.map((m) => m.field)).not.toContain('prompt');
    expect(session.steps.find((s) => s.kind === 'tool')?.tool?.args).toEqual({ application: '7731' });
  });

  it.each<[string, unknown]>([
    ['a page of its API', { data: [span('1'), span('2')], next_cursor: null }],
    ['a list', [span('1'), span('2')]],
    [
      'traces of its command line',
      [
        { traceId: 'a', spans: [span('1')] },
        { traceId: 'a', spans: [span('2')] },
      ],
    ],
  ])('is read from %s, on one line or over many', async (_, value) => {
    for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2)]) {
      const { spans, warnings } = await readTraceFile(file(text));
      expect(spans.map((s) => s.spanId)).toEqual(['1'.repeat(16), '2'.repeat(16)]);
      expect(warnings).toEqual([]);
    }
  });

  it('says which rows of a table it could not read, and reads the others', async () => {
    const table = [
      'context.span_id,context.trace_id,name,attributes.session.id,start_time',
      `${'1'.repeat(16)},${'a'.repeat(32)},"chat, with a comma",s,2026-11-22 22:31:07.101000+00:00`,
      ',,nothing,,',
      `${'2'.repeat(16)},${'a'.repeat(32)},"never closed`,
    ];
    const { spans, warnings } = await readTraceFile(file(table.join('\n')));
    expect(spans.map((s) => s.name)).toEqual(['chat, with a comma']);
    expect(warnings).toEqual(
      expect.arrayContaining([expect.stringContaining('row'), expect.stringContaining('was not read')]),
    );
  });

  it('is not mistaken for another table', async () => {
    await expect(readTraceFile(file('a,b\n1,2\n'))).rejects.toThrow('spans as Phoenix exports them');
  });
});

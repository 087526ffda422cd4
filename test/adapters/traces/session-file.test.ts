import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordedSession, sessionFromFile } from '../../../src/adapters/traces/session-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdpoint-session-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Span {
  trace?: string;
  session?: string;
  links?: string[];
}
const span = (id: number, { trace = 'a', session, links = [] }: Span) => ({
  traceId: trace.repeat(32),
  spanId: `${id}`.padStart(16, '0'),
  name: 'chat',
  startTimeUnixNano: `${id}000000`,
  endTimeUnixNano: `${id}500000`,
  attributes: session === undefined ? [] : [{ key: 'session.id', value: { stringValue: session } }],
  links: links.map((traceId) => ({ traceId: traceId.repeat(32), spanId: '1'.repeat(16) })),
});
const file = (name: string, ...spans: ReturnType<typeof span>[]): string => {
  const path = join(folder, `${name}.jsonl`);
  writeFileSync(path, JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
  return path;
};
const first = file('first', span(1, { session: 's' }), span(2, {}));

describe('a session in several files', () => {
  it.each<[string, Span]>([
    ['the same trace', {}],
    ['another trace of the same session', { trace: 'b', session: 's' }],
    ["a subagent's trace, linked to the session's", { trace: 'c', session: 'sub', links: ['a'] }],
  ])('is read as one: %s', async (_, part) => {
    const second = file('second', span(3, part));
    for (const paths of [
      [first, second],
      [second, first],
    ]) {
      const { steps } = await sessionFromFile(...paths);
      expect(steps.map(({ spanId, stepNumber }) => [Number(spanId), stepNumber])).toEqual([
        [1, 1],
        [2, 2],
        [3, 3],
      ]);
    }
  });

  it('joins two files by way of a third', async () => {
    const far = file('far', span(4, { trace: 'd' }));
    const between = file('between', span(3, { trace: 'a', links: ['d'] }));
    expect((await sessionFromFile(first, far, between)).steps).toHaveLength(4);
  });

  it('counts a span that two files hold once, as it does within one', async () => {
    const again = file('again', span(2, {}), span(3, {}));
    const { steps, completeness } = await sessionFromFile(first, again);
    expect([steps.length, completeness.duplicateSpans]).toEqual([3, 1]);
  });

  it('names the file that a warning is about', async () => {
    const broken = join(folder, 'broken.jsonl');
    writeFileSync(broken, `${JSON.stringify({ resourceSpans: [] })}\nnothing`);
    const { warnings } = (await sessionFromFile(first, broken)).completeness;
    expect(warnings).toContain(`${broken}: line 2 is not JSON and was not read`);
  });

  it('refuses the file of another session, and names it', async () => {
    const stranger = file('stranger', span(3, { trace: 'e', session: 'other' }));
    await expect(recordedSession(first, stranger)).rejects.toThrow(
      `${first} and ${stranger} share no session, trace or link`,
    );
  });

  it('asks for spans where no file holds any', async () => {
    const [one, two] = [file('none'), file('nothing')];
    await expect(recordedSession(one, two)).rejects.toThrow(`${one} and ${two} hold no spans`);
  });
});

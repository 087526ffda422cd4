import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  eachSpan,
  fileTraceStore,
  readTraceFile,
  TraceFileError,
} from '../../../src/adapters/traces/file.ts';
import { sessionFromFile } from '../../../src/adapters/traces/session-file.ts';
import type { RawSpan, ReadSpans } from '../../../src/forensics/read/raw-span.ts';

const request = (spanId: string) => ({
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: [
            {
              traceId: 'a'.repeat(32),
              spanId,
              name: spanId,
              startTimeUnixNano: '1700000000000000000',
              endTimeUnixNano: '1700000000500000000',
              attributes: [],
            },
          ],
        },
      ],
    },
  ],
});
const [ONE, TWO] = [request('0000000000000001'), request('0000000000000002')];
let dir = '';
beforeAll(() => (dir = mkdtempSync(join(tmpdir(), 'holdpoint-file-'))));
afterAll(() => rmSync(dir, { recursive: true }));
const file = (content: string | Uint8Array): string => {
  const path = join(dir, `${Math.random()}.json`);
  writeFileSync(path, content);
  return path;
};
const lines = `${JSON.stringify(ONE)}\n${JSON.stringify(TWO)}\n`;

describe('a trace file', () => {
  it.each([
    ['JSON lines', () => lines],
    ['gzipped JSON lines', () => gzipSync(lines)],
    ['one JSON document over many lines', () => JSON.stringify([ONE, TWO], null, 2)],
    ['gzipped JSON', () => gzipSync(JSON.stringify([ONE, TWO]))],
    ['lines with a byte order mark and empty lines', () => `\uFEFF${lines}\n\n`],
  ])('is read as %s', async (_, content) => {
    const { spans, warnings } = await readTraceFile(file(content()));
    expect([spans.map((s) => s.spanId.at(-1)), warnings]).toEqual([['1', '2'], []]);
  });

  it('names a broken line and reads the rest', async () => {
    const session = await sessionFromFile(
      file(`${JSON.stringify(ONE)}\n{"resourceSpans":[{"sco\n${JSON.stringify(TWO)}`),
    );
    expect(session.steps).toHaveLength(2);
    expect(session.completeness).toMatchObject({
      complete: false,
      warnings: expect.arrayContaining(['line 2 is not JSON and was not read']),
    });
  });

  it('names a broken first line and reads the rest', async () => {
    expect((await readTraceFile(file(`{"broken\n${lines}`))).warnings).toEqual(
      expect.arrayContaining([expect.stringContaining('not JSON')]),
    );
  });

  it.each([
    ['line', (text: string) => text, 'line 1'],
    ['document over many lines', (text: string) => JSON.stringify(JSON.parse(text), null, 2), 'the document'],
  ])('reads a short %s that was cut as far as it goes, and says so', async (_, written, what) => {
    const text = written(JSON.stringify([ONE, TWO]));
    const { spans, warnings } = await readTraceFile(file(text.slice(0, -2)));
    expect([spans.map((s) => s.spanId.at(-1)), warnings]).toEqual([
      ['1', '2'],
      [`${what} is broken or ends early after 2 of its spans; the rest of it was not read`],
    ]);
  });

  it('keeps the whole spans of a last line that was cut', async () => {
    const cut = JSON.stringify([TWO, ONE]).slice(0, -20);
    const { spans, warnings } = await readTraceFile(file(`${JSON.stringify(ONE)}\n${cut}`));
    expect([spans.map((s) => s.spanId.at(-1)), warnings]).toEqual([
      ['1', '2'],
      ['line 2 is broken or ends early after 1 of its spans; the rest of it was not read'],
    ]);
  });

  it('reads a gzip file that was cut as far as it goes, and says so', async () => {
    const many = gzipSync(
      Array.from({ length: 2000 }, (_, i) => JSON.stringify(request(i.toString(16).padStart(16, '0')))).join(
        '\n',
      ),
    );
    const { spans, warnings } = await readTraceFile(file(many.subarray(0, many.length - 200)));
    expect(spans.length).toBeGreaterThan(100);
    expect(warnings.join()).toMatch(/ends early|not JSON/);
  });

  it.each([
    ['a missing file', () => join(dir, 'none')],
    ['an empty file', () => file('')],
    ['another kind of file', () => file('hello\nthere')],
  ])('refuses %s with a reason', async (_, path) => {
    await expect(readTraceFile(path())).rejects.toThrow(TraceFileError);
  });

  it('serves as a trace store', async () => {
    const store = fileTraceStore(file(lines));
    expect(await store.exportSession('any')).toMatchObject({
      stable: true,
      spans: [{}, {}],
      pages: [{ contentType: 'application/json' }],
    });
    expect(await store.retentionDeadlineMs('any')).toBeNull();
  });
});

describe('a trace file that is too long to be held', () => {
  const HELD_BYTES = 200;
  const read = async (content: string | Uint8Array) => {
    const out: ReadSpans = { spans: [], warnings: [] };
    const sink = {
      take: (span: RawSpan) => void out.spans.push(span),
      warn: (sentence: string) => void out.warnings.push(sentence),
    };
    await eachSpan(file(content), sink, HELD_BYTES);
    return out;
  };
  const attributes = [
    { key: 'service.name', value: { stringValue: 'größe "x" 🙂' } },
    { key: 'n', value: { intValue: '12' } },
  ];
  const [first] = request('0000000000000003').resourceSpans;
  const long = { resourceSpans: [...ONE.resourceSpans, { resource: { attributes }, ...first }] };

  it.each([
    ['one line', () => JSON.stringify(long)],
    ['a list on one line', () => JSON.stringify([ONE, long])],
    ['many lines', () => JSON.stringify(long, null, 2)],
    ['a list over many lines, gzipped', () => gzipSync(JSON.stringify([long, ONE], null, 2))],
    ['long lines and short ones', () => `${JSON.stringify(long)}\n${JSON.stringify(TWO)}\n`],
  ])('is read span by span from %s, as it would be read whole', async (_, content) => {
    const whole = await readTraceFile(file(content()));
    expect(whole.spans.length).toBeGreaterThan(1);
    expect({ limits: [], ...(await read(content())) }).toEqual(whole);
  });

  it('keeps every digit of a number', async () => {
    const exact = JSON.stringify(long).replaceAll('"1700000000000000000"', '1700000000123456789');
    expect((await read(exact)).spans.map((span) => span.startNano)).toEqual([
      '1700000000123456789',
      '1700000000123456789',
    ]);
  });

  it('says where it breaks, and reads what stands before', async () => {
    for (const text of [JSON.stringify(long), JSON.stringify(long, null, 2)]) {
      const { spans, warnings } = await read(text.slice(0, text.length - 4));
      expect([spans.length, warnings]).toEqual([
        2,
        [expect.stringMatching(/^(?:line 1|the document) is broken or ends early after 2 of its spans/)],
      ]);
    }
  });

  it('names a long line that is none, and reads the others', async () => {
    const { spans, warnings } = await read(
      `${JSON.stringify(TWO)}\n${'x'.repeat(900)}\n${JSON.stringify(long)}`,
    );
    expect([spans.length, warnings]).toEqual([3, ['line 2 is not JSON and was not read']]);
  });

  it('says when the resource of spans stands behind them', async () => {
    const [group] = TWO.resourceSpans;
    const { spans, warnings } = await read(
      JSON.stringify({ resourceSpans: [{ ...group, resource: { attributes } }, ...long.resourceSpans] }),
    );
    expect(spans).toHaveLength(3);
    expect(warnings).toEqual([expect.stringContaining('resource of some spans stands behind them')]);
  });

  it('refuses what is no trace with a reason', async () => {
    await expect(read('x'.repeat(2_000))).rejects.toThrow(TraceFileError);
    await expect(read('x\n'.repeat(1_000))).rejects.toThrow(TraceFileError);
    expect((await read(JSON.stringify({ other: 'x'.repeat(1_000) }))).warnings).toEqual([
      expect.stringContaining('no resourceSpans'),
    ]);
  });
});

describe('when the log of a recording is gone', () => {
  const attribute = (value: unknown) => ({ key: 'holdpoint.retention_ms', value });
  const HOUR = attribute({ intValue: '3600000' });
  const STARTED_AT_MS = 1_700_000_000_000;
  const recording = (on: { resource?: unknown[]; root?: unknown[]; child?: unknown[] }): string => {
    const [one, two] = [request('0000000000000001'), request('0000000000000002')];
    const spans = [one, two].map(({ resourceSpans: [first] }) => first?.scopeSpans[0]?.spans[0]);
    const [root, child] = [
      { ...spans[0], attributes: on.root ?? [] },
      { ...spans[1], parentSpanId: '0000000000000001', attributes: on.child ?? [] },
    ];
    const resource = { attributes: on.resource ?? [] };
    return file(JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [root, child] }] }] }));
  };
  const deadline = (path: string) => fileTraceStore(path).retentionDeadlineMs('any');

  it('counts the stated time from the start of the session, not from when the file is read', async () => {
    expect(await deadline(recording({ resource: [HOUR] }))).toBe(STARTED_AT_MS + 3_600_000);
    expect(await deadline(recording({ root: [HOUR] }))).toBe(STARTED_AT_MS + 3_600_000);
  });

  it('takes the shortest of several', async () => {
    const minute = attribute({ stringValue: '60000' });
    expect(await deadline(recording({ resource: [HOUR], root: [minute] }))).toBe(STARTED_AT_MS + 60_000);
  });

  it('hears neither other spans nor what is no time', async () => {
    expect(await deadline(recording({}))).toBeNull();
    expect(await deadline(recording({ child: [HOUR] }))).toBeNull();
    for (const value of [
      { intValue: '-5' },
      { boolValue: true },
      { stringValue: 'a day' },
      { kvlistValue: {} },
    ])
      expect(await deadline(recording({ root: [attribute(value)] }))).toBeNull();
  });
});

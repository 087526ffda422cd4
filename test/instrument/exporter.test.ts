import { createExporter, type Exporter } from '../../src/instrument/exporter.ts';
import type { FinishedSpan } from '../../src/instrument/otlp.ts';
import { startHoldpoint, type TestHoldpoint } from './holdpoint.ts';
import { until } from './until.ts';

let holdpoint: TestHoldpoint;
let warnings: string[];
beforeEach(async () => {
  holdpoint = await startHoldpoint();
  warnings = [];
});
afterEach(() => holdpoint.close());

const span = (number: number, text = ''): FinishedSpan => ({
  traceId: 'a'.repeat(32),
  spanId: number.toString(16).padStart(16, '0'),
  parentSpanId: null,
  name: `span ${number}`,
  kind: 'internal',
  startNs: 1_700_000_000_000_000_000n + BigInt(number),
  endNs: 1_700_000_000_000_000_999n,
  attributes: { 'agent.step': number, text, share: 0.5, absent: undefined },
  error: null,
  links: [],
});
const make = (more: Partial<Parameters<typeof createExporter>[0]> = {}): Exporter =>
  createExporter({
    endpoint: `${holdpoint.url}/`,
    resource: { 'service.name': 'x' },
    flushEveryMs: 20,
    onWarning: (w) => warnings.push(w),
    ...more,
  });
const names = (): string[] => holdpoint.spans().map((s) => s.name);

it('sends within a second without being asked, nanoseconds unharmed', async () => {
  const exporter = make();
  exporter.add(span(7));
  await until('the span arrives', () => names().length === 1);
  expect(holdpoint.spans()[0]).toMatchObject({
    startTimeUnixNano: '1700000000000000007',
    attributes: { 'agent.step': 7, share: 0.5 },
  });
  expect(holdpoint.spans()[0]?.attributes).not.toHaveProperty('absent');
  expect(exporter.stats()).toEqual({ queued: 0, sent: 1, dropped: 0 });
});

it('keeps spans while the endpoint fails, and sends each once when it is back', async () => {
  const exporter = make();
  holdpoint.answerTraces(503);
  for (let n = 0; n < 300; n += 1) exporter.add(span(n));
  await exporter.flush(500);
  expect(exporter.stats()).toEqual({ queued: 300, sent: 0, dropped: 0 });
  holdpoint.answerTraces(200);
  await until('all spans arrive', () => names().length >= 300);
  await exporter.flush();
  expect(new Set(names()).size).toBe(300);
  expect(names()).toHaveLength(300);
});

it('drops what the endpoint refuses for good, and says so', async () => {
  const exporter = make();
  holdpoint.answerTraces(400);
  exporter.add(span(1));
  await exporter.flush();
  expect(exporter.stats()).toEqual({ queued: 0, sent: 0, dropped: 1 });
  expect(warnings).toEqual([expect.stringContaining('answered 400')]);
});

it('bounds what it keeps: the oldest go first, and are counted', async () => {
  const exporter = make({ endpoint: 'http://127.0.0.1:9', maxQueuedSpans: 50, flushEveryMs: 60_000 });
  for (let n = 0; n < 60; n += 1) exporter.add(span(n));
  await exporter.flush(1000);
  expect(exporter.stats()).toEqual({ queued: 50, sent: 0, dropped: 10 });
  expect(warnings).toHaveLength(1);
});

it('sends large spans in several requests', async () => {
  const exporter = make({ flushEveryMs: 60_000 });
  for (let n = 0; n < 6; n += 1) exporter.add(span(n, 'x'.repeat(900_000)));
  await exporter.flush();
  expect(names()).toHaveLength(6);
  expect(holdpoint.requests.filter((r) => r === 'traces').length).toBeGreaterThanOrEqual(3);
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTracer } from '../../src/instrument/otel.ts';
import { createSpanQueue, type SpanQueue } from '../../src/instrument/span-queue.ts';
import { startHoldpoint, type TestHoldpoint } from './holdpoint.ts';
import { until } from './until.ts';

let holdpoint: TestHoldpoint;
let warnings: string[];
beforeEach(async () => {
  holdpoint = await startHoldpoint();
  warnings = [];
});
afterEach(() => holdpoint.close());

type Added = SpanQueue & { add(number: number, text?: string): void };

const START_S = 1_700_000_000;

/** A queue with spans of the real SDK put in. */
const make = (more: Partial<Parameters<typeof createSpanQueue>[0]> = {}): Added => {
  const queue = createSpanQueue({
    endpoint: `${holdpoint.url}/`,
    flushEveryMs: 20,
    onWarning: (w) => warnings.push(w),
    ...more,
  });
  const tracer = createTracer('x', [queue]);
  const add = (number: number, text = ''): void =>
    tracer
      .startSpan(`span ${number}`, {
        startTime: [START_S, number],
        attributes: { 'agent.step': number, text, share: 0.5 },
      })
      .end([START_S, number + 999]);
  return { ...queue, add };
};
const names = (): string[] => holdpoint.spans().map((s) => s.name);

it('sends within a second without being asked, nanoseconds unharmed', async () => {
  const queue = make();
  queue.add(7);
  await until('the span arrives', () => names().length === 1);
  expect(holdpoint.spans()[0]).toMatchObject({
    startTimeUnixNano: '1700000000000000007',
    attributes: { 'agent.step': 7, share: 0.5 },
  });
  await until('it is known to be sent', () => queue.stats().sent === 1);
  expect(queue.stats()).toEqual({ queued: 0, sent: 1, dropped: 0 });
});

it('waits no longer than it was given for a batch that is under way', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
  const { port } = silent.address() as AddressInfo;
  const queue = make({ endpoint: `http://127.0.0.1:${port}`, flushEveryMs: 600_000, timeoutMs: 3_600_000 });
  queue.add(1);
  const long = queue.flush();
  await queue.flush(50);
  expect(queue.stats()).toEqual({ queued: 1, sent: 0, dropped: 0 });
  silent.closeAllConnections();
  silent.close();
  await long;
});

it('keeps spans while the endpoint fails, and sends each once when it is back', async () => {
  const queue = make();
  holdpoint.answerTraces(503);
  for (let n = 0; n < 300; n += 1) queue.add(n);
  await queue.flush(500);
  expect(queue.stats()).toEqual({ queued: 300, sent: 0, dropped: 0 });
  holdpoint.answerTraces(200);
  await until('all spans arrive', () => names().length >= 300);
  await queue.flush();
  expect(new Set(names()).size).toBe(300);
  expect(names()).toHaveLength(300);
});

it('drops what the endpoint refuses for good, and says so', async () => {
  const queue = make();
  holdpoint.answerTraces(400);
  queue.add(1);
  await queue.flush();
  expect(queue.stats()).toEqual({ queued: 0, sent: 0, dropped: 1 });
  expect(warnings).toEqual([expect.stringContaining('answered 400')]);
});

it('bounds what it keeps: the oldest go first, and are counted', async () => {
  const queue = make({ endpoint: 'http://127.0.0.1:9', maxQueuedSpans: 50, flushEveryMs: 60_000 });
  for (let n = 0; n < 60; n += 1) queue.add(n);
  await queue.flush(1000);
  expect(queue.stats()).toEqual({ queued: 50, sent: 0, dropped: 10 });
  expect(warnings).toHaveLength(1);
});

it('sends large spans in several requests', async () => {
  const queue = make({ flushEveryMs: 60_000 });
  for (let n = 0; n < 6; n += 1) queue.add(n, 'x'.repeat(900_000));
  await queue.flush();
  expect(names()).toHaveLength(6);
  expect(holdpoint.requests.filter((r) => r === 'traces').length).toBeGreaterThanOrEqual(3);
});

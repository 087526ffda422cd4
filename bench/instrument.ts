/**
 * What the wrapper adds to a call with a 2 kB payload, in TypeScript and Python, beside the floor: the same attributes
 * set on a span of the bare OpenTelemetry SDK with its own batching. Stop switch on, spans sent to a server in another
 * process. Prints one table; writes `bench/instrument.json`.
 *   npx tsx bench/instrument.ts [--calls 5000]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SpanKind, type Attributes } from '@opentelemetry/api';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { openSession } from '../src/instrument/index.ts';
import { startHoldpoint } from '../test/instrument/holdpoint.ts';
import { pythonPackages } from '../test/python/packages.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const { values } = parseArgs({
  options: { calls: { type: 'string', default: '5000' }, serve: { type: 'boolean' } },
});
const CALLS = Number(values.calls);
const WARM_UP = 500;

interface Times {
  p50: number;
  p95: number;
  p99: number;
}
const timesOf = (us: number[]): Times => {
  const sorted = us.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
};

/** 2 kB of result, or of messages and answer. */
const RESULT = { id: 'AP-1', rows: Array.from({ length: 40 }, (_, i) => ({ row: i, note: 'x'.repeat(24) })) };
const MESSAGES = [
  { role: 'system', content: 'You decide loans. '.repeat(20) },
  { role: 'user', content: 'Decide AP-1 by the policy. '.repeat(40) },
];
const ANSWER = {
  id: 'r-1',
  model: 'model-1',
  choices: [{ finish_reason: 'stop', message: { role: 'assistant', content: 'I decline it. '.repeat(30) } }],
  usage: { prompt_tokens: 400, completion_tokens: 90 },
};

/** Microseconds a call takes beyond the awaited function itself, which does nothing. */
const measure = async (call: () => Promise<unknown>): Promise<Times> => {
  const us: number[] = [];
  for (let n = 0; n < CALLS + WARM_UP; n += 1) {
    const since = performance.now();
    await call();
    if (n >= WARM_UP) us.push((performance.now() - since) * 1000);
    // As an agent does: other work between calls.
    if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return timesOf(us);
};

const typescript = async (endpoint: string): Promise<Record<string, Times>> => {
  const session = await openSession({
    endpoint,
    agent: 'bench',
    objective: 'measure',
    tokenBudget: 1_000_000,
  });
  const result = () => Promise.resolve(RESULT);
  const answer = () => Promise.resolve(ANSWER);
  const tool = await measure(() => session.tracedToolCall({ name: 'look', args: { id: 'AP-1' } }, result));
  const model = await measure(() => session.tracedModelCall({ model: 'm', messages: MESSAGES }, answer));
  await session.end('completed');
  return { 'TypeScript, tool call': tool, 'TypeScript, model call': model };
};

/** The same words on a bare span. */
const floor = async (): Promise<Record<string, Times>> => {
  const nowhere: SpanExporter = { export: (_, done) => done({ code: 0 }), shutdown: () => Promise.resolve() };
  const tracer = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(nowhere)] }).getTracer(
    'floor',
  );
  const measured = await measure(async () => {
    const attributes: Attributes = {
      'session.id': 's-1',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'look',
      'gen_ai.tool.call.arguments': JSON.stringify({ id: 'AP-1' }),
    };
    const span = tracer.startSpan('execute_tool look', { kind: SpanKind.INTERNAL, attributes });
    const result = await Promise.resolve(RESULT);
    span.setAttribute('gen_ai.tool.call.result', JSON.stringify(result));
    span.end();
  });
  return { 'TypeScript, bare SDK span (floor)': measured };
};

const python = async (endpoint: string): Promise<Record<string, Times>> => {
  const path = [await pythonPackages(), join(here, '..', 'python')].join(':');
  const child = spawn('python3', [join(here, 'instrument.py'), String(CALLS), String(WARM_UP)], {
    env: { ...process.env, PYTHONPATH: path, PYTHONDONTWRITEBYTECODE: '1', HOLDPOINT_URL: endpoint },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => (said += String(chunk)));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`instrument.py ended with ${code}`);
  const measured = JSON.parse(said) as Record<string, number[]>;
  return Object.fromEntries(Object.entries(measured).map(([name, us]) => [name, timesOf(us)]));
};

const serve = async (): Promise<void> => {
  const { url } = await startHoldpoint(0, 500);
  process.stdout.write(`${url}\n`);
};

const main = async (): Promise<void> => {
  const self = fileURLToPath(import.meta.url);
  const server = spawn(process.execPath, ['--import', 'tsx', self, '--serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
    const endpoint = String((await lines.next()).value);
    const rows = { ...(await floor()), ...(await typescript(endpoint)), ...(await python(endpoint)) };
    process.stdout.write(`added to a call with a 2 kB payload, µs, ${CALLS} calls each\n`);
    for (const [name, { p50, p95, p99 }] of Object.entries(rows)) {
      const cells = [p50, p95, p99].map((us) => String(us).padStart(9)).join('');
      process.stdout.write(`${name.padEnd(40)}${cells}\n`);
    }
    const [load] = loadavg();
    const machine = { cores: cpus().length, load: Math.round((load ?? 0) * 10) / 10, node: process.version };
    process.stdout.write(
      `${''.padEnd(40)}      p50      p95      p99   (load ${machine.load} on ${machine.cores} cores)\n`,
    );
    writeFileSync(
      join(here, 'instrument.json'),
      `${JSON.stringify({ calls: CALLS, machine, us: rows }, null, 2)}\n`,
    );
  } finally {
    server.kill();
  }
};

await (values.serve ? serve() : main());

import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readTraceFile } from '../../../../src/adapters/traces/file.ts';
import type { TraceExport } from '../../../../src/adapters/traces/port.ts';
import type { Session } from '../../../../src/domain/session/session.ts';
import type { RawSpan } from '../../../../src/forensics/read/raw-span.ts';
import { sessionFromSpans } from '../../../../src/forensics/read/session.ts';

const FIXTURES = join(__dirname, '../../../fixtures/trace-stores');
const textOf = (file: string): string => {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
};

export interface Reply {
  status: number;
  body: string;
  headers?: Record<string, string>;
}
export const json = (value: unknown, status = 200): Reply => ({
  status,
  body: typeof value === 'string' ? value : JSON.stringify(value),
  headers: { 'content-type': 'application/json' },
});

/** An exchange with a running store: its request, and its answer with the body word for word. */
export interface Exchange extends Reply {
  url: URL;
}

/** The body is the last field of a file; parsing it would round its large integers. */
const bodyOf = (text: string): string => {
  const at = text.lastIndexOf('\n    "body": ') + '\n    "body": '.length;
  return text.slice(at, text.lastIndexOf('\n  }\n}'));
};

export const recorded = (store: 'phoenix' | 'jaeger' | 'tempo' | 'langfuse'): Exchange[] =>
  readdirSync(join(FIXTURES, store)).map((name) => {
    const text = textOf(join(FIXTURES, store, name));
    const { request, response } = JSON.parse(text) as {
      request: { url: string };
      response: { status: number; headers: Record<string, string>; body: unknown };
    };
    const contentType = response.headers['content-type'] ?? '';
    const body = typeof response.body === 'string' ? response.body : bodyOf(text);
    return {
      url: new URL(request.url),
      status: response.status,
      body,
      headers: { 'content-type': contentType },
    };
  });

export type Answerer = (url: URL, count: number) => Reply | undefined;

export interface Replay {
  url: string;
  /** Paths and queries, in the order they were asked. */
  asked: URL[];
  headers: Record<string, unknown>[];
  close(): Promise<void>;
}

/** The same question, whatever the time it is asked for and the page size. */
const keyOf = (url: URL, ignore: readonly string[]): string =>
  [
    url.pathname,
    ...[...url.searchParams]
      .filter(([name]) => !ignore.includes(name))
      .map((pair) => pair.join('='))
      .sort(),
  ].join(' ');

/** A real HTTP server that answers as a store did; `answer` is asked first, `otherwise` last. */
export const startReplay = async (
  exchanges: readonly Exchange[],
  options: { ignore?: readonly string[]; answer?: Answerer; otherwise?: Answerer } = {},
): Promise<Replay> => {
  const { ignore = [], answer, otherwise } = options;
  const known = new Map(exchanges.map((exchange) => [keyOf(exchange.url, ignore), exchange]));
  const asked: URL[] = [];
  const headers: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://store');
    const count = asked.filter((one) => one.pathname === url.pathname).length;
    asked.push(url);
    headers.push(request.headers);
    const reply = answer?.(url, count) ?? known.get(keyOf(url, ignore)) ?? otherwise?.(url, count);
    response
      .writeHead(reply?.status ?? 404, reply?.headers ?? { 'content-type': 'text/plain' })
      .end(reply?.body ?? `nothing is recorded for ${request.url}`);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    headers,
    close: () => new Promise((done) => server.close(() => done())),
  };
};

const shifted = (nanos: string, byMs: number): string => String(BigInt(nanos) + BigInt(byMs) * 1_000_000n);

/** A session of the samples as it was sent, moved in time so that it starts at `atMs`. */
export const sampleSpans = async (
  name: 'sess-main' | 'sess-oi' | 'sess-orphan',
  atMs: number,
): Promise<RawSpan[]> => {
  const { spans } = await readTraceFile(join(FIXTURES, `${name}.jsonl.gz`));
  const first = spans.reduce((a, b) => (a.startNano < b.startNano ? a : b));
  const byMs = atMs - Math.floor(Number(BigInt(first.startNano) / 1_000_000n));
  return spans.map((span) => ({
    ...span,
    startNano: shifted(span.startNano, byMs),
    endNano: span.endNano === null ? null : shifted(span.endNano, byMs),
  }));
};

/** As the activity that seals makes it. */
export const sessionOf = (sessionId: string, exported: TraceExport): Session =>
  sessionFromSpans(exported.spans, {
    sessionId,
    warnings: [...exported.warnings, ...(exported.losses ?? []), ...(exported.signs ?? [])],
    limits: exported.limits ?? [],
  });

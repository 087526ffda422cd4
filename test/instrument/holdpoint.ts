import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createMemorySwitchStore } from '../../src/adapters/containment/memory-switch-store.ts';
import { toOtlpJson } from '../../src/adapters/traces/otlp-text.ts';
import { acknowledgeSwitch, readSwitch } from '../../src/adapters/containment/switch-api.ts';
import type { StopSwitchStore } from '../../src/adapters/containment/switch-store.ts';
import { decodeOtlp } from '../../src/otlp/decode.ts';

export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Record<string, unknown>;
  status?: { code: number; message?: string };
  links?: { traceId: string; spanId: string }[];
}

/** The part of Holdpoint that an agent talks to, over real HTTP: OTLP in, the stop switch out. */
export interface TestHoldpoint {
  url: string;
  switches: StopSwitchStore;
  requests: string[];
  /** Each accepted OTLP request, as it came. */
  exports(): unknown[];
  spans(): ReceivedSpan[];
  /** Answers `/v1/traces` with this status instead of 200. */
  answerTraces(status: number): void;
  answerSwitch(status: number): void;
  authorizations: Set<string>;
  close(): Promise<void>;
}

type Wire = { key: string; value: Record<string, unknown> };
const plain = (value: Record<string, unknown>): unknown => {
  if ('intValue' in value) return Number(value['intValue']);
  if ('arrayValue' in value)
    return (value['arrayValue'] as { values: Record<string, unknown>[] }).values.map(plain);
  return Object.values(value)[0];
};
/** A body as JSON text; OTLP in protobuf becomes the OTLP/JSON that says the same. */
const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const isProtobuf = request.headers['content-type'] === 'application/x-protobuf';
  return isProtobuf ? toOtlpJson(decodeOtlp(bytes, 'protobuf').spans) : bytes.toString('utf8');
};
const reply = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

export const startHoldpoint = async (port = 0, leaseMs = 20): Promise<TestHoldpoint> => {
  const switches = createMemorySwitchStore(leaseMs);
  const exports: string[] = [];
  const requests: string[] = [];
  const authorizations = new Set<string>();
  let tracesStatus = 200;
  let switchStatus = 200;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://test');
    const body = await bodyOf(request);
    authorizations.add(request.headers.authorization ?? '');
    if (url.pathname === '/v1/traces') {
      requests.push('traces');
      if (tracesStatus === 200) exports.push(body);
      return reply(response, tracesStatus, {});
    }
    const [, agent = '', ack] = /^\/api\/v1\/agents\/([^/]+)\/switch(\/ack)?$/.exec(url.pathname) ?? [];
    requests.push(ack ? `ack ${String((JSON.parse(body) as { state: string }).state)}` : 'switch');
    if (switchStatus !== 200) return reply(response, switchStatus, {});
    const name = decodeURIComponent(agent);
    const answer = ack
      ? await acknowledgeSwitch(switches, name, JSON.parse(body), Date.now())
      : await readSwitch(switches, name, url.searchParams.get('session') ?? undefined);
    reply(response, answer.status, answer.status === 200 ? answer.body : answer);
  };

  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    switches,
    requests,
    authorizations,
    exports: () => exports.map((text) => JSON.parse(text) as unknown),
    spans: () =>
      exports.flatMap((text) =>
        (
          JSON.parse(text) as {
            resourceSpans: { scopeSpans: { spans: (ReceivedSpan & { attributes: Wire[] })[] }[] }[];
          }
        ).resourceSpans
          .flatMap((resource) => resource.scopeSpans.flatMap((scope) => scope.spans))
          .map((span) => ({
            ...span,
            attributes: Object.fromEntries(
              (span.attributes as unknown as Wire[]).map(({ key, value }) => [key, plain(value)]),
            ),
          })),
      ),
    answerTraces: (status) => (tracesStatus = status),
    answerSwitch: (status) => (switchStatus = status),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
};

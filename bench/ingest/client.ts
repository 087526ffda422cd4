/** One sender, a process of its own: requests to an OTLP address until the time or the spans are over. Prints one JSON line. */
import { Agent, request } from 'node:http';
import { parseArgs } from 'node:util';
import protobuf from 'protobufjs';
import { createSpanMaker } from './spans.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    key: { type: 'string', default: '' },
    encoding: { type: 'string', default: 'json' },
    seconds: { type: 'string', default: '10' },
    spans: { type: 'string', default: '1000000000' },
    batch: { type: 'string', default: '100' },
    inFlight: { type: 'string', default: '1' },
    perSession: { type: 'string', default: '20' },
  },
});
const [seconds, most, batch, inFlight, perSession] = [
  values.seconds,
  values.spans,
  values.batch,
  values.inFlight,
  values.perSession,
].map(Number) as [number, number, number, number, number];

const field = (id: number, type: string, rule?: 'repeated') => ({ id, type, ...(rule ? { rule } : {}) });
const message = protobuf.Root.fromJSON({
  nested: {
    Value: {
      oneofs: { v: { oneof: ['stringValue', 'intValue'] } },
      fields: { stringValue: field(1, 'string'), intValue: field(3, 'int64') },
    },
    Pair: { fields: { key: field(1, 'string'), value: field(2, 'Value') } },
    Span: {
      fields: {
        traceId: field(1, 'bytes'),
        spanId: field(2, 'bytes'),
        parentSpanId: field(4, 'bytes'),
        name: field(5, 'string'),
        kind: field(6, 'int32'),
        startTimeUnixNano: field(7, 'fixed64'),
        endTimeUnixNano: field(8, 'fixed64'),
        attributes: field(9, 'Pair', 'repeated'),
      },
    },
    Resource: { fields: { attributes: field(1, 'Pair', 'repeated') } },
    Scope: { fields: { spans: field(2, 'Span', 'repeated') } },
    Group: { fields: { resource: field(1, 'Resource'), scopeSpans: field(2, 'Scope', 'repeated') } },
    Request: { fields: { resourceSpans: field(1, 'Group', 'repeated') } },
  },
}).lookupType('Request');

const ID = /^(traceId|spanId|parentSpanId)$/;
const toProtobuf = (value: object): Uint8Array => {
  const withBytes = JSON.parse(JSON.stringify(value), (key, entry: unknown) =>
    ID.test(key) ? Buffer.from(String(entry), 'hex').toString('base64') : entry,
  ) as object;
  return message.encode(message.fromObject(withBytes)).finish();
};

const make = createSpanMaker({ perSession });
const isJson = values.encoding === 'json';
const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
const post = (body: Uint8Array): Promise<{ status: number; ms: number }> =>
  new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const sending = request(
      `${values.url}/v1/traces`,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': isJson ? 'application/json' : 'application/x-protobuf',
          'content-length': body.length,
          authorization: `Bearer ${values.key}`,
        },
      },
      (response) => {
        response.resume();
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, ms: performance.now() - startedAt }),
        );
      },
    );
    sending.on('error', reject);
    sending.end(body);
  });

const times: number[] = [];
let [sent, accepted, refused, bytes] = [0, 0, 0, 0];
const startedAt = performance.now();
const isOver = (): boolean => sent >= most || performance.now() - startedAt > seconds * 1_000;
const sender = async (): Promise<void> => {
  while (!isOver()) {
    const count = Math.min(batch, most - sent);
    sent += count;
    const value = make(count);
    const body = isJson ? Buffer.from(JSON.stringify(value)) : toProtobuf(value);
    bytes += body.length;
    for (;;) {
      const { status, ms } = await post(body);
      times.push(ms);
      if (status === 200) {
        accepted += count;
        break;
      }
      if (status !== 503) throw new Error(`answered ${status}`);
      refused += 1;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
};
await Promise.all(Array.from({ length: inFlight }, sender));
const wall = (performance.now() - startedAt) / 1_000;
const { user, system } = process.cpuUsage();
times.sort((a, b) => a - b);
const at = (share: number): number => Math.round((times[Math.floor(times.length * share)] ?? 0) * 10) / 10;
process.stdout.write(
  `${JSON.stringify({
    encoding: values.encoding,
    inFlight,
    accepted,
    refused,
    spansPerS: Math.round(accepted / wall),
    bytesPerSpan: Math.round(bytes / Math.max(1, sent)),
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    clientCpu: Math.round(((user + system) / 1e6 / wall) * 100) / 100,
    wallS: Math.round(wall * 10) / 10,
  })}\n`,
);
agent.destroy();

import protobuf from 'protobufjs';
import { gzipSync } from 'node:zlib';
import { Secret } from '../../src/config/secret.ts';
import type { KeyConfig } from '../../src/config/types.ts';
import { toOtlpJson } from '../../src/adapters/traces/otlp-text.ts';
import { spansFromOtlpJson } from '../../src/forensics/read/otlp-json.ts';
import type { RawSpan } from '../../src/forensics/read/raw-span.ts';
import { otlpRoutes, type OtlpDeps } from '../../src/http/otlp.ts';
import { bag, namesOf, span, spanId } from '../store/spans-support.ts';
import { testStore, type TestStore } from '../store/store.ts';
import { otlpProto } from './otlp-proto.ts';

const key = (id: string, agents: string[], over: Partial<KeyConfig> = {}): KeyConfig => ({
  id,
  kind: 'bearer',
  secret: new Secret(`secret-${id}`, id.toUpperCase()),
  agents,
  may: ['traces'],
  ...over,
});
const keys = [
  key('loan', ['loan-agent']),
  key('both', ['loan-agent', 'mail-agent']),
  key('alerts', ['loan-agent'], { may: ['alerts'] }),
  key('signer', ['loan-agent'], { kind: 'hmac' }),
];

let db: TestStore;
beforeAll(async () => {
  db = await testStore();
});
afterAll(() => db.end());
beforeEach(() => db.query('truncate span_chunk, span_trace, span_session, span_link'));

const heard: [string, string[]][] = [];
const logged: unknown[] = [];
const app = (over: Partial<OtlpDeps> = {}) =>
  otlpRoutes({
    spans: db.store.spans,
    keys,
    agents: ['loan-agent', 'mail-agent', 'other-agent'],
    live: {
      take: (agent, spans) => {
        heard.push([agent, namesOf(spans)]);
        return null;
      },
    },
    log: (entry) => logged.push(entry),
    ...over,
  });

type Body = string | Uint8Array | ReadableStream<Uint8Array>;
const post = (body: Body, headers: Record<string, string> = {}, to = app()): Promise<Response> =>
  Promise.resolve(
    to.request(
      new Request('http://127.0.0.1/v1/traces', {
        method: 'POST',
        headers: { authorization: 'Bearer secret-loan', 'content-type': 'application/json', ...headers },
        body: body as NonNullable<RequestInit['body']>,
        // Node asks for it with a stream.
        ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
      } as RequestInit),
    ),
  );
const stored = async (session = 's1'): Promise<RawSpan[]> =>
  (await db.store.spans.sessionSpans(session, { after: null, limit: 1_000 })).spans.toSorted((a, b) =>
    a.startNano < b.startNano ? -1 : 1,
  );

const spans = [
  span({
    name: 'root',
    attributes: {
      text: 'ä \u0000 🚀',
      n: 12,
      big: '9007199254740993',
      share: 0.5,
      list: [1, 'a', bag({ deep: true })],
      no: false,
    },
  }),
  {
    ...span({ name: 'tool', parent: 'root', at: 1, links: [['t9', 'x']] }),
    status: { code: 'error' as const, message: 'refused' },
    events: [{ name: 'retry', timeNano: '1772504041000000001', attributes: bag({ attempt: 2 }) }],
    dropped: 3,
  },
  { ...span({ name: 'open', session: null, at: 2 }), endNano: null },
];
/** What a reader of OTLP makes of them: 64-bit integers stay text where a number would lose digits. */
const asJson = toOtlpJson(spans).replace(
  '{"stringValue":"9007199254740993"}',
  '{"intValue":"9007199254740993"}',
);

const writeProto = (json: string): Uint8Array => {
  const type = otlpProto.lookupType('ExportTraceServiceRequest');
  const hexToBytes = (key: string, value: unknown): unknown =>
    typeof value === 'string' && /^(?:traceId|spanId|parentSpanId)$/.test(key)
      ? Buffer.from(value, 'hex').toString('base64')
      : value;
  return type.encode(type.fromObject(JSON.parse(json, hexToBytes))).finish();
};
const readProto = (type: string, bytes: ArrayBuffer): Record<string, unknown> => {
  const found = otlpProto.lookupType(type);
  return found.toObject(found.decode(new Uint8Array(bytes)), { longs: Number });
};

describe('POST /v1/traces', () => {
  it('stores spans sent as JSON', async () => {
    const response = await post(asJson);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({});
    expect(await stored()).toEqual(spans);
    expect(heard.at(-1)).toEqual(['loan-agent', ['open', 'root', 'tool']]);
  });

  it('answers once the stop that the spans call for is set', async () => {
    const order: string[] = [];
    const take = async (): Promise<void> => {
      await stored();
      order.push('stopped');
    };
    const response = await post(asJson, {}, app({ live: { take } }));
    order.push(`answered ${response.status}`);
    expect(order).toEqual(['stopped', 'answered 200']);
  });

  it('stores the same spans sent as protobuf, and answers in protobuf', async () => {
    const response = await post(writeProto(asJson), { 'content-type': 'application/x-protobuf' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/x-protobuf');
    expect(readProto('ExportTraceServiceResponse', await response.arrayBuffer())).toEqual({});
    expect(await stored()).toEqual(spans);
  });

  it.each(['application/json', 'application/x-protobuf'])('unpacks gzip (%s)', async (type) => {
    const body = type.endsWith('json') ? asJson : writeProto(asJson);
    const response = await post(gzipSync(body), {
      'content-type': `${type}; charset=utf-8`,
      'content-encoding': 'gzip',
    });
    expect(response.status).toBe(200);
    expect(await stored()).toHaveLength(3);
  });

  it('takes a repeated request as done: the first write wins', async () => {
    await post(asJson);
    expect((await post(asJson.replace('"root"', '"forged"'))).status).toBe(200);
    expect(await stored()).toEqual(spans);
  });

  it.each(['{}', '{"resourceSpans":[]}'])('answers a request without spans: %s', async (body) => {
    const response = await post(body);
    expect([response.status, await response.json()]).toEqual([200, {}]);
  });

  it('takes what it can, and says what it did not take', async () => {
    const wrong = [
      { ...span({ name: 'no-trace' }), traceId: '0'.repeat(32) },
      { ...span({ name: 'no-span' }), spanId: 'xyz' },
      span({ name: 'long', session: 's'.repeat(201) }),
      span({ name: 'other', agent: 'other-agent' }),
    ];
    const json = await post(toOtlpJson([...wrong, span({ name: 'fine' })]));
    expect(json.status).toBe(200);
    const answer = (await json.json()) as { partialSuccess: { rejectedSpans: number; errorMessage: string } };
    expect(answer.partialSuccess.rejectedSpans).toBe(4);
    expect(answer.partialSuccess.errorMessage).toContain('traceId must be 16 bytes that are not all zero');
    expect(namesOf(await stored())).toEqual(['fine']);

    const proto = await post(writeProto(toOtlpJson([wrong[3]!])), {
      'content-type': 'application/x-protobuf',
    });
    expect(readProto('ExportTraceServiceResponse', await proto.arrayBuffer())).toEqual({
      partialSuccess: {
        rejectedSpans: 1,
        errorMessage: 'this key may not write for agent other-agent: use its own key',
      },
    });
  });
});

describe('keys', () => {
  const asked = async (headers: Record<string, string>, sent = [span({ name: 'a' })]) => {
    const response = await post(toOtlpJson(sent), headers);
    return [response.status, await response.json()] as const;
  };

  it.each([
    ['none', { authorization: '' }, 401, 16],
    ['an unknown one', { authorization: 'Bearer guess' }, 401, 16],
    ['one that signs', { authorization: 'Bearer secret-signer' }, 401, 16],
    ['one for alerts', { authorization: 'Bearer secret-alerts' }, 403, 7],
  ])('refuse %s', async (_name, headers, status, code) => {
    expect(await asked(headers)).toEqual([status, { code, message: expect.any(String) }]);
    expect(await stored()).toEqual([]);
  });

  it('are checked before anything of the body is read', async () => {
    let read = 0;
    const body = new ReadableStream<Uint8Array>({ pull: () => void (read += 1) }, { highWaterMark: 0 });
    expect((await post(body, { authorization: 'Bearer guess' })).status).toBe(401);
    expect(read).toBe(0);
  });

  it('of one agent write for it, whatever its subagents are called', async () => {
    expect(
      await asked({}, [
        span({ name: 'a', agent: 'researcher', attributes: { 'gen_ai.agent.name': 'mail-agent' } }),
      ]),
    ).toEqual([200, {}]);
    expect(await db.query('select agent from span_chunk')).toEqual([{ agent: 'loan-agent' }]);
  });

  it('of several agents write for the one that the process names', async () => {
    const headers = { authorization: 'Bearer secret-both' };
    const sent = [
      span({ name: 'a' }),
      span({ name: 'b', agent: 'mail-agent' }),
      span({ name: 'c', agent: 'nobody' }),
    ];
    expect(await asked(headers, sent)).toEqual([
      200,
      {
        partialSuccess: {
          rejectedSpans: 1,
          errorMessage: 'service.name must name one of the agents of this key: loan-agent, mail-agent',
        },
      },
    ]);
    const rows = await db.query('select agent, spans -> 0 ->> 0 as span from span_trace order by agent');
    expect(rows).toEqual([
      { agent: 'loan-agent', span: spanId('a') },
      { agent: 'mail-agent', span: spanId('b') },
    ]);
  });
});

describe('what is no OTLP', () => {
  const refused = async (body: Body, headers: Record<string, string> = {}, over: Partial<OtlpDeps> = {}) => {
    const response = await post(body, headers, app(over));
    const protobufAnswer = response.headers.get('content-type') === 'application/x-protobuf';
    const status = protobufAnswer
      ? readProto('RpcStatus', await response.arrayBuffer())
      : await response.json();
    return [response.status, status] as const;
  };
  const notJson = {
    code: 3,
    message:
      'The body is no OTLP/JSON ExportTraceServiceRequest. Send one request as an OTLP/HTTP exporter writes it, with resourceSpans.',
  };

  it.each(['', 'not json', '[]', '"x"', 'null', '{"resourceSpans":{}}', '{"resourceMetrics":[]}', '\ud800'])(
    'is refused with the reason: %j',
    async (body) => {
      expect(await refused(body)).toEqual([400, notJson]);
    },
  );

  it('is refused as protobuf too, and what nests deeper than anybody means is left out', async () => {
    const type = { 'content-type': 'application/x-protobuf' };
    const answer = { code: 3, message: expect.stringContaining('The body is no OTLP protobuf') };
    expect(await refused(new Uint8Array([0xff, 1, 2, 3]), type)).toEqual([400, answer]);
    const writer = (bytes: Uint8Array, id: number) =>
      protobuf.Writer.create()
        .uint32((id << 3) | 2)
        .bytes(bytes)
        .finish();
    const request = (depth: number): Uint8Array => {
      let value = writer(Buffer.from('bottom'), 1);
      for (let at = 0; at < depth; at += 1) value = writer(writer(value, 1), 5);
      const attribute = Buffer.concat([writer(Buffer.from('session.id'), 1), writer(value, 2)]);
      const ids = [
        writer(Buffer.from(spans[0]!.traceId, 'hex'), 1),
        writer(Buffer.from(spanId(`d${depth}`), 'hex'), 2),
      ];
      return [2, 2, 1].reduce(writer, Buffer.concat([...ids, writer(attribute, 9)]));
    };
    expect((await refused(request(10_000), type))[0]).toBe(200);
    expect((await refused(request(0), type))[0]).toBe(200);
    expect((await stored('bottom')).map((one) => one.spanId).toSorted()).toEqual(
      [spanId('d0'), spanId('d10000')].toSorted(),
    );
  });

  it('leaves the database alone when it nests deep or names prototypes', async () => {
    const deep = `${'{"arrayValue":{"values":['.repeat(2_000)}${']}}'.repeat(2_000)}`;
    const hostile = asJson.replace(
      '"attributes":[',
      `"attributes":[{"key":"__proto__","value":{"stringValue":"x"}},{"key":"deep","value":${deep}},`,
    );
    expect((await refused(hostile))[0]).toBe(200);
    const [first] = await stored();
    expect('toString' in (first?.attributes ?? {})).toBe(false);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('is refused by type and by encoding', async () => {
    expect(await refused('x', { 'content-type': 'text/plain' })).toEqual([
      415,
      {
        code: 3,
        message: 'The content type text/plain is not taken. Send application/json or application/x-protobuf.',
      },
    ]);
    expect((await refused('x', { 'content-encoding': 'br' }))[0]).toBe(415);
    expect((await refused('x', { 'content-encoding': 'gzip' }))[0]).toBe(400);
    expect((await refused(gzipSync(asJson).subarray(0, 50), { 'content-encoding': 'gzip' }))[0]).toBe(400);
  });

  it('is refused by size, as it is sent and unpacked', async () => {
    const limits = { maxBytes: 2_000, maxUnpackedBytes: 100_000 };
    expect(await refused('x'.repeat(2_001), {}, { limits })).toEqual([
      413,
      { code: 8, message: 'The body is larger than 2000 bytes as it was sent. Send smaller batches.' },
    ]);
    const chunks = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(500)),
    });
    expect((await refused(chunks, {}, { limits }))[0]).toBe(413);
    const bomb = gzipSync(Buffer.alloc(1_000_000));
    expect(bomb.length).toBeLessThan(2_000);
    expect(await refused(bomb, { 'content-encoding': 'gzip' }, { limits })).toEqual([
      413,
      { code: 8, message: 'The body is larger than 100000 bytes unpacked. Send smaller batches.' },
    ]);
  });

  it('is refused when it does not come', async () => {
    const silent = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(1)),
    });
    expect(await refused(silent, {}, { limits: { timeoutMs: 50 } })).toEqual([
      408,
      { code: 4, message: 'The body did not arrive within 50 ms. Send it in one go.' },
    ]);
  });
});

describe('a store that does not answer', () => {
  it('makes the exporter try again, and tells nothing of the inside', async () => {
    const insert = () => Promise.reject(new Error('password authentication failed for user holdpoint'));
    const response = await post(asJson, {}, app({ spans: { insert } }));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toEqual({
      code: 14,
      message: 'The spans could not be stored now. Send them again.',
    });
    expect(JSON.stringify(logged.at(-1))).toContain('password authentication failed');
  });
});

it('reads what this test writes: the sketch of OTLP is not our own reader', () => {
  expect(spansFromOtlpJson(JSON.parse(asJson)).spans).toEqual(spans);
});

import fc from 'fast-check';
import { decodeOtlp, NotOtlp } from '../../src/otlp/decode.ts';
import { otlpProto } from '../http/otlp-proto.ts';

const request = otlpProto.lookupType('ExportTraceServiceRequest');
const hex = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes).toString('hex'));
const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const { any } = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    text.map((stringValue) => ({ stringValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => ({ intValue: String(n) })),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((doubleValue) => ({ doubleValue })),
    fc.uint8Array({ maxLength: 5 }).map((bytes) => ({ bytesValue: Buffer.from(bytes).toString('base64') })),
    fc.array(tie('any'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    fc
      .array(fc.record({ key: text, value: tie('any') }), { maxLength: 3 })
      .map((values) => ({ kvlistValue: { values } })),
  ),
}));
const attributes = fc.array(
  fc.record({ key: fc.oneof(text, fc.constant('__proto__')), value: any as fc.Arbitrary<object> }),
  { maxLength: 4 },
);
const nano = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }).map(String);
const span = fc.record({
  traceId: hex(16),
  spanId: hex(8),
  parentSpanId: fc.oneof(hex(8), fc.constant('0000000000000000')),
  name: text,
  startTimeUnixNano: nano,
  endTimeUnixNano: nano,
  attributes,
  events: fc.array(fc.record({ timeUnixNano: nano, name: text, attributes }), { maxLength: 2 }),
  links: fc.array(fc.record({ traceId: hex(16), spanId: hex(8) }), { maxLength: 2 }),
  status: fc.record({ code: fc.integer({ min: 0, max: 3 }), message: text }),
  droppedAttributesCount: fc.nat(9),
});
const requests = fc.record({
  resourceSpans: fc.array(
    fc.record({
      resource: fc.record({ attributes }),
      scopeSpans: fc.array(fc.record({ spans: fc.array(span, { maxLength: 3 }) }), { maxLength: 2 }),
    }),
    { maxLength: 2 },
  ),
});

const ID = /^(traceId|spanId|parentSpanId)$/;
/** OTLP/JSON as protobufjs takes it: ids as base64 too. */
const asProto3Json = (value: unknown): object =>
  JSON.parse(JSON.stringify(value), (key, entry: unknown) =>
    ID.test(key) ? Buffer.from(String(entry), 'hex').toString('base64') : entry,
  ) as object;
const toJson = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('an OTLP request', () => {
  it('says the same in protobuf and in JSON', () => {
    fc.assert(
      fc.property(requests, (sent) => {
        const bytes = request.encode(request.fromObject(asProto3Json(sent))).finish();
        expect(decodeOtlp(bytes, 'protobuf')).toEqual(decodeOtlp(toJson(sent), 'json'));
      }),
      { numRuns: 300 },
    );
  });

  it.each(['[]', '7', 'null', '{"resourceSpans":{}}', '{', '"resourceSpans"'])(
    'is none when it is %s',
    (text) => {
      expect(() => decodeOtlp(Buffer.from(text), 'json')).toThrow(NotOtlp);
    },
  );

  it('is none when its bytes are no UTF-8 or no protobuf', () => {
    expect(() => decodeOtlp(Buffer.from([0xff, 0xfe]), 'json')).toThrow(NotOtlp);
    expect(() => decodeOtlp(Buffer.from('not protobuf at all'), 'protobuf')).toThrow(NotOtlp);
  });

  it('may be empty, as an exporter asks whether somebody is there', () => {
    expect(decodeOtlp(Buffer.from('{}'), 'json')).toEqual({ spans: [], warnings: [] });
    expect(decodeOtlp(new Uint8Array(), 'protobuf')).toEqual({ spans: [], warnings: [] });
  });
});

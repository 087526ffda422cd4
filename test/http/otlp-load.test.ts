import { toOtlpJson } from '../../src/adapters/traces/otlp-text.ts';
import type { RawSpan } from '../../src/forensics/read/raw-span.ts';
import { createAdmission } from '../../src/http/otlp/admission.ts';
import type { OtlpDeps } from '../../src/http/otlp.ts';
import { namesOf, span } from '../store/spans-support.ts';
import { testStore, type TestStore } from '../store/store.ts';
import { loanReceiver } from './support/receiver.ts';

let db: TestStore;
beforeAll(async () => {
  db = await testStore();
});
afterAll(() => db.end());
beforeEach(() => db.query('truncate span_chunk, span_trace, span_session, span_link'));

const app = (over: Partial<OtlpDeps> = {}) => loanReceiver({ spans: db.store.spans, ...over });
const post = (to: ReturnType<typeof app>, spans: readonly RawSpan[]): Promise<Response> =>
  Promise.resolve(
    to.request('http://127.0.0.1/v1/traces', {
      method: 'POST',
      headers: { authorization: 'Bearer secret-loan', 'content-type': 'application/json' },
      body: toOtlpJson(spans),
    }),
  );
const stored = async (session = 's1'): Promise<RawSpan[]> =>
  (await db.store.spans.sessionSpans(session, { after: null, limit: 1_000 })).spans;

describe('more than can be stored', () => {
  it('is sent back to come again, and nothing of it is kept in memory; what was let in is stored', async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const to = app({
      admission: { maxRequests: 1 },
      spans: {
        insert: async (...args) => {
          await gate;
          return db.store.spans.insert(...args);
        },
      },
    });
    const first = post(to, [span({ name: 'first' })]);
    const second = await post(to, [span({ name: 'second', at: 1 })]);
    expect([second.status, second.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await second.json()).toMatchObject({
      code: 14,
      message: expect.stringContaining('Send them again'),
    });
    open();
    expect((await first).status).toBe(200);
    expect((await post(to, [span({ name: 'second', at: 1 })])).status).toBe(200);
    expect(namesOf(await stored())).toEqual(['first', 'second']);
  });

  it('is measured in bytes too, as sent and once unpacked; a lone request is never locked out', () => {
    const { admit } = createAdmission({ maxRequests: 10, maxBytes: 100 });
    const lone = admit(500);
    expect(() => admit(1)).toThrow(/More spans arrive/);
    lone.release();
    lone.release();
    const small = admit(40);
    const other = admit(40);
    expect(() => other.resize(70)).toThrow(/More spans arrive/);
    other.resize(60);
    expect(() => admit(1)).toThrow();
    small.release();
    expect(() => admit(40).release()).not.toThrow();
  });
});

describe('odd spans', () => {
  it('an attribute of five megabytes is stored whole', async () => {
    const text = 'x'.repeat(5_000_000);
    expect((await post(app(), [span({ name: 'big', attributes: { 'tool.output': text } })])).status).toBe(
      200,
    );
    expect((await stored())[0]?.attributes['tool.output']).toBe(text);
  });

  it('late, repeated and out of order ones are all there, the first write of each', async () => {
    const to = app();
    const spans = [span({ name: 'c', at: 2 }), span({ name: 'a' }), span({ name: 'b', at: 1 })];
    await post(to, spans.slice(0, 1));
    await post(to, spans);
    await post(to, [{ ...span({ name: 'a' }), name: 'another a' }]);
    expect(namesOf(await stored())).toEqual(['a', 'b', 'c']);
  });

  it('a trace that names no session is one by its own id', async () => {
    const nameless = [span({ name: 'a', session: null }), span({ name: 'b', session: null, at: 1 })];
    await post(app(), nameless);
    expect(namesOf(await stored(nameless[0]?.traceId))).toEqual(['a', 'b']);
  });

  it('a hundred thousand steps of one session are counted and read in pages', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => span({ name: String(i).padStart(8, '0'), at: i }));
    for (let part = 0; part < 5; part += 1)
      await db.store.spans.insert(
        'loan-agent',
        many.map((one, i) => ({ ...one, spanId: (part * 20_000 + i).toString(16).padStart(16, '0') })),
      );
    // The id of zeros is no id, and is still one span of the store.
    expect((await db.store.spans.sessionMetadata('s1'))?.spans).toBe(100_000);
    let [read, after] = [0, null as string | null];
    do {
      const page = await db.store.spans.sessionSpans('s1', { after, limit: 20_000 });
      read += page.spans.length;
      after = page.next;
    } while (after !== null);
    expect(read).toBe(100_000);
  }, 300_000);
});

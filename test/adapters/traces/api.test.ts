import { createAsk, TraceStoreError, type ApiTarget } from '../../../src/adapters/traces/api.ts';
import { json, startReplay, type Answerer, type Replay } from './support/replay.ts';

let store: Replay;
afterEach(() => store.close());
const askOf = async (answer: Answerer, over: Partial<ApiTarget> = {}, signal?: AbortSignal) => {
  store = await startReplay([], { answer });
  return createAsk({ name: 'Store', url: store.url, retryAfterMs: [1, 1], ...over }, signal);
};

describe('asking a trace store', () => {
  it('keeps the page word for word, and every digit of its integers', async () => {
    const body =
      '{"a": 9007199254740993, "b": [1, -12345678901234567890], "c": "9007199254740993 \\" 12345678901234567"}';
    const ask = await askOf(() => json(body));
    const { value, page } = await ask(['x']);
    expect(value).toEqual({
      a: '9007199254740993',
      b: [1, '-12345678901234567890'],
      c: '9007199254740993 " 12345678901234567',
    });
    expect(new TextDecoder().decode(page.body)).toBe(body);
  });

  it('tries again what may succeed later, and honours how long the store asks to wait', async () => {
    const ask = await askOf((_, count) =>
      count === 0
        ? { status: 429, body: '', headers: { 'retry-after': '0.01' } }
        : count === 1
          ? { status: 503, body: 'at capacity' }
          : json({ ok: true }),
    );
    expect((await ask(['x'])).value).toEqual({ ok: true });
    expect(store.asked).toHaveLength(3);
  });

  it.each([
    ['a refusal', { status: 403, body: 'no' }, /Store answered 403 to \/x: no\. Check the key/],
    [
      'a redirect',
      { status: 302, body: '', headers: { location: 'http://169.254.169.254/' } },
      /302 .*not followed/,
    ],
    ['a page that is not there', { status: 404, body: 'nope' }, /404 .*Check the address/],
    ['an error that stays', { status: 500, body: 'search depth' }, /Store answered 500 to \/x: search depth/],
    ['no JSON', { status: 200, body: '<html>login</html>' }, /no JSON, or JSON that was cut/],
    ['JSON that was cut', { status: 200, body: '{"data":[{"a":1},{"b' }, /no JSON, or JSON that was cut/],
    ['control characters', { status: 400, body: 'a\u001b[2Jb\u0000c' }, /: a \[2Jb c\./],
  ])('says what is wrong and what to do about %s', async (_, reply, message) => {
    const ask = await askOf(() => reply);
    const failed = ask(['x']);
    await expect(failed).rejects.toThrow(TraceStoreError);
    await expect(failed).rejects.toThrow(message);
  });

  it('follows no redirect', async () => {
    const ask = await askOf(({ pathname }) =>
      pathname === '/x' ? { status: 302, body: '', headers: { location: '/elsewhere' } } : json({}),
    );
    await expect(ask(['x'])).rejects.toThrow(TraceStoreError);
    expect(store.asked.map(({ pathname }) => pathname)).toEqual(['/x']);
  });

  it.each(['.', '..', ''])('asks for no id %j, which would climb out of its path', async (id) => {
    const ask = await askOf(() => json({}));
    await expect(ask(['v1', 'sessions', id])).rejects.toThrow('is no id');
    expect(store.asked).toHaveLength(0);
  });

  it('keeps an id within its place, whatever it is', async () => {
    const ask = await askOf(() => json({}), {});
    await ask(['v1', '../admin?x=1#y'], [['q', 'a&b=c']]);
    expect(store.asked.map(({ pathname, search }) => pathname + search)).toEqual([
      '/v1/..%2Fadmin%3Fx%3D1%23y?q=a%26b%3Dc',
    ]);
  });

  it.each([
    ['link-local addresses', 'http://169.254.169.254'],
    ['plain http to another machine', 'http://192.0.2.1'],
    ['a name that resolves to a metadata address', 'https://store.example'],
  ])('calls no %s', async (_, url) => {
    const ask = await askOf(() => json({}), {
      url,
      resolve: () => Promise.resolve([{ address: '169.254.169.254', family: 4 }]),
    });
    await expect(ask(['x'])).rejects.toThrow(/Store gave no answer to \/x: .*(link-local|plain http)/);
  });

  it('shows no key in what it says', async () => {
    const ask = await askOf(() => ({ status: 400, body: 'bad token k-123456 given' }), {
      headers: { authorization: 'Bearer k-123456' },
    });
    await expect(ask(['x'])).rejects.toThrow('bad token [secret] given');
  });

  it('ends an answer that is too long, and one that does not come', async () => {
    const long = await askOf(() => json({ a: 'x'.repeat(2_000) }), {
      maxAnswerBytes: 1_000,
      retryAfterMs: [],
    });
    await expect(long(['x'])).rejects.toThrow('longer than 1000 bytes');
    await store.close();
    const gone = createAsk({ name: 'Store', url: store.url, retryAfterMs: [1] });
    await expect(gone(['x'])).rejects.toThrow(/Store gave no answer to \/x: .*ECONNREFUSED/);
  });

  it('stops when whoever asked gives up', async () => {
    const aborted = new AbortController();
    const ask = await askOf(() => ({ status: 503, body: '' }), { retryAfterMs: [60_000] }, aborted.signal);
    const waiting = ask(['x']);
    setTimeout(() => aborted.abort(), 20);
    await expect(waiting).rejects.toThrow(/abort/i);
  });

  it('reads a stream of JSON lines', async () => {
    const ask = await askOf(() => json('{"result":1}\n{"result":2}\n'));
    expect((await ask(['x'])).value).toEqual([{ result: 1 }, { result: 2 }]);
  });
});

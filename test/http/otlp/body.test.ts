import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { toOtlpJson } from '../../../src/adapters/traces/otlp-text.ts';
import { listen, type Listening } from '../../../src/http/listen.ts';
import { span } from '../../store/spans-support.ts';
import { loanReceiver } from '../support/receiver.ts';

const MAX_BYTES = 100_000;
let inserted: string[] = [];
let server: Listening;

beforeAll(async () => {
  const app = loanReceiver({
    spans: {
      insert: async (_agent, spans) => void inserted.push(...spans.map(({ name }) => name)),
    },
    limits: { maxBytes: MAX_BYTES, maxUnpackedBytes: 2 * MAX_BYTES, timeoutMs: 1_000 },
  });
  server = await listen(app, { host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());
beforeEach(() => {
  inserted = [];
});

const open = (headers: Record<string, string | number> = {}): ClientRequest => {
  const sending = request(`${server.url}/v1/traces`, {
    method: 'POST',
    headers: { authorization: 'Bearer secret-loan', 'content-type': 'application/json', ...headers },
  });
  // A refused body may be cut off while it is still sent.
  sending.on('error', () => undefined);
  return sending;
};
const answerOf = (sending: ClientRequest): Promise<{ status: number; text: string }> =>
  new Promise((resolve) => {
    sending.on('response', (response: IncomingMessage) => {
      let text = '';
      response.on('data', (part) => (text += String(part)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
  });
const body = (name: string, text = ''): string =>
  toOtlpJson([span({ name, attributes: { 'input.value': text } })]);

describe('a body over a real connection', () => {
  it('is taken however it is cut', async () => {
    const sending = open();
    const answer = answerOf(sending);
    const bytes = Buffer.from(body('in pieces ü'));
    for (let at = 0; at < bytes.length; at += 7) sending.write(bytes.subarray(at, at + 7));
    sending.end();
    expect((await answer).status).toBe(200);
    expect(inserted).toEqual(['in pieces ü']);
  });

  it('is taken packed', async () => {
    const sending = open({ 'content-encoding': 'gzip' });
    const answer = answerOf(sending);
    sending.end(gzipSync(body('packed')));
    expect((await answer).status).toBe(200);
    expect(inserted).toEqual(['packed']);
  });

  it('may come again and again on one connection', async () => {
    for (const name of ['first', 'second', 'third']) {
      const sending = open({ connection: 'keep-alive' });
      const answer = answerOf(sending);
      sending.end(body(name));
      expect((await answer).status).toBe(200);
    }
    expect(inserted).toEqual(['first', 'second', 'third']);
  });

  it('is refused once it is larger than it may be, whether it says so or not', async () => {
    const large = body('large', 'x'.repeat(MAX_BYTES));
    for (const headers of [{ 'content-length': large.length }, {}]) {
      const sending = open(headers);
      const answer = answerOf(sending);
      sending.write(large.slice(0, MAX_BYTES - 1));
      sending.end(large.slice(MAX_BYTES - 1));
      const { status, text } = await answer;
      expect(status).toBe(413);
      expect(text).toContain('Send smaller batches.');
    }
    expect(inserted).toEqual([]);
  });

  it('is refused when it stops half-way', async () => {
    const sending = open({ 'content-length': 1_000 });
    const answer = answerOf(sending);
    sending.write('{');
    const { status, text } = await answer;
    expect(status).toBe(408);
    expect(text).toContain('did not arrive within 1000 ms');
    expect(inserted).toEqual([]);
  });

  it('of a sender that goes away is forgotten, and the next is served', async () => {
    const sending = open({ 'content-length': 1_000 });
    sending.write('{');
    await new Promise((resolve) => sending.on('socket', (socket) => socket.once('connect', resolve)));
    sending.destroy();
    const next = open();
    const answer = answerOf(next);
    next.end(body('next'));
    expect((await answer).status).toBe(200);
    expect(inserted).toEqual(['next']);
  });
});

import { createServer, type RequestListener, type Server } from 'node:http';
import {
  createWebhook,
  signatureOf,
  type WebhookOptions,
} from '../../../src/adapters/containment/webhook.ts';
import { isFromHoldpoint } from '../../../src/instrument/index.ts';
import { startChild, type Child } from './child.ts';
import { orderOf } from './order.ts';

const SECRET = 'shared with the agent';
let agent: Child | null = null;
let server: Server | null = null;
afterEach(async () => {
  await agent?.end();
  await new Promise<void>((closed) => (server === null ? closed() : server.close(() => closed())));
  agent = server = null;
});

const startAgent = async (secret = SECRET): Promise<{ child: Child; url: string }> => {
  agent = startChild('test/adapters/containment/agents/webhook-agent.ts', { SECRET: secret });
  const { url } = await agent.line('its address', (line) => 'url' in line);
  return { child: agent, url: String(url) };
};
const serve = (listener: RequestListener): Promise<string> => {
  const started = createServer(listener);
  server = started;
  return new Promise((listening) =>
    started.listen(0, '127.0.0.1', () => {
      const address = started.address();
      listening(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
    }),
  );
};
const webhook = (url: string, more: Partial<WebhookOptions> = {}) =>
  createWebhook({
    targets: { 'counting-agent': { url, secret: SECRET } },
    confirmWithinMs: 300,
    pollMs: 20,
    timeoutMs: 1000,
    ...more,
  });

it('pauses, releases and kills a real process, each confirmed by what it says of itself', async () => {
  const { child, url } = await startAgent();
  const adapter = webhook(url);
  expect((await adapter.verify(orderOf())).status).toBe('unconfirmed');
  const paused = await adapter.contain(orderOf());
  expect(paused).toMatchObject({
    status: 'confirmed',
    evidence: 'The control endpoint of counting-agent says that session s-1 is paused.',
  });
  const calls = child.lines.filter((line) => 'n' in line).length;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(child.lines.filter((line) => 'n' in line)).toHaveLength(calls);

  expect((await adapter.release(orderOf())).released).toBe(true);
  await child.line('a further call', (line) => Number(line['n']) > calls);
  expect((await adapter.contain(orderOf({ action: 'kill' }))).status).toBe('confirmed');
  const orders = child.lines.flatMap((line) => ('order' in line ? [line['order']] : []));
  expect(orders).toMatchObject([
    {
      action: 'pause',
      agent: 'counting-agent',
      sessionId: 's-1',
      incidentId: 'inc-1',
      holdNewSessions: true,
      key: 'inc-1:contain:s-1:pause',
    },
    { action: 'release', holdNewSessions: false },
    { action: 'kill', holdNewSessions: true },
  ]);
});

it('asks for the session by a query that the session id cannot break out of', async () => {
  const { child, url } = await startAgent();
  await webhook(url).verify(orderOf({ sessionId: 'a&b=/../x#y' }));
  const { asked } = await child.line('the question', (line) => 'asked' in line);
  expect(asked).toBe('/control?session=a%26b%3D%2F..%2Fx%23y');
});

it('is refused by an agent that does not know the signature, and the agent goes on', async () => {
  const { child, url } = await startAgent('another secret');
  expect(await webhook(url).contain(orderOf())).toMatchObject({
    status: 'refused',
    evidence: expect.stringContaining('answered 401'),
  });
  const calls = child.lines.length;
  await child.line('a further call', (line) => Number(line['n']) > calls);
});

it('is unconfirmed when nobody listens, refused when the agent has no endpoint', async () => {
  expect(await webhook('http://127.0.0.1:9/').contain(orderOf())).toMatchObject({ status: 'unconfirmed' });
  expect(await webhook('http://127.0.0.1:9/').contain(orderOf({ agent: 'unknown' }))).toMatchObject({
    status: 'refused',
    evidence: expect.stringContaining('No control endpoint is configured for unknown'),
  });
});

it.each([
  ['https to a metadata address', 'https://169.254.169.254/latest'],
  ['http that is not loopback', 'http://10.1.2.3/control'],
  ['a name that resolves to a metadata address', 'https://agent.example/control'],
])('calls nobody: %s', async (_, url) => {
  const resolve = async () => [{ address: '169.254.169.254', family: 4 as const }];
  expect((await webhook(url, { resolve }).contain(orderOf())).status).toBe('refused');
});

it('does not follow a redirect', async () => {
  const asked: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    asked.push(request.url);
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  expect((await webhook(`${url}/control`).contain(orderOf())).status).toBe('unconfirmed');
  expect(asked).toEqual(['/control']);
});

it('gives up on an endpoint that takes the order and never answers', async () => {
  const url = await serve(() => undefined);
  const result = await webhook(url, { timeoutMs: 1_000 }).contain(orderOf());
  expect(result).toMatchObject({
    status: 'unconfirmed',
    evidence: expect.stringContaining('no answer within 1000 ms'),
  });
});

it.each([
  ['an answer without end', 'x'.repeat(200_000)],
  ['nonsense', '<html>'],
  ['a state it does not know', '{"state":"fine"}'],
  ['one that still runs', '{"state":"running"}'],
])('does not take %s for a confirmation', async (_, body) => {
  const url = await serve((request, response) =>
    response.writeHead(200).end(request.method === 'POST' ? '' : body),
  );
  expect((await webhook(url).contain(orderOf())).status).toBe('unconfirmed');
});

it('tells a session that had ended apart from one that it stopped', async () => {
  const url = await serve((_, response) => response.writeHead(200).end('{"state":"ended"}'));
  expect((await webhook(url).contain(orderOf())).status).toBe('already_ended');
});

describe('the signature', () => {
  const nowMs = 1_800_000_000_000;
  const timestamp = String(nowMs / 1000);
  const signature = signatureOf(SECRET, timestamp, '{"a":1}');

  it('is known by the agent’s own check', () => {
    expect(isFromHoldpoint(SECRET, { timestamp, signature, body: '{"a":1}' }, nowMs + 299_000)).toBe(true);
  });

  it.each([
    ['another body', { timestamp, signature, body: '{"a":2}' }, nowMs],
    ['another time', { timestamp: String(nowMs / 1000 + 1), signature, body: '{"a":1}' }, nowMs],
    ['an old call', { timestamp, signature, body: '{"a":1}' }, nowMs + 301_000],
    ['no signature', { timestamp, signature: undefined, body: '{"a":1}' }, nowMs],
    ['no time', { timestamp: undefined, signature, body: '{"a":1}' }, nowMs],
    ['a time that is no number', { timestamp: '1e9', signature, body: '{"a":1}' }, nowMs],
  ])('does not stand for %s', (_, call, now) => {
    expect(isFromHoldpoint(SECRET, call, now)).toBe(false);
  });
});

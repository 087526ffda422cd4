import { createWebhook } from '../../src/adapters/containment/webhook.ts';
import { type Peer, readBody, startPeer } from '../support/peer.ts';

/** How the agent's control endpoint answers an order, in turn; the last for ever. */
let answers: number[];
let orders: { action: string; key: string }[];
let peer: Peer;
beforeEach(async () => {
  orders = [];
  peer = await startPeer(async (request, response) => {
    if (request.method === 'GET')
      return void response.end(JSON.stringify({ state: orders.length > 1 ? 'paused' : 'running' }));
    orders.push(JSON.parse(await readBody(request)) as { action: string; key: string });
    response.writeHead((answers.length > 1 ? answers.shift() : answers[0]) ?? 200).end('{}');
  });
});
afterEach(() => peer.stop());

const order = {
  incidentId: 'inc-1',
  agent: 'loan-agent',
  sessionId: 's-1',
  action: 'pause' as const,
  key: 'inc-1:session:s-1:1',
  reason: 'x',
};
const contain = () =>
  createWebhook({
    targets: { 'loan-agent': { url: peer.url, secret: 's'.repeat(32) } },
    confirmWithinMs: 100,
    pollMs: 20,
  }).contain(order);

it('500: unconfirmed, with what it answered; the same order, by the same key, is confirmed later', async () => {
  answers = [500, 200];
  expect(await contain()).toMatchObject({
    status: 'unconfirmed',
    evidence: expect.stringContaining('answered 500 to pause'),
  });
  expect(await contain()).toMatchObject({ status: 'confirmed' });
  expect(new Set(orders.map(({ key }) => key)).size).toBe(1);
});

it('200 without obeying: unconfirmed, because it says itself that it runs', async () => {
  answers = [200];
  expect(await contain()).toMatchObject({
    status: 'unconfirmed',
    evidence: 'The control endpoint of loan-agent says that session s-1 is running.',
  });
});

import { createWebhook } from '../../src/adapters/containment/webhook.ts';
import { createPagerWebhook } from '../../src/adapters/pager/webhook.ts';
import { createHttpTools, HttpToolConfig } from '../../src/adapters/tools/http.ts';
import type { Resolve } from '../../src/adapters/tools/address-guard.ts';
import { type Peer, startPeer } from '../support/peer.ts';

const SECRET = 's'.repeat(32);
const order = {
  incidentId: 'inc-1',
  agent: 'loan-agent',
  sessionId: '../../latest/meta-data?x=#',
  action: 'pause' as const,
  key: 'k',
  reason: 'x',
};

/** Each way in which Holdpoint acts on others by an address, and what each says when it does not. */
const callers: [name: string, call: (url: string, resolve?: Resolve) => Promise<string>][] = [
  [
    'the stop of an agent by webhook',
    async (url, resolve) => {
      const target = { 'loan-agent': { url, secret: SECRET } };
      const { status, evidence } = await createWebhook({
        targets: target,
        confirmWithinMs: 50,
        timeoutMs: 3_000,
        ...(resolve ? { resolve } : {}),
      }).contain(order);
      return `${status}: ${evidence}`;
    },
  ],
  [
    'a reversal',
    async (url, resolve) => {
      const tool = HttpToolConfig.parse({ url, timeoutMs: 3_000 });
      const { status, evidence } = await createHttpTools({
        tools: { undo: tool },
        ...(resolve ? { resolve } : {}),
      }).execute({ key: 'k', tool: 'undo', args: {}, incidentId: 'inc-1', action: 'step 1' });
      return `${status}: ${evidence}`;
    },
  ],
  [
    'a page',
    (url, resolve) =>
      createPagerWebhook({ url, secret: SECRET, timeoutMs: 3_000, ...(resolve ? { resolve } : {}) })
        .page({ to: 'primary', text: 'x', key: 'k' })
        .then(
          () => 'paged',
          (error: Error) => error.message,
        ),
  ],
];

describe.each(callers)('%s', (_name, call) => {
  let peer: Peer;
  let asked: (string | undefined)[];
  beforeEach(async () => {
    asked = [];
    peer = await startPeer((request, response) => {
      asked.push(request.url);
      if (request.url?.includes('secret')) return void response.end('{"state":"paused"}');
      response.writeHead(302, { location: `${peer.url}/secret` }).end();
    });
  });
  afterEach(() => peer.stop());

  it.each([
    'https://169.254.169.254/latest/meta-data',
    'https://[::ffff:a9fe:a9fe]/latest',
    'http://10.0.0.7/control',
    'ftp://127.0.0.1/x',
  ])('does not go to %s', async (url) => {
    const said = await call(url);
    expect(said).toMatch(/^refused|^not_done|may not be called/);
    expect(said).not.toContain(SECRET);
  });

  it('does not go where a name is made to point later', async () => {
    const resolve: Resolve = async () => [{ address: '169.254.169.254', family: 4 }];
    expect(await call('https://control.example.com/', resolve)).toMatch(
      /169\.254\.169\.254 is a link-local, metadata or reserved address/,
    );
  });

  it('follows no redirect, and calls nothing a success that answered one', async () => {
    const said = await call(`${peer.url}/control`);
    expect(said).toMatch(/^unconfirmed|^uncertain|answered 302/);
    expect(said).not.toMatch(/^confirmed|^done|^paged/);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((url) => url?.includes('secret'))).toEqual([]);
  });
});

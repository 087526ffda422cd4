import { createHttpTools, HttpToolConfig } from '../../src/adapters/tools/http.ts';
import { type Peer, readBody, startPeer } from '../support/peer.ts';

/** What the tool's server was asked to do. */
let asked: { url: string | undefined; body: string }[];
let peer: Peer;
beforeEach(async () => {
  asked = [];
  peer = await startPeer(async (request, response) => {
    asked.push({ url: request.url, body: await readBody(request) });
    response.end('{"status":"pending"}');
  });
});
afterEach(() => peer.stop());

const reverse = (args: Record<string, unknown>, rules: object = {}) =>
  createHttpTools({
    tools: {
      set_status: HttpToolConfig.parse({
        url: `${peer.url}/applications/{id}/status`,
        method: 'PUT',
        body: { status: '{status}' },
        verify: { url: `${peer.url}/applications/{id}`, path: 'status', equals: '{status}' },
        arguments: rules,
      }),
    },
  }).execute({ key: 'k', tool: 'set_status', args, incidentId: 'inc-1', action: 'step 7' });

describe('a trace that fills the arguments of a reversal', () => {
  it.each([
    ['an operator of a query language', { status: { $ne: null } }, 'the argument status is an object'],
    ['many values for one', { status: ['pending', 'approved'] }, 'the argument status is a list'],
    ['a prototype', { status: JSON.parse('{"__proto__":{"admin":true}}') as unknown }, 'is an object'],
    ['a line of its own', { status: 'pending\r\nX-Admin: 1' }, 'holds control characters'],
    ['half a character', { status: '\ud800' }, 'holds control characters'],
    ['a book', { status: 'x'.repeat(1_001) }, 'is longer than 1000 characters'],
  ])('with %s: nothing is called, and it says why', async (_what, args, why) => {
    const { status, evidence } = await reverse({ id: 'LN-1', ...args });
    expect({ status, evidence }).toEqual({ status: 'not_done', evidence: expect.stringContaining(why) });
    expect(evidence).toMatch(/^Not called: /);
    expect(asked).toEqual([]);
  });

  it.each(['../../admin', '..', 'LN-1/../LN-2', 'LN-1?as=admin', 'LN-1#', '//evil.example/'])(
    'with an address in it (%s): the call stays on its host and below its path',
    async (id) => {
      const { status } = await reverse({ id, status: 'pending' });
      if (status === 'not_done') return expect(asked).toEqual([]);
      for (const { url } of asked) expect(url).toMatch(/^\/applications\/[^/?#]+(\/status)?$/);
    },
  );

  it('with text that looks like a template: it is sent as it is', async () => {
    await reverse({ id: 'LN-1', status: '{id}' });
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ status: '{id}' });
  });
});

describe('rules of the configuration', () => {
  const rules = { status: { oneOf: ['pending', 'review'] }, id: { matches: String.raw`LN-\d+` } };

  it('let through what they name', async () => {
    expect((await reverse({ id: 'LN-1', status: 'pending' }, rules)).status).toBe('done');
  });

  it.each([
    ['another value', { id: 'LN-1', status: 'approved' }, 'is none of ["pending","review"]'],
    ['another shape', { id: 'LN-1; drop', status: 'pending' }, String.raw`does not match LN-\d+`],
    ['more than the shape', { id: 'LN-1\n', status: 'pending' }, 'holds control characters'],
    ['a number for a text', { id: 7, status: 'pending' }, 'is not text'],
  ])('refuse %s', async (_what, args, why) => {
    expect((await reverse(args, rules)).evidence).toContain(why);
    expect(asked).toEqual([]);
  });

  it('let an object through only where they say so', async () => {
    const address = { street: 'High Street', no: 1 };
    expect((await reverse({ id: 'LN-1', status: address }, { status: { type: 'any' } })).evidence).toContain(
      'answered 200',
    );
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ status: address });
  });
});

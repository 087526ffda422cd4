import { createHttpTools, HttpToolConfig } from '../../src/adapters/tools/http.ts';
import { type Peer, readBody, startPeer } from '../support/peer.ts';

type Mood = 'applies and says nothing' | 'says nothing' | 'applies and fails' | 'says nothing at all';

/** An account that a tool sets, and how its server answers. */
let mood: Mood;
let status: string;
let changes: number;
let peer: Peer;
beforeEach(async () => {
  [status, changes] = ['declined', 0];
  peer = await startPeer(async (request, response) => {
    if (mood === 'says nothing at all') return;
    if (request.method === 'GET') return void response.end(JSON.stringify({ status }));
    if (mood.startsWith('applies')) {
      status = (JSON.parse(await readBody(request)) as { status: string }).status;
      changes += 1;
    }
    if (mood === 'applies and fails') response.writeHead(500).end();
  });
});
afterEach(() => peer.stop());

const reverse = () =>
  createHttpTools({
    tools: {
      set_status: HttpToolConfig.parse({
        url: `${peer.url}/LN-1/status`,
        method: 'PUT',
        body: { status: '{status}' },
        verify: { url: `${peer.url}/LN-1`, path: 'status', equals: '{status}' },
        timeoutMs: 1_500,
      }),
    },
  }).execute({
    key: 'k',
    tool: 'set_status',
    args: { status: 'pending' },
    incidentId: 'inc-1',
    action: 'step 7',
  });

it('times out and yet applied: done, because it reads back as wanted, and called once', async () => {
  mood = 'applies and says nothing';
  expect(await reverse()).toMatchObject({
    status: 'done',
    evidence:
      'Called, but no answer within 1500 ms, and it took effect. Verified: read back, status is "pending".',
  });
  expect(changes).toBe(1);
});

it('answers 500 and yet applied: done', async () => {
  mood = 'applies and fails';
  expect(await reverse()).toMatchObject({
    status: 'done',
    evidence: expect.stringContaining('answered 500'),
  });
  expect(changes).toBe(1);
});

it('times out and reads back as before: uncertain, since it may still come', async () => {
  mood = 'says nothing';
  expect(await reverse()).toMatchObject({
    status: 'uncertain',
    evidence: expect.stringContaining(
      'it may or may not take effect. Not in effect: read back, status is "declined"',
    ),
  });
});

it('times out and cannot be read back: uncertain', async () => {
  mood = 'says nothing at all';
  expect(await reverse()).toMatchObject({
    status: 'uncertain',
    evidence: expect.stringContaining('It could not be read back'),
  });
});

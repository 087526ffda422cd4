import { createHash } from 'node:crypto';
import { alertOf, NOW, SECRETS, startWorld, type World } from './world.ts';

let world: World;
let incidentId: string;
beforeAll(async () => {
  world = await startWorld({ proxy: { userHeader: 'X-Forwarded-Email', secretEnv: 'PROXY_SECRET' } });
  const { json } = await world.call('/api/v1/alerts', {
    body: alertOf({ title: '<script>alert(1)</script>' }),
    token: SECRETS.AGENT_KEY,
  });
  incidentId = String(json['incidentId']);
});
afterAll(() => world.stop());

const ana = { token: SECRETS.TOKEN_ANA };
const eve = { token: SECRETS.TOKEN_EVE };
const auditor = { token: SECRETS.TOKEN_AUDIT };
const proxied = (login: string, secret = SECRETS.PROXY_SECRET) => ({
  headers: { 'x-forwarded-email': login, 'x-holdpoint-proxy-secret': secret },
});
const basic = (name: string, token: string) => ({
  headers: { authorization: `Basic ${Buffer.from(`${name}:${token}`).toString('base64')}` },
});
const command = (body: object | string, init: object = ana) =>
  world.call(`/api/v1/incidents/${incidentId}/commands`, { body, ...init });

describe('reading', () => {
  test('needs a person: a token, or the proxy that proves itself', async () => {
    const path = '/api/v1/incidents';
    for (const who of [ana, eve, auditor, proxied('Ana@example.com'), basic('ana', SECRETS.TOKEN_ANA)])
      expect((await world.call(path, who)).status).toBe(200);
    for (const who of [
      {},
      { token: 'wrong-token-0123456789' },
      { token: SECRETS.AGENT_KEY },
      proxied('ana@example.com', 'wrong-secret-0123456789'),
      { headers: { 'x-forwarded-email': 'ana@example.com' } },
      basic('ben', SECRETS.TOKEN_ANA),
      basic('ana', 'wrong-token-0123456789'),
    ])
      expect((await world.call(path, who)).status).toBe(401);
    expect((await world.call(path, proxied('stranger@example.com'))).status).toBe(403);
  });

  test('the list has a line an incident', async () => {
    const { json } = await world.call('/api/v1/incidents?status=open&agent=loan-agent', eve);
    expect(json).toEqual({
      next: null,
      matching: 1,
      incidents: [
        expect.objectContaining({
          incidentId,
          agent: 'loan-agent',
          status: 'open',
          phase: 'contain',
          items: 11,
          itemsProven: 0,
        }),
      ],
    });
    expect((await world.call('/api/v1/incidents?status=ended', eve)).json['incidents']).toEqual([]);
  });

  test.each(['limit=0', 'limit=500', 'limit=x', 'status=closed', 'before=yesterday'])(
    '%s is told by its field',
    async (query) => {
      const { status, json } = await world.call(`/api/v1/incidents?${query}`, eve);
      expect(status).toBe(400);
      expect(json).toMatchObject({ field: query.split('=')[0] });
    },
  );

  test('one incident has its checklist and its state', async () => {
    const { json } = await world.call(`/api/v1/incidents/${incidentId}`, eve);
    expect(json).toMatchObject({
      incidentId,
      auditHead: expect.stringMatching(/^[0-9a-f]{64}$/),
      state: { agent: 'loan-agent' },
    });
    expect(json['checklist']).toHaveLength(11);
    expect(json['state']).not.toHaveProperty('decided');
    expect((await world.call('/api/v1/incidents/loan-agent-none-1', eve)).json).toMatchObject({
      status: 404,
      code: 'unknown-incident',
    });
  });

  test('the audit log is for auditors', async () => {
    const path = `/api/v1/incidents/${incidentId}/audit`;
    expect((await world.call(path, eve)).json).toMatchObject({ status: 403, code: 'role-missing' });
    expect((await world.call(path, auditor)).json).toMatchObject({
      incidentId,
      rows: expect.arrayContaining([expect.objectContaining({ seq: 1 })]),
      words: expect.any(Array),
      heads: expect.any(Array),
    });
  });
});

describe('commands of people', () => {
  test("are decided by the same rules, in the person's name", async () => {
    const { status, json } = await command({ type: 'acknowledge' });
    expect({ status, json }).toMatchObject({
      status: 200,
      json: { incidentId, pending: false, events: expect.any(Number) },
    });
    expect(world.incidents.given.at(-1)).toMatchObject({
      type: 'acknowledge',
      at: NOW,
      by: {
        kind: 'person',
        id: 'person:ana',
        roles: ['responder', 'approver'],
        via: 'api',
        verifiedBy: 'token',
      },
    });
    const again = await command({ type: 'acknowledge' });
    expect({ status: again.status, json: again.json }).toMatchObject({
      status: 409,
      json: { code: 'already-acknowledged', detail: expect.any(String), remedy: expect.any(String) },
    });
  });

  test('count once by their id, or an idempotency key', async () => {
    for (const [body, headers] of [
      [{ type: 'addNote', text: 'seen', id: 'n-1' }, {}],
      [{ type: 'addNote', text: 'seen' }, { 'idempotency-key': 'n-2' }],
    ] as const) {
      const how = { token: SECRETS.TOKEN_ANA, headers };
      const first = await command(body, how);
      expect(first.json['events']).toBe(1);
      expect((await command(body, how)).json).toMatchObject({
        events: 0,
        commandId: first.json['commandId'],
      });
    }
  });

  test('words are digested here', async () => {
    await command({ type: 'addNote', text: '  The decline rate fell.  ' });
    expect(world.incidents.given.at(-1)).toMatchObject({
      text: { text: 'The decline rate fell.', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    const forged = { text: 'x', sha256: 'a'.repeat(64) };
    expect((await command({ type: 'addNote', text: forged })).json).toMatchObject({
      status: 422,
      field: 'text',
    });
  });

  test('a viewer may look and not act', async () => {
    expect((await command({ type: 'takeOwnership' }, eve)).json).toMatchObject({
      status: 403,
      code: 'not-a-responder',
    });
  });

  test.each([
    ["somebody else's name", { type: 'takeOwnership', by: { kind: 'engine', id: 'x' } }, 'by'],
    ['another time', { type: 'takeOwnership', at: 1 }, 'at'],
    [
      'a command of the engine',
      { type: 'reportContainment', targetId: 'x', status: 'confirmed', evidence: 'x' },
      'type',
    ],
    ['an alert', { type: 'receiveAlert' }, 'type'],
    ['no command', { type: 'fly' }, 'type'],
    ['no type', { text: 'x' }, 'type'],
    ['a missing field', { type: 'nameSession' }, 'sessionId'],
    ['a field too many', { type: 'takeOwnership', extra: 1 }, 'extra'],
    ['a field of the wrong kind', { type: 'confirmOrigin', sessionId: 's', step: 1.5 }, 'step'],
  ])('%s is told by its field', async (_what, body, field) => {
    const { status, json } = await command(body);
    expect(status).toBe(422);
    expect(json).toMatchObject({ field, code: 'bad-command' });
  });

  test('need a token or the proxy, never what a browser sends by itself', async () => {
    for (const who of [{}, basic('ana', SECRETS.TOKEN_ANA), { token: SECRETS.AGENT_KEY }])
      expect((await command({ type: 'takeOwnership' }, who)).status).toBe(401);
    const form = { headers: { ...proxied('ana@example.com').headers, 'content-type': 'text/plain' } };
    expect((await command('{"type":"takeOwnership"}', form)).status).toBe(415);
    expect((await command({ type: 'takeOwnership' }, proxied('ana@example.com'))).status).toBe(200);
    expect(world.incidents.given.at(-1)?.by).toMatchObject({ id: 'person:ana', verifiedBy: 'proxy-header' });
  });

  test('an unknown incident, an engine that is away, and one that answers later', async () => {
    const path = '/api/v1/incidents/none-1/commands';
    expect((await world.call(path, { body: { type: 'takeOwnership' }, ...ana })).json).toMatchObject({
      status: 404,
    });
    world.incidents.reachable = false;
    expect((await command({ type: 'addNote', text: 'x' })).status).toBe(503);
    world.incidents.reachable = true;
    world.incidents.pending = true;
    expect(await command({ type: 'addNote', text: 'y' })).toMatchObject({
      status: 202,
      json: { pending: true },
    });
    world.incidents.pending = false;
  });
});

describe('the stop switch', () => {
  const path = '/api/v1/agents/loan-agent/switch';

  test("answers the agent's own key, with the lease of the configuration", async () => {
    const { status, json } = await world.call(`${path}?session=s-1`, { token: SECRETS.AGENT_KEY });
    expect(status).toBe(200);
    expect(json).toEqual({ verdict: 'go', leaseMs: 250, seq: 0, scope: 'session', reason: '' });
  });

  test('takes acknowledgements', async () => {
    const body = { sessionId: 's-1', seq: 0, state: 'running' };
    expect((await world.call(`${path}/ack`, { body, token: SECRETS.AGENT_KEY })).json).toEqual({ ok: true });
    const bad = await world.call(`${path}/ack`, {
      body: { ...body, state: 'flying' },
      token: SECRETS.AGENT_KEY,
    });
    expect(bad.json).toMatchObject({ status: 400, field: 'state' });
  });

  test('answers no other key, and not for another agent', async () => {
    for (const [token, status] of [
      [SECRETS.OTHER_KEY, 403],
      [SECRETS.TOKEN_ANA, 401],
      ['wrong-key-0123456789', 401],
    ] as const)
      expect((await world.call(path, { token })).status).toBe(status);
    expect((await world.call(path)).status).toBe(401);
    expect(
      (await world.call('/api/v1/agents/letter-agent/switch', { token: SECRETS.AGENT_KEY })).status,
    ).toBe(403);
    const ack = { sessionId: 's-1', seq: 9, state: 'stopped' };
    expect((await world.call(`${path}/ack`, { body: ack, token: SECRETS.OTHER_KEY })).status).toBe(403);
  });
});

describe('pages', () => {
  test('show what came from outside as text', async () => {
    const list = await world.call('/', basic('ana', SECRETS.TOKEN_ANA));
    expect(list.status).toBe(200);
    expect(list.text).toContain(incidentId);
    const { text } = await world.call(`/incidents/${incidentId}`, basic('ana', SECRETS.TOKEN_ANA));
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text.match(/<script[^>]*>/g)).toEqual([
      expect.stringMatching(/^<script src="\/assets\/[0-9a-f]{16}\/holdpoint\.js" defer>$/),
    ]);
    expect(text).toContain('Ana Ruiz');
    expect(
      text.match(/<span>(Trace exported before rotation|Distributed within 48 hours)<\/span>/g),
    ).toHaveLength(2);
  });

  test('ask a browser to sign in, and say in words what is not there', async () => {
    const nobody = await world.call('/');
    expect(nobody.status).toBe(401);
    expect(nobody.text).toContain('action="/sign-in"');
    const none = await world.call('/incidents/none-1', eve);
    expect({ status: none.status, type: none.headers.get('content-type') }).toEqual({
      status: 404,
      type: 'text/html; charset=UTF-8',
    });
  });
});

describe('every answer', () => {
  test('forbids what a page could be made to do', async () => {
    for (const path of ['/', '/healthz', '/none', '/breaks', '/api/v1/incidents']) {
      const { headers } = await world.call(path, eve);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self'; .*frame-ancestors 'none'$/,
      );
      expect(policy).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toMatch(/no-store|private, no-cache/);
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('names assets by their digest, and these are kept for ever', async () => {
    const { text } = await world.call('/', eve);
    const paths = [...text.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(paths.length).toBeGreaterThanOrEqual(3);
    for (const path of paths) {
      const { status, headers, text: asset } = await world.call(path);
      expect({ status, cache: headers.get('cache-control') }).toEqual({
        status: 200,
        cache: 'public, max-age=31536000, immutable',
      });
      expect(path).toContain(createHash('sha256').update(asset).digest('hex').slice(0, 16));
    }
  });

  test('to a fault of ours tells nothing of it; the log has it', async () => {
    const { status, text } = await world.call('/breaks');
    expect(status).toBe(500);
    expect(text).not.toMatch(/secret of the inside|at .*\.ts/);
    expect(world.logged.at(-1)).toMatchObject({
      message: 'GET /breaks failed',
      detail: expect.stringContaining('secret of the inside'),
    });
  });

  test('to an unknown path is a problem', async () => {
    expect((await world.call('/api/v2')).json).toMatchObject({ status: 404, code: 'no-such-path' });
  });
});

test('health is alive; readiness names what does not answer, and no more', async () => {
  expect((await world.call('/healthz')).json).toEqual({ ok: true });
  world.ready.checks = [
    { name: 'postgres', ok: true, detail: '' },
    { name: 'temporal', ok: false, detail: 'password wrong' },
  ];
  const { status, text } = await world.call('/readyz');
  expect(status).toBe(503);
  expect(JSON.parse(text)).toEqual({
    ok: false,
    checks: [
      { name: 'postgres', ok: true },
      { name: 'temporal', ok: false },
    ],
  });
  world.ready.checks = [];
  expect((await world.call('/readyz')).status).toBe(200);
});

test('a mounted listener answers its path alone', async () => {
  expect((await world.call('/mounted?x=1')).text).toBe('mounted');
  expect((await world.call('/mounted/x')).status).toBe(404);
});

test('where this machine may read, a name of another site that points here may not', async () => {
  const local = await startWorld({ localReads: true });
  try {
    expect((await local.call('/api/v1/incidents')).status).toBe(200);
    expect((await local.call('/')).status).toBe(200);
    expect((await local.call('/', { headers: { 'x-forwarded-for': '203.0.113.7' } })).status).toBe(401);
    expect((await local.call('/api/v1/incidents/x/commands', { body: { type: 'acknowledge' } })).status).toBe(
      401,
    );
    expect(await statusWithHost(local.port, 'evil.example.com')).toBe(401);
    expect(await statusWithHost(local.port, `localhost:${local.port}`)).toBe(200);
  } finally {
    await local.stop();
  }
});

const statusWithHost = async (port: number, host: string): Promise<number> => {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const call = request(
      { port, host: '127.0.0.1', path: '/api/v1/incidents', headers: { host } },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    call.on('error', reject);
    call.end();
  });
};

import { createHmac } from 'node:crypto';
import { createConnection } from 'node:net';
import { alertOf, NOW, SECRETS, signed, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ bodyTimeout: '300ms' });
});
afterAll(() => world.stop());
beforeEach(() => {
  world.incidents.reachable = true;
});

const post = (
  body: object | string,
  init: { headers?: Record<string, string>; token?: string } = {},
  path = '/api/v1/alerts',
) => world.call(path, { body, ...init });
const postSigned = (
  body: object | string,
  how: Parameters<typeof signed>[1] = {},
  path = '/api/v1/alerts',
) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return post(text, { headers: signed(text, how) }, path);
};
const opened = () => world.incidents.states.size;

describe('an alert with a key', () => {
  test('is answered 202 with the incident, what it was keyed by, and warnings', async () => {
    const { status, json } = await post(alertOf({ sessionId: 's-1' }), { token: SECRETS.AGENT_KEY });
    expect(status).toBe(202);
    expect(json).toEqual({
      incidentId: expect.stringMatching(/^loan-agent-[0-9a-f]{12}-1$/),
      opened: true,
      dedupKey: 's-1',
      dedupRule: 'session',
      warnings: [],
    });
  });

  test('joins when it comes again', async () => {
    const alert = alertOf();
    const first = await post(alert, { token: SECRETS.AGENT_KEY });
    const again = await post(alert, { token: SECRETS.AGENT_KEY });
    expect(again.json).toMatchObject({ incidentId: first.json['incidentId'], opened: false });
    expect(world.incidents.states.get(String(first.json['incidentId']))?.alerts.count).toBe(2);
  });

  test('with its own id, or an idempotency key, counts once', async () => {
    for (const init of [
      { body: alertOf({ alertId: 'a-1' }), headers: {} },
      { body: alertOf(), headers: { 'idempotency-key': 'once' } },
    ]) {
      const first = await post(init.body, { token: SECRETS.AGENT_KEY, headers: init.headers });
      await post(init.body, { token: SECRETS.AGENT_KEY, headers: init.headers });
      expect(world.incidents.states.get(String(first.json['incidentId']))?.alerts.count).toBe(1);
    }
  });

  test('takes the agent from a key for one alone, and says so', async () => {
    const { status, json } = await post(alertOf({ agent: undefined }), { token: SECRETS.AGENT_KEY });
    expect(status).toBe(202);
    expect(json['warnings']).toEqual([expect.stringMatching(/^agent: missing; loan-agent was taken/)]);
  });

  test('must name the agent where the key speaks for several', async () => {
    const { status, json } = await post(alertOf({ agent: undefined }), { token: SECRETS.SHARED_KEY });
    expect(status).toBe(422);
    expect(json).toMatchObject({
      field: 'agent',
      remedy: expect.stringContaining('loan-agent, letter-agent'),
    });
  });

  test('is answered 503 while the engine is away, and may come again', async () => {
    world.incidents.reachable = false;
    const { status, headers, json } = await post(alertOf(), { token: SECRETS.AGENT_KEY });
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('5');
    expect(json).toMatchObject({ code: 'engine-unreachable' });
  });

  test('carries who posted it', async () => {
    await post(alertOf(), { token: SECRETS.AGENT_KEY });
    expect(world.incidents.given.at(-1)?.by).toEqual({ kind: 'source', id: 'key:agent' });
  });
});

describe('nobody speaks without a key, or for another agent', () => {
  test.each([
    ['no key', {}, 401, 'not-authenticated'],
    ['a wrong key', { token: 'wrong-key-0123456789' }, 401, 'not-authenticated'],
    ["a person's token", { token: SECRETS.TOKEN_ANA }, 401, 'not-authenticated'],
    ['a signing secret as bearer', { token: SECRETS.MONITORING_KEY }, 401, 'not-authenticated'],
    ['a key for something else', { token: SECRETS.OTHER_KEY }, 403, 'key-not-for-this'],
  ])('%s', async (_what, init, status, code) => {
    const before = opened();
    const answer = await post(alertOf(), init);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.json).toMatchObject({ code, status, remedy: expect.any(String) });
    expect(opened()).toBe(before);
  });

  test('the key of one agent names another', async () => {
    const before = opened();
    const { status, json } = await post(alertOf({ agent: 'letter-agent' }), { token: SECRETS.AGENT_KEY });
    expect(status).toBe(403);
    expect(json).toMatchObject({ code: 'key-for-other-agents', field: 'agent' });
    expect(opened()).toBe(before);
  });

  test('an agent of the prototype is none', async () => {
    for (const agent of ['constructor', '__proto__']) {
      expect((await post(alertOf({ agent }), { token: SECRETS.AGENT_KEY })).status).toBe(403);
    }
  });
});

describe('a signed alert', () => {
  const body = () => JSON.stringify(alertOf());

  test('is taken', async () => {
    expect((await postSigned(body())).status).toBe(202);
  });

  test.each([
    [
      'another secret',
      (text: string) => signed(text, { secret: 'another-secret-0123456789' }),
      'x-holdpoint-signature',
    ],
    [
      'a bearer key as secret',
      (text: string) => signed(text, { secret: SECRETS.AGENT_KEY }),
      'x-holdpoint-signature',
    ],
    ['the signature of another body', () => signed(JSON.stringify(alertOf())), 'x-holdpoint-signature'],
    [
      'another time than was signed',
      (text: string) => ({ ...signed(text), 'x-holdpoint-timestamp': String(NOW / 1000 + 1) }),
      'x-holdpoint-signature',
    ],
    [
      'an empty signature',
      (text: string) => ({ ...signed(text), 'x-holdpoint-signature': 'v1=' }),
      'x-holdpoint-signature',
    ],
    [
      'no time',
      (text: string) => ({ 'x-holdpoint-signature': signed(text)['x-holdpoint-signature'] ?? '' }),
      'x-holdpoint-timestamp',
    ],
    [
      'a time in words',
      (text: string) => ({ ...signed(text), 'x-holdpoint-timestamp': 'now' }),
      'x-holdpoint-timestamp',
    ],
    ['a time too long ago', (text: string) => signed(text, { atMs: NOW - 301_000 }), 'x-holdpoint-timestamp'],
    [
      'a time in the future',
      (text: string) => signed(text, { atMs: NOW + 301_000 }),
      'x-holdpoint-timestamp',
    ],
  ])('with %s is refused', async (_what, headersOf, field) => {
    const before = opened();
    const text = body();
    const { status, json } = await post(text, { headers: headersOf(text) });
    expect(status).toBe(401);
    expect(json).toMatchObject({ field });
    expect(opened()).toBe(before);
  });

  test('near the edges of its time is taken', async () => {
    expect((await postSigned(body(), { atMs: NOW - 299_000 })).status).toBe(202);
    expect((await postSigned(body(), { atMs: NOW + 299_000 })).status).toBe(202);
  });

  test('played back counts once', async () => {
    const text = body();
    const headers = signed(text);
    const first = await post(text, { headers });
    const again = await post(text, { headers });
    expect(again.json).toMatchObject({ incidentId: first.json['incidentId'], opened: false });
    expect(world.incidents.states.get(String(first.json['incidentId']))?.alerts.count).toBe(1);
  });

  test('cannot be turned into another by changing its bytes', async () => {
    const text = body();
    const { status } = await post(text.replace('loan-agent', 'loan-agenz'), { headers: signed(text) });
    expect(status).toBe(401);
  });

  test('of a key bound to one agent cannot name another', async () => {
    expect((await postSigned(alertOf({ agent: 'letter-agent' }))).status).toBe(403);
  });

  test("by Grafana's own signature with a time is taken", async () => {
    const text = JSON.stringify({
      alerts: [{ status: 'firing', labels: { agent: 'loan-agent', alertname: 'x', session_id: 's-g' } }],
    });
    const timestamp = String(NOW / 1000);
    const signature = createHmac('sha256', SECRETS.MONITORING_KEY)
      .update(`${timestamp}:${text}`)
      .digest('hex');
    const headers = { 'x-grafana-alerting-timestamp': timestamp, 'x-grafana-alerting-signature': signature };
    expect((await post(text, { headers }, '/hooks/grafana')).status).toBe(202);
    const stale = { ...headers, 'x-grafana-alerting-timestamp': String(NOW / 1000 - 400) };
    expect((await post(text, { headers: stale }, '/hooks/grafana')).status).toBe(401);
  });
});

describe('what is malformed', () => {
  const token = SECRETS.AGENT_KEY;

  test.each([
    ['no title', { title: undefined }, 'title'],
    ['an empty title', { title: '  ' }, 'title'],
    ['a title that is a list', { title: ['x'] }, 'title'],
    ['a session that is a number', { sessionId: 7 }, 'sessionId'],
    ['a time that is an object', { firedAt: {} }, 'firedAt'],
  ])('%s is told by its field', async (_what, change, field) => {
    const { status, json } = await post(alertOf(change), { token });
    expect(status).toBe(422);
    expect(json).toMatchObject({ field, code: 'bad-alert', remedy: expect.stringContaining('docs/api.md') });
  });

  test.each([
    ['text that is not JSON', 'nonsense', 'application/json', 400],
    ['no body', '', 'application/json', 400],
    ['a list', '[]', 'application/json', 422],
    ['null', 'null', 'application/json', 422],
    ['a form', 'title=x', 'application/x-www-form-urlencoded', 415],
    ['plain text', '{}', 'text/plain', 415],
  ])('%s', async (_what, body, type, status) => {
    expect((await post(body, { token, headers: { 'content-type': type } })).status).toBe(status);
  });

  test('bytes that are not UTF-8 are refused', async () => {
    const response = await fetch(`${world.url}/api/v1/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]),
    });
    expect(response.status).toBe(400);
  });

  test('characters that no database keeps are taken out', async () => {
    const text = JSON.stringify(alertOf({ title: 'TITLE' })).replace('TITLE', 'a\\u0000b\\ud800c');
    expect((await post(text, { token })).status).toBe(202);
    expect(world.incidents.given.at(-1)).toMatchObject({ alert: { title: 'ab\ufffdc' } });
  });

  test('unknown fields and unknown words are warned of, not refused', async () => {
    const alert = alertOf({
      session_id: 'x',
      severity: 'terrible',
      kind: 'odd',
      firedAt: NOW + 3_600_000,
      url: 'javascript:alert(1)',
      title: 'x'.repeat(400),
    });
    const { status, json } = await post(alert, { token });
    expect(status).toBe(202);
    const said = (json['warnings'] as string[]).join('\n');
    for (const word of [
      'session_id: not a field',
      'Was sessionId meant?',
      'severity: "terrible"',
      'kind: "odd"',
      'firedAt: in the future',
      'url: not an http',
      'title: cut',
    ])
      expect(said).toContain(word);
    expect(world.incidents.given.at(-1)).toMatchObject({
      alert: { severity: 'sev2', kind: 'semantic', firedAtMs: NOW, url: null },
    });
  });

  test('what says how alerts join is warned of when it is absent', async () => {
    const { json } = await post(
      { title: 'Decline rate 43 %', agent: 'loan-agent', severity: 'sev2', firedAt: NOW },
      { token },
    );
    expect(json).toMatchObject({ dedupRule: 'title', dedupKey: 'decline rate # %' });
    expect((json['warnings'] as string[]).join('\n')).toMatch(/sessionId: missing[\s\S]*dedupKey: missing/);
  });

  test('a larger body than allowed is refused, whether it says its size or not', async () => {
    const huge = JSON.stringify(alertOf({ note: 'x'.repeat(70_000) }));
    expect((await post(huge, { token })).status).toBe(413);
    const response = await fetch(`${world.url}/api/v1/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: new Blob([huge]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
  });

  test('a compressed body is refused: the signature is over the bytes', async () => {
    expect((await post('{}', { token, headers: { 'content-encoding': 'gzip' } })).status).toBe(415);
  });

  test('a body that stands still is given up', async () => {
    const said = await raw(
      world.port,
      `POST /api/v1/alerts HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"title"`,
    );
    expect(said).toMatch(/^HTTP\/1\.1 408/);
    expect(said).toContain('300 ms');
  });
});

describe('other sources', () => {
  const firing = (more: object) => ({
    status: 'firing',
    labels: { agent: 'loan-agent', alertname: 'DeclineRate', severity: 'critical' },
    ...more,
  });

  test('an Alertmanager notification opens an incident for each session, and nothing for what is over', async () => {
    const alerts = [
      firing({
        labels: { agent: 'loan-agent', session_id: 's-am', severity: 'critical' },
        fingerprint: 'f1',
        annotations: { summary: 'Declines' },
      }),
      firing({
        labels: { agent: 'loan-agent', session_id: 's-am', severity: 'warning' },
        fingerprint: 'f2',
        annotations: { summary: 'Latency of decisions' },
      }),
      firing({ status: 'resolved', fingerprint: 'f3' }),
    ];
    const { status, json } = await postSigned({ version: '4', alerts }, {}, '/hooks/alertmanager');
    expect(status).toBe(202);
    const accepted = json['alerts'] as { incidentId: string; opened: boolean }[];
    expect(accepted.map((one) => one.opened)).toEqual([true, false]);
    expect(accepted[0]?.incidentId).toBe(accepted[1]?.incidentId);
    expect(json['ignored']).toEqual([
      { title: 'DeclineRate', because: expect.stringContaining('own rules') },
    ]);
  });

  test('one bad alert among good ones leaves nothing half done', async () => {
    const before = opened();
    const alerts = [
      firing({ fingerprint: 'g1' }),
      firing({ labels: { agent: 'letter-agent' }, fingerprint: 'g2' }),
    ];
    expect((await postSigned({ alerts }, {}, '/hooks/alertmanager')).status).toBe(403);
    expect(opened()).toBe(before);
  });

  test('a PagerDuty event proves itself by its routing key', async () => {
    const event = {
      routing_key: SECRETS.AGENT_KEY,
      event_action: 'trigger',
      dedup_key: 'pd-1',
      payload: { summary: 'Declines', severity: 'error', source: 'x' },
    };
    const { status, json } = await post(event, {}, '/hooks/pagerduty');
    expect(status).toBe(202);
    expect(json).toMatchObject({
      status: 'success',
      dedup_key: 'pd-1',
      alerts: [{ dedupRule: 'dedup key' }],
    });
    expect(
      (await post({ ...event, routing_key: 'wrong-key-0123456789' }, {}, '/hooks/pagerduty')).status,
    ).toBe(401);
    expect((await post({ ...event, routing_key: 7 }, {}, '/hooks/pagerduty')).status).toBe(401);
    const over = await post(
      { ...event, event_action: 'resolve', payload: undefined },
      {},
      '/hooks/pagerduty',
    );
    expect(over.json).toMatchObject({ alerts: [], ignored: [{ title: 'pd-1' }] });
  });

  test('a routing key is of no use elsewhere', async () => {
    expect((await post({ ...alertOf(), routing_key: SECRETS.AGENT_KEY })).status).toBe(401);
  });

  test('the generic format has a hook too', async () => {
    expect((await post(alertOf(), { token: SECRETS.AGENT_KEY }, '/hooks/generic')).status).toBe(202);
    expect((await post(alertOf(), { token: SECRETS.AGENT_KEY }, '/hooks/other')).status).toBe(404);
  });
});

/** Sends bytes and reads until the server closes or stands still. */
const raw = (port: number, text: string): Promise<string> =>
  new Promise((resolve) => {
    let said = '';
    const socket = createConnection(port, '127.0.0.1', () => socket.write(text));
    socket.setTimeout(5_000, () => socket.destroy());
    socket.on('data', (chunk) => (said += chunk.toString()));
    socket.on('close', () => resolve(said));
    socket.on('error', () => resolve(said));
  });

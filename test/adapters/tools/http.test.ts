import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServices } from '../../../examples/loan-agent/services/start.ts';
import { createHttpTools, HttpToolConfig } from '../../../src/adapters/tools/http.ts';
import type { ReversalOrder } from '../../../src/adapters/tools/port.ts';

const orderOf = (more: Partial<ReversalOrder> = {}): ReversalOrder => ({
  key: 'inc-1:reverse:7',
  tool: 'set_application_status',
  args: { application_id: 'LN-1', status: 'pending' },
  incidentId: 'inc-1',
  action: 'step 7, LN-1',
  ...more,
});
const toolsAt = (base: string, more: Partial<HttpToolConfig> = {}) =>
  createHttpTools({
    tools: {
      set_application_status: HttpToolConfig.parse({
        url: `${base}/applications/{application_id}/status`,
        method: 'PUT',
        headers: { authorization: 'Bearer store-key' },
        body: { status: '{status}', reason: 'Reversed by Holdpoint.' },
        verify: { url: `${base}/applications/{application_id}`, path: 'status', equals: '{status}' },
        timeoutMs: 3_000,
        ...more,
      }),
    },
  });

describe('with the application store of the sample', () => {
  let dir: string;
  let services: Awaited<ReturnType<typeof startServices>>;
  let id: string;
  const store = (path: string, init?: RequestInit) =>
    fetch(`${services.urls.applications}${path}`, init).then((r) => r.json());
  const decline = () =>
    store(`/applications/${id}/status`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"status":"declined","reason":"income is null"}',
    });

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'holdpoint-tools-'));
    services = await startServices(dir);
    const { applications } = (await store('/applications?status=pending&limit=1')) as {
      applications: { application_id: string }[];
    };
    id = applications[0]?.application_id ?? '';
    await decline();
  });
  afterEach(async () => {
    await services.close();
    await rm(dir, { recursive: true });
  });

  it('reverses a decision and reads back that it did', async () => {
    const tools = toolsAt(services.urls.applications);
    const order = orderOf({ args: { application_id: id, status: 'pending' } });
    expect(await tools.verify(order)).toMatchObject({
      status: 'not_done',
      evidence: 'Not in effect: read back, status is "declined", wanted "pending".',
    });
    expect(await tools.execute(order)).toMatchObject({
      status: 'done',
      evidence: 'Verified: read back, status is "pending".',
    });
    expect(await store(`/applications/${id}`)).toMatchObject({
      status: 'pending',
      history: [{ status: 'declined' }, { status: 'pending', previous_status: 'declined' }],
    });
  });

  it('does it once, however often it is asked with the same key', async () => {
    const tools = toolsAt(services.urls.applications);
    const order = orderOf({ args: { application_id: id, status: 'pending' } });
    await tools.execute(order);
    expect((await tools.execute(order)).status).toBe('done');
    expect(((await store(`/applications/${id}`)) as { history: unknown[] }).history).toHaveLength(2);
  });

  it('says not done, and why, when the store refuses', async () => {
    const tools = toolsAt(services.urls.applications);
    expect(
      await tools.execute(orderOf({ args: { application_id: 'LN-0', status: 'pending' } })),
    ).toMatchObject({
      status: 'not_done',
      evidence: expect.stringContaining('answered 404: {"error":"no application LN-0"}'),
    });
    expect(await tools.execute(orderOf({ args: { application_id: id, status: 'lost' } }))).toMatchObject({
      status: 'not_done',
    });
    expect(await store(`/applications/${id}`)).toMatchObject({ status: 'declined' });
  });
});

describe('with a tool that misbehaves', () => {
  let server: Server | null = null;
  let asked: { method: string | undefined; url: string | undefined; headers: Record<string, unknown> }[];
  beforeEach(() => (asked = []));
  afterEach(
    () =>
      new Promise<void>((closed) => {
        if (server === null) return closed();
        server.closeAllConnections();
        server.close(() => closed());
      }),
  );

  const serve = (listener: RequestListener): Promise<string> => {
    const started = createServer((request, response) => {
      asked.push({ method: request.method, url: request.url, headers: request.headers });
      listener(request, response);
    });
    server = started;
    return new Promise((listening) =>
      started.listen(0, '127.0.0.1', () => {
        const address = started.address();
        listening(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
      }),
    );
  };
  /** Answers the change with `status`, and reading back with `found`. */
  const answering = (status: number, found: unknown): Promise<string> =>
    serve((request, response) =>
      request.method === 'GET'
        ? response.writeHead(200).end(JSON.stringify({ status: found }))
        : response.writeHead(status).end('{"why":"because"}'),
    );

  it('sends the key, the configured headers and the filled body', async () => {
    expect((await toolsAt(await answering(200, 'pending')).execute(orderOf())).status).toBe('done');
    expect(asked[0]).toMatchObject({
      method: 'PUT',
      url: '/applications/LN-1/status',
      headers: {
        'idempotency-key': 'inc-1:reverse:7',
        authorization: 'Bearer store-key',
        'content-type': 'application/json',
      },
    });
    expect(asked[1]?.headers).not.toHaveProperty('idempotency-key');
  });

  it.each([
    [500, 'uncertain'],
    [503, 'uncertain'],
    [408, 'uncertain'],
    [302, 'uncertain'],
    [400, 'not_done'],
    [403, 'not_done'],
    [409, 'not_done'],
  ])('takes an answer %i for %s', async (status, expected) => {
    expect((await toolsAt(await answering(status, 'declined')).execute(orderOf())).status).toBe(expected);
    // What nobody can tell from the answer is read back.
    expect(asked).toHaveLength(expected === 'uncertain' ? 2 : 1);
  });

  it('is uncertain when it was accepted and reads back as something else', async () => {
    expect(await toolsAt(await answering(200, 'declined')).execute(orderOf())).toMatchObject({
      status: 'uncertain',
      evidence:
        'set_application_status answered 200, but not in effect: read back, status is "declined", wanted "pending".',
    });
  });

  it('is uncertain when there is no answer in time', async () => {
    const tools = toolsAt(await serve(() => undefined), { timeoutMs: 1_000 });
    expect(await tools.execute(orderOf())).toMatchObject({
      status: 'uncertain',
      evidence: expect.stringContaining('no answer within 1000 ms'),
    });
    expect((await tools.verify(orderOf())).status).toBe('uncertain');
  });

  it('is uncertain when the answer breaks off', async () => {
    const url = await serve((_, response) =>
      response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy()),
    );
    expect((await toolsAt(url).execute(orderOf())).status).toBe('uncertain');
  });

  it('is not done when nothing was reached', async () => {
    expect(await toolsAt('http://127.0.0.1:9').execute(orderOf())).toMatchObject({
      status: 'not_done',
      evidence: expect.stringContaining('Not reached'),
    });
  });

  it('connects to the address that was checked, and does not resolve the name again', async () => {
    const port = new URL(await answering(200, 'pending')).port;
    const url = `http://store.invalid:${port}`;
    let resolved = 0;
    const resolve = () =>
      Promise.resolve([{ address: (resolved += 1) > 2 ? '10.0.0.1' : '127.0.0.1', family: 4 as const }]);
    const tool = HttpToolConfig.parse({
      url: `${url}/x`,
      verify: { url: `${url}/y`, path: 'status', equals: '{status}' },
    });
    const tools = createHttpTools({ tools: { set_application_status: tool }, resolve });
    expect((await tools.execute(orderOf())).status).toBe('done');
    expect(resolved).toBe(2); // once a call
    expect(asked.map(({ headers }) => headers['host'])).toEqual([
      `store.invalid:${port}`,
      `store.invalid:${port}`,
    ]);
    expect((await tools.execute(orderOf())).status).toBe('not_done');
    expect(asked).toHaveLength(2);
  });

  it('calls nothing when an argument is missing, the host is forbidden, or the tool is unknown', async () => {
    const url = await answering(200, 'pending');
    expect(await toolsAt(url).execute(orderOf({ args: { application_id: 'LN-1' } }))).toMatchObject({
      status: 'not_done',
      evidence: 'Not called: the argument status is missing.',
    });
    expect(
      (await toolsAt(url, { verify: { url: `${url}/{gone}`, path: 'x', equals: 1 } }).execute(orderOf()))
        .status,
    ).toBe('not_done');
    expect((await toolsAt('https://169.254.169.254').execute(orderOf())).status).toBe('not_done');
    expect((await toolsAt(url).execute(orderOf({ tool: 'wire_money' }))).evidence).toContain(
      'No way to call wire_money',
    );
    expect(asked).toHaveLength(0);
  });

  it('never says done of what it cannot read back', async () => {
    const url = await serve((_, response) => response.writeHead(200).end('fine'));
    expect((await toolsAt(url).execute(orderOf())).evidence).toContain('not JSON');
    expect(await toolsAt(url, { verify: undefined }).execute(orderOf())).toMatchObject({
      status: 'uncertain',
    });
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { alertOf, SECRETS, startWorld, type World } from './world.ts';

/** A worker's SDK, as it tells: text of Prometheus at an address of its own. */
async function workerTelling(text: string) {
  const server = createServer((_request, response) => response.end(text));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, stop: () => server.close() };
}

const SDK = '# TYPE temporal_request counter\ntemporal_request{operation="PollWorkflowTaskQueue"} 7\n';

let world: World;
let worker: Awaited<ReturnType<typeof workerTelling>>;
beforeAll(async () => {
  worker = await workerTelling(SDK);
  world = await startWorld({}, undefined, undefined, { metrics: { workerAddress: worker.address } });
  await world.call('/api/v1/alerts', { body: alertOf(), token: SECRETS.AGENT_KEY });
});
afterAll(async () => {
  worker.stop();
  await world.stop();
});

const metrics = (token?: string) => world.call('/metrics', token === undefined ? {} : { token });

test('ours, the process and the Temporal SDK are in one answer', async () => {
  const { status, text, headers } = await metrics(SECRETS.METRICS_KEY);
  expect(status).toBe(200);
  expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(text).toMatch(/^holdpoint_incidents_open\{phase="contain"\} 1$/m);
  expect(text).toMatch(/^holdpoint_incidents_unowned 1$/m);
  expect(text).toMatch(/^holdpoint_projection_up 1$/m);
  expect(text).toMatch(
    /^holdpoint_http_request_duration_seconds_count\{method="POST",route="\/api\/v1\/alerts",status="202"\} 1$/m,
  );
  expect(text).toMatch(/^process_resident_memory_bytes \d/m);
  expect(text).toContain('temporal_request{operation="PollWorkflowTaskQueue"} 7');
  for (const line of text.split('\n').filter(Boolean))
    expect(line).toMatch(/^(# (HELP|TYPE) \S+ .+|[a-zA-Z_:][\w:]*(\{.*\})? [-+\d.eNaInf]+)$/);
});

test('an id in an address never becomes a label', async () => {
  await world.call('/incidents/none-12345', { token: SECRETS.TOKEN_EVE });
  await world.call('/nowhere/98765', { token: SECRETS.TOKEN_EVE });
  const { text } = await metrics(SECRETS.METRICS_KEY);
  const labels = [...text.matchAll(/\{(.*)\}/g)].map(([, inside]) => inside);
  expect(labels.length).toBeGreaterThan(0);
  expect(labels.filter((inside) => /12345|98765/.test(inside ?? ''))).toEqual([]);
  expect(text).toMatch(/route="\/incidents\/:id",status="404"/);
});

test('they are for a key that may, or a person; a worker that is away leaves ours', async () => {
  expect((await metrics()).status).toBe(401);
  expect((await metrics('nobody')).status).toBe(401);
  expect((await metrics(SECRETS.AGENT_KEY)).status).toBe(403);
  expect((await metrics(SECRETS.TOKEN_EVE)).status).toBe(200);
  worker.stop();
  const { status, text } = await metrics(SECRETS.METRICS_KEY);
  expect(status).toBe(200);
  expect(text).toContain('holdpoint_projection_up 1');
});

import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServices } from '../../examples/loan-agent/services/start.ts';

let dir: string;
let services: Awaited<ReturnType<typeof startServices>>;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'holdpoint-loan-'));
  services = await startServices(dir);
});
afterEach(async () => {
  await services.close();
  await rm(dir, { recursive: true });
});

type Json = Record<string, unknown>;
const get = async (url: string): Promise<{ status: number; body: Json }> => {
  const response = await fetch(url);
  return { status: response.status, body: (await response.json()) as Json };
};
const send = async (method: string, url: string, body: unknown, headers: Record<string, string> = {}) => {
  const init = {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
  const response = await fetch(url, init);
  return { status: response.status, body: (await response.json()) as Json };
};
const restart = async (): Promise<void> => {
  await services.close();
  services = await startServices(dir);
};
const firstApplication = async (): Promise<{ application_id: string; applicant_id: string }> => {
  const { body } = await get(`${services.urls.applications}/applications?status=pending&limit=3`);
  return (body['applications'] as { application_id: string; applicant_id: string }[])[0] as never;
};

it('renames a field for every applicant from then on, answers 200 all the same, and keeps the rename', async () => {
  const { applicant_id } = await firstApplication();
  const before = await get(`${services.urls.income}/income/${applicant_id}`);
  expect(before.body).toHaveProperty('annual_income');
  expect(
    await send('POST', `${services.urls.income}/admin/rename`, { from: 'annual_income', to: 'gross_yearly' }),
  ).toMatchObject({ status: 200 });
  await restart();
  const after = await get(`${services.urls.income}/income/${applicant_id}`);
  expect(after.status).toBe(200);
  expect(after.body).not.toHaveProperty('annual_income');
  expect(after.body['gross_yearly']).toBe(before.body['annual_income']);
  expect(Object.keys(after.body)).toHaveLength(Object.keys(before.body).length);
  await send('POST', `${services.urls.income}/admin/rename`, { from: 'gross_yearly', to: 'annual_income' });
  expect((await get(`${services.urls.income}/income/${applicant_id}`)).body).toEqual(before.body);
});

it('keeps the history of a status, with what was there before, over a restart', async () => {
  const { application_id } = await firstApplication();
  const url = `${services.urls.applications}/applications/${application_id}`;
  const declined = await send(
    'PUT',
    `${url}/status`,
    { status: 'declined', reason: 'r' },
    { 'idempotency-key': 'k-1' },
  );
  expect(declined.body).toMatchObject({ application_id, status: 'declined', previous_status: 'pending' });
  await restart();
  const again = `${services.urls.applications}/applications/${application_id}`;
  expect(
    (await send('PUT', `${again}/status`, { status: 'declined', reason: 'r' }, { 'idempotency-key': 'k-1' }))
      .body,
  ).toEqual(declined.body);
  expect(
    (await send('PUT', `${again}/status`, { status: 'approved' }, { 'idempotency-key': 'k-1' })).status,
  ).toBe(422);
  expect((await get(again)).body).toMatchObject({
    status: 'declined',
    history: [{ status: 'declined', previous_status: 'pending', reason: 'r' }],
  });
  expect((await get(`${services.urls.applications}/applications?status=declined`)).body['total']).toBe(1);
});

it('lets new applications arrive when too few are pending, and never two of one id', async () => {
  const listed = await get(`${services.urls.applications}/applications?status=pending&limit=100`);
  const ids = (listed.body['applications'] as { application_id: string }[]).map((a) => a.application_id);
  expect(new Set(ids).size).toBe(100);
  await send('PUT', `${services.urls.applications}/applications/${ids[0]}/status`, { status: 'approved' });
  const more = await get(`${services.urls.applications}/applications?status=pending&limit=100`);
  expect(
    (more.body['applications'] as { application_id: string }[]).map((a) => a.application_id).slice(0, 99),
  ).toEqual(ids.slice(1));
});

it('hands each letter to the post once, and can tell what went out', async () => {
  const { application_id, applicant_id } = await firstApplication();
  const letter = { application_id, applicant_id, template: 'decline', body: 'Dear …' };
  const sent = await send('POST', `${services.urls.letters}/letters`, letter, { 'idempotency-key': 'k' });
  expect(sent.body).toMatchObject({ letter_id: 'LTR-000001', application_id });
  await restart();
  expect(
    (await send('POST', `${services.urls.letters}/letters`, letter, { 'idempotency-key': 'k' })).body,
  ).toEqual(sent.body);
  expect((await send('POST', `${services.urls.letters}/letters`, letter)).body['letter_id']).toBe(
    'LTR-000002',
  );
  expect((await get(`${services.urls.letters}/letters?application_id=${application_id}`)).body['total']).toBe(
    2,
  );
  expect((await fetch(`${services.urls.letters}/letters/LTR-000001`, { method: 'DELETE' })).status).toBe(404);
});

it('goes on from the whole lines of its state when a crash cut the last one short', async () => {
  const { application_id } = await firstApplication();
  await send('PUT', `${services.urls.applications}/applications/${application_id}/status`, {
    status: 'approved',
  });
  await services.close();
  await appendFile(join(dir, 'applications.jsonl'), '{"type":"status_set","applicationId":"LN');
  services = await startServices(dir);
  const url = `${services.urls.applications}/applications/${application_id}`;
  expect((await get(url)).body['status']).toBe('approved');
  await send('PUT', `${url}/status`, { status: 'declined' });
  await restart();
  expect((await get(`${services.urls.applications}/applications/${application_id}`)).body['status']).toBe(
    'declined',
  );
});

it.each([
  ['an unknown status', 'PUT', 'applications', '/applications/:id/status', { status: 'lost' }, 400],
  ['an unknown application', 'PUT', 'applications', '/applications/LN-0/status', { status: 'pending' }, 404],
  [
    'a letter without a body',
    'POST',
    'letters',
    '/letters',
    { application_id: 'x', applicant_id: 'y', template: 'decline', body: '' },
    400,
  ],
  [
    'a letter to nobody',
    'POST',
    'letters',
    '/letters',
    { application_id: 'x', applicant_id: 'y', template: 'decline', body: 'z' },
    404,
  ],
  ['a rename of nothing', 'POST', 'income', '/admin/rename', { from: '' }, 400],
] as const)('refuses %s', async (_, method, service, path, body, status) => {
  const { application_id } = await firstApplication();
  const answer = await send(method, `${services.urls[service]}${path.replace(':id', application_id)}`, body);
  expect(answer.status).toBe(status);
  expect(answer.body['error']).toEqual(expect.any(String));
});

it('takes no change that a web page could send', async () => {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: '{"from":"annual_income","to":"x"}',
  };
  expect((await fetch(`${services.urls.income}/admin/rename`, init)).status).toBe(415);
});

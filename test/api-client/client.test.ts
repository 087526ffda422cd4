import { allIncidents, createClient, HoldpointProblem } from '../../src/api-client/index.ts';
import { operations } from '../../src/http/api/operations.ts';
import { alertOf, SECRETS, startWorld, type World } from '../http/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const clientOf = (token: string) => createClient({ url: world.url, token });

test('an alert, a decision, and what is read of them, each by its type', async () => {
  const source = clientOf(SECRETS.AGENT_KEY);
  const { incidentId, warnings } = await source.postAlert({ body: alertOf({ title: 'Refunds sent twice' }) });
  expect(warnings).toEqual([]);
  const ana = clientOf(SECRETS.TOKEN_ANA);
  const decided = await ana.giveCommand({ id: incidentId, body: { type: 'addNote', text: 'seen' } });
  expect(decided).toMatchObject({ incidentId, events: 1, pending: false });
  expect((await ana.getIncident({ id: incidentId })).title).toBe('Refunds sent twice');
  expect((await ana.viewIncident({ id: incidentId })).timeline.entries[0]?.what).toBe('Note: seen');
  expect((await ana.overview()).counts.open).toBeGreaterThan(0);
  expect((await ana.measures({ unit: 'week' })).modesOverTime.unit).toBe('week');
  expect((await ana.listAgents()).agents.map(({ agent }) => agent)).toContain('letter-agent');
  expect((await source.askSwitch({ agent: 'loan-agent', session: 's-1' })).verdict).toBe('go');
  expect(await ana.similarSessions({ id: incidentId, hours: 2 })).toMatchObject({ looked: 0, sessions: [] });
  expect(await source.checkTraces({ agent: 'loan-agent' })).toEqual({ agent: 'loan-agent', session: null });
  await expect(
    ana.validateSessions({ body: { agent: 'loan-agent', sessions: ['never-seen'] } }),
  ).rejects.toMatchObject({ problem: { status: 422, field: 'sessions' } });
  expect((await clientOf(SECRETS.TOKEN_AUDIT).getAudit({ id: incidentId })).rows.length).toBeGreaterThan(1);
  expect((await ana.ready()).ok).toBe(true);
});

test('a refusal is an error with its code, and what is no Holdpoint is told so', async () => {
  const eve = clientOf(SECRETS.TOKEN_EVE);
  const refused = await eve.getAudit({ id: 'none-1' }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(HoldpointProblem);
  expect((refused as HoldpointProblem).problem).toMatchObject({ status: 403, code: 'role-missing' });
  const elsewhere = createClient({
    url: `${world.url}/mounted`,
    fetch: () => Promise.resolve(new Response('hello', { status: 418 })),
  });
  await expect(elsewhere.overview()).rejects.toMatchObject({
    problem: { code: 'no-problem-details', status: 418 },
  });
});

test('pages follow each other without a gap or a repeat, while others are opened', async () => {
  const source = clientOf(SECRETS.AGENT_KEY);
  const opened = new Set<string>();
  for (let i = 0; i < 7; i += 1)
    opened.add((await source.postAlert({ body: alertOf({ title: `Page ${i}` }) })).incidentId);
  const seen: string[] = [];
  for await (const { incidentId, title } of allIncidents(clientOf(SECRETS.TOKEN_EVE), {
    limit: 2,
    q: 'page',
  })) {
    seen.push(incidentId);
    if (title.startsWith('Page'))
      await source.postAlert({ body: alertOf({ title: `Meanwhile ${seen.length}` }) });
  }
  expect(new Set(seen)).toEqual(opened);
  expect(seen).toHaveLength(opened.size);
});

test('an answer that is known already is not sent again', async () => {
  const first = await world.call('/api/v1/agents', { token: SECRETS.TOKEN_EVE });
  const tag = first.headers.get('etag') ?? '';
  expect(tag).toMatch(/^(W\/)?".+"$/);
  const again = await world.call('/api/v1/agents', {
    token: SECRETS.TOKEN_EVE,
    headers: { 'if-none-match': tag },
  });
  expect({ status: again.status, text: again.text }).toEqual({ status: 304, text: '' });
  await world.call('/api/v1/alerts', { body: alertOf(), token: SECRETS.AGENT_KEY });
  const changed = await world.call('/api/v1/agents', {
    token: SECRETS.TOKEN_EVE,
    headers: { 'if-none-match': tag },
  });
  expect(changed.status).toBe(200);
});

test('there is a function for each operation', () => {
  expect(Object.keys(clientOf('x'))).toEqual(Object.keys(operations));
});

import { alertOf, SECRETS, startWorld, type World } from '../http/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const post = async (more: object): Promise<string> => {
  const answer = await world.call('/api/v1/alerts', { body: alertOf(more), token: SECRETS.AGENT_KEY });
  expect(answer.status).toBe(202);
  return String(answer.json['incidentId']);
};

test('the timeline says by which rule each alert opened the incident or joined it', async () => {
  const dedupKey = 'decline-rate';
  const id = await post({ dedupKey, title: 'The first', sessionId: 's-1' });
  expect(await post({ dedupKey, title: 'By its key', sessionId: 's-2' })).toBe(id);
  expect(await post({ dedupKey, title: 'Without a session', sessionId: undefined })).toBe(id);
  expect(await post({ dedupKey, title: 'Again of the first', sessionId: 's-1' })).toBe(id);

  const token = SECRETS.TOKEN_ANA;
  const { json } = await world.call(`/api/v1/incidents/${id}/view`, { token });
  const { entries } = json['timeline'] as { entries: { what: string; rule: string | null }[] };
  const alerts = entries.filter(({ rule }) => rule !== null).reverse();
  expect(alerts.map(({ rule }) => rule)).toEqual([
    'dedup key',
    'dedup key',
    'dedup key',
    'session of an open incident',
  ]);
  const said = alerts.map(({ what }) => what);
  expect(said[0]).toMatch(/The first \(opened the incident; rule: dedup key\)$/);
  expect(said[1]).toMatch(/By its key \(joined; rule: dedup key\)$/);
  expect(said[2]).toMatch(/Without a session \(joined; rule: dedup key\)$/);
  expect(said[3]).toMatch(/Again of the first \(joined; rule: session of an open incident\)$/);

  const page = await world.call(`/incidents/${id}`, { token, headers: { accept: 'text/html' } });
  for (const what of said) expect(page.text).toContain(what);
});

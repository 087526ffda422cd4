import { createContainActivities, type ContainDeps } from '../../src/activities/contain.ts';
import type { ContainmentAdapter, ContainmentOrder } from '../../src/adapters/containment/port.ts';
import { createWebhook } from '../../src/adapters/containment/webhook.ts';
import { createStore } from '../../src/store/create.ts';
import type { Store } from '../../src/store/port.ts';
import { type Peer, readBody, startPeer } from '../support/peer.ts';
import { freshDatabase } from '../support/postgres.ts';
import { openTcpDoor } from '../support/tcp-door.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let store: Store;
beforeEach(async () => {
  database = await freshDatabase();
  store = await createStore({ url: database.url });
});
afterEach(async () => {
  await store.close();
  await database.drop();
});

/** Agents that obey; what they were told is kept. */
function obedient(): { told: ContainmentOrder[]; adapter: ContainmentAdapter } {
  const told: ContainmentOrder[] = [];
  const confirmed = async (order: ContainmentOrder) => {
    told.push(order);
    return { status: 'confirmed' as const, evidence: `${order.agent} stopped.`, atMs: 0 };
  };
  return {
    told,
    adapter: {
      name: 'test',
      contain: confirmed,
      verify: confirmed,
      release: async () => ({ released: true, evidence: '', atMs: 0 }),
    },
  };
}

const order = (agent: string, byPerson = false) => ({
  incidentId: `inc-${agent}`,
  agent,
  sessionId: 's-1',
  action: 'pause' as const,
  key: `k-${agent}`,
  reason: 'test',
  byPerson,
});

const activitiesOf = (change: Partial<ContainDeps>) =>
  createContainActivities({
    adapterFor: () => obedient().adapter,
    documents: store.documents,
    breaker: { agents: 2, windowMs: 60_000 },
    ...change,
  });

it('trips the breaker on the third agent, and lets a person through', async () => {
  const { told, adapter } = obedient();
  const { contain } = activitiesOf({ adapterFor: () => adapter });
  expect((await contain(order('a'))).status).toBe('confirmed');
  expect((await contain(order('b'))).status).toBe('confirmed');
  const third = await contain(order('c'));
  expect(third.status).toBe('awaiting_person');
  expect(third.evidence).toMatch(/2 other agents/);
  expect(told.map(({ agent }) => agent)).toEqual(['a', 'b']);
  expect((await contain(order('c', true))).status).toBe('confirmed');
});

it('never counts the same agent twice, nor what lies outside the window', async () => {
  let now = 1_000_000;
  const { contain } = activitiesOf({ nowMs: () => now, breaker: { agents: 1, windowMs: 1_000 } });
  expect((await contain(order('a'))).status).toBe('confirmed');
  expect((await contain(order('a'))).status).toBe('confirmed');
  now += 2_000;
  expect((await contain(order('b'))).status).toBe('confirmed');
});

it('asks a person where no containment is configured, and names the setting', async () => {
  const { contain } = activitiesOf({ adapterFor: () => null });
  expect(await contain(order('a'))).toMatchObject({
    status: 'awaiting_person',
    evidence: expect.stringContaining('agents[].containment'),
  });
});

describe('a database that is out of reach holds up no stop', () => {
  it('as one that is gone', async () => {
    const { contain } = activitiesOf({});
    await database.drop();
    expect((await contain(order('a'))).status).toBe('confirmed');
    database = await freshDatabase();
  });

  it('as one that has fallen silent, whose answer would come after minutes or never', async () => {
    const url = new URL(database.url);
    const door = await openTcpDoor(Number(url.port));
    url.port = String(door.port);
    const far = await createStore({ url: url.href, poolSize: 2, queryTimeoutMs: 20_000 });
    const { told, adapter } = obedient();
    const { contain } = activitiesOf({ adapterFor: () => adapter, documents: far.documents });
    // Both connections are there before the line goes dead: a new one would be given up sooner than a question.
    await Promise.all(['a', 'b'].map((key) => far.documents.get('a', key)));
    door.set('stall');
    let isGivenUp = false;
    const asked = far.documents.get('a', 'b').catch(() => (isGivenUp = true));
    expect((await contain(order('a'))).status).toBe('confirmed');
    expect(isGivenUp).toBe(false);
    expect(told.map(({ agent }) => agent)).toEqual(['a']);
    door.set('refuse');
    await asked;
    await far.close();
    await door.close();
  });
});

describe('a release by webhook', () => {
  /** A control endpoint that takes each key once, as one that keeps them does. */
  async function endpoint(answers: number[]): Promise<{ peer: Peer; released: (string | null)[] }> {
    const [keys, released] = [new Set<unknown>(), [] as (string | null)[]];
    const peer = await startPeer((request, response) => {
      void readBody(request).then((body) => {
        const status = answers.shift() ?? 202;
        const { sessionId } = JSON.parse(body) as { sessionId: string | null };
        const key = request.headers['idempotency-key'];
        if (status === 202 && !keys.has(key)) {
          keys.add(key);
          released.push(sessionId);
        }
        response.writeHead(status).end();
      });
    });
    return { peer, released };
  }
  const release = async (url: string): Promise<void> => {
    const adapter = createWebhook({ targets: { a: { url, secret: 'shared' } } });
    await activitiesOf({ adapterFor: () => adapter }).release({
      incidentId: 'inc-a',
      agent: 'a',
      sessionIds: ['s-1', 's-2'],
      key: 'inc-a:release',
    });
  };

  it('reaches each session and the agent as a whole under keys of their own', async () => {
    const { peer, released } = await endpoint([]);
    await release(peer.url);
    await release(peer.url);
    expect(released).toEqual(['s-1', 's-2', null]);
    await peer.stop();
  });

  it('is asked again when nobody answered for it, and what was released is not released twice', async () => {
    const { peer, released } = await endpoint([202, 503]);
    await expect(release(peer.url)).rejects.toThrow('answered 503 to release');
    await release(peer.url);
    expect(released).toEqual(['s-1', 's-2', null]);
    await peer.stop();
  });
});

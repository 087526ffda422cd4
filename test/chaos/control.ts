import { z } from 'zod';
import type { ContainmentOrder, ContainmentResult } from '../../src/adapters/containment/port.ts';
import { createStopSwitch } from '../../src/adapters/containment/stop-switch.ts';
import { type ControlState, signatureOf } from '../../src/adapters/containment/webhook.ts';
import { createStore } from '../../src/store/create.ts';
import { type Peer, readBody, startPeer } from '../support/peer.ts';

const Order = z.object({
  action: z.enum(['pause', 'kill', 'release']),
  agent: z.string(),
  sessionId: z.string().nullable(),
  incidentId: z.string(),
  reason: z.string(),
  key: z.string(),
});
type Order = z.infer<typeof Order>;

export interface ControlStandIn extends Pick<Peer, 'url' | 'stop'> {
  /** Every order that was taken, repeats too. */
  taken: Order[];
}

const SAYS: Record<ContainmentOrder['action'], ControlState['state']> = { pause: 'paused', kill: 'stopped' };
const stateOf = ({ action }: ContainmentOrder, status: ContainmentResult['status']): ControlState['state'] =>
  status === 'already_ended' ? 'ended' : status === 'confirmed' ? SAYS[action] : 'running';

/** The control endpoint of an agent, as its owners would build it: an order turns the switch that the agent reads. */
export async function startControl(databaseUrl: string, secret: string): Promise<ControlStandIn> {
  const store = await createStore({ url: databaseUrl });
  const stop = createStopSwitch({ store: store.switches, confirmWithinMs: 0 });
  const taken: Order[] = [];
  const done = new Set<string>();
  /** The latest for each session, and for the agent as a whole. */
  const orders = new Map<string | null, ContainmentOrder>();

  const act = async (order: Order): Promise<void> => {
    const { action } = order;
    if (action === 'release') return void (await stop.release({ ...order, action: 'pause' }));
    orders.set(order.sessionId, { ...order, action });
    await stop.contain({ ...order, action });
  };
  /** An order whose key is known has had its effect. */
  const take = async (order: Order): Promise<void> => {
    const { key } = order;
    const isKnown = done.has(key);
    taken.push(order);
    if (isKnown) return;
    await act(order);
    done.add(key);
  };
  const tell = async (sessionId: string | null): Promise<ControlState> => {
    const order = orders.get(sessionId);
    return { state: order ? stateOf(order, (await stop.verify(order)).status) : 'running' };
  };

  const peer = await startPeer((request, response) => {
    const answer = async (): Promise<[number, object]> => {
      const body = await readBody(request);
      const stamp = String(request.headers['x-holdpoint-timestamp']);
      if (request.headers['x-holdpoint-signature'] !== signatureOf(secret, stamp, body)) return [401, {}];
      const { searchParams } = new URL(request.url ?? '/', 'http://control');
      if (request.method === 'GET') return [200, await tell(searchParams.get('session'))];
      await take(Order.parse(JSON.parse(body)));
      return [202, {}];
    };
    void answer()
      // Its database is killed as well.
      .catch((error: unknown): [number, object] => [503, { error: String(error) }])
      .then(([status, said]) => response.writeHead(status).end(JSON.stringify(said)));
  });
  return {
    url: peer.url,
    taken,
    stop: async () => {
      await peer.stop();
      await store.close();
    },
  };
}

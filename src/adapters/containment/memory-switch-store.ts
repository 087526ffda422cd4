import {
  isOver,
  replacesAck,
  strictest,
  type StandingOrder,
  type StopSwitchStore,
  type SwitchAck,
  type SwitchOrder,
} from './switch-store.ts';

interface AgentSwitch {
  seq: number;
  /** By session and incident. */
  orders: Map<string, StandingOrder & { seq: number }>;
  acks: Map<string, SwitchAck>;
}

const keyOf = ({ sessionId, incidentId }: Pick<SwitchOrder, 'sessionId' | 'incidentId'>): string =>
  JSON.stringify([sessionId, incidentId]);

/** The switches in memory, for tests and for one process alone. */
export const createMemorySwitchStore = (leaseMs = 500): StopSwitchStore => {
  const agents = new Map<string, AgentSwitch>();
  const of = (agent: string): AgentSwitch => {
    const found = agents.get(agent) ?? { seq: 0, orders: new Map(), acks: new Map() };
    agents.set(agent, found);
    return found;
  };

  return {
    set: (order) => {
      const agent = of(order.agent);
      const standing = agent.orders.get(keyOf(order));
      const killed = standing?.verdict === 'stop' && order.sessionId !== null;
      if (standing?.verdict === order.verdict || killed) return Promise.resolve(standing.seq);
      if (standing === undefined && order.verdict === 'go') return Promise.resolve(agent.seq);
      agent.seq += 1;
      const { sessionId, verdict, reason } = order;
      // Its place is that of its last change, as its number says.
      agent.orders.delete(keyOf(order));
      agent.orders.set(keyOf(order), { sessionId, verdict, reason, seq: agent.seq });
      return Promise.resolve(agent.seq);
    },
    standing: (name, sessionId, incidentId) => {
      const order = of(name).orders.get(keyOf({ sessionId, incidentId }));
      return Promise.resolve(order === undefined ? null : { verdict: order.verdict, seq: order.seq });
    },
    read: (name, sessionId) => {
      const agent = of(name);
      return Promise.resolve({
        ...strictest([...agent.orders.values()], sessionId),
        leaseMs,
        seq: agent.seq,
      });
    },
    ack: (ack) => {
      const { acks } = of(ack.agent);
      if (replacesAck(acks.get(ack.sessionId), ack)) acks.set(ack.sessionId, ack);
      return Promise.resolve();
    },
    acks: (name, sessionId, only = { sinceMs: 0 }) => {
      const all = [...of(name).acks.values()].sort((a, b) => b.atMs - a.atMs);
      const isAsked = (ack: SwitchAck): boolean =>
        (sessionId === null || ack.sessionId === sessionId) &&
        ack.atMs >= only.sinceMs &&
        !(only.unfinished && isOver(ack));
      return Promise.resolve(all.filter(isAsked));
    },
  };
};

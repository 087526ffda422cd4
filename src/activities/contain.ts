import { ApplicationFailure } from '@temporalio/common';
import type { ContainmentAdapter, ContainmentOrder } from '../adapters/containment/port.ts';
import { noteContained, recentlyContained, type BreakerDeps } from './breaker.ts';
import type { ContainActivities } from './types.ts';

export interface ContainDeps extends BreakerDeps {
  /** The adapter of an agent, from configuration; null where none is configured. */
  adapterFor: (agent: string) => ContainmentAdapter | null;
  nowMs?: () => number;
}

/** Containment: one adapter call with its confirmation. A breaker keeps a flood of alerts from stopping everything. */
export function createContainActivities(deps: ContainDeps): ContainActivities {
  const nowMs = deps.nowMs ?? Date.now;
  return {
    async contain({ byPerson, ...order }) {
      const adapter = deps.adapterFor(order.agent);
      const waiting = (evidence: string) => ({
        adapter: adapter?.name ?? 'none',
        status: 'awaiting_person' as const,
        evidence,
      });
      if (!adapter)
        return waiting(`No containment is configured for ${order.agent}: set agents[].containment.`);
      const others = byPerson ? 0 : await recentlyContained(deps, order.agent, nowMs());
      if (others >= deps.breaker.agents)
        return waiting(
          `The breaker tripped: ${others} other agents were contained within ${deps.breaker.windowMs / 1000} s.`,
        );
      const result = await adapter.contain(order);
      await noteContained(deps, order.agent, nowMs());
      if (result.status === 'refused') return waiting(result.evidence.slice(0, 500));
      return { adapter: adapter.name, status: result.status, evidence: result.evidence.slice(0, 500) };
    },

    async release({ incidentId, agent, sessionIds, key }) {
      const adapter = deps.adapterFor(agent);
      if (!adapter) return;
      const base: Omit<ContainmentOrder, 'sessionId' | 'key'> = {
        incidentId,
        agent,
        action: 'pause',
        reason: 'released',
      };
      // Each its own key: an endpoint that knows a key takes what comes under it for a repeat.
      for (const sessionId of [...sessionIds, null]) {
        const order = { ...base, sessionId, key: `${key}:${sessionId ?? 'agent'}` };
        const { unreached, evidence } = await adapter.release(order);
        if (unreached) throw ApplicationFailure.retryable(evidence, 'NotReleased');
      }
    },
  };
}

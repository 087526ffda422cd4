import { noteContained, recentlyContained, type BreakerDeps } from '../activities/breaker.ts';
import { VERDICT } from '../adapters/containment/switch-evidence.ts';
import type { StopSwitchStore } from '../adapters/containment/switch-store.ts';
import type { FirstStop } from './respond.ts';

export interface FirstStopDeps extends BreakerDeps {
  /** Whether the agent is stopped by its switch. */
  hasSwitch: (agent: string) => boolean;
  switches: Pick<StopSwitchStore, 'set'>;
  nowMs: () => number;
}

/**
 * Sets the switch ahead of the workflow. Mass containment is a person's to decide: beyond the breaker the workflow asks,
 * and nothing is set here; what is set here counts, so that a flood trips it before the first workflow has come round.
 */
export const createFirstStop =
  (deps: FirstStopDeps) =>
  async ({ incidentId, agent, sessionId, action, reason }: FirstStop): Promise<void> => {
    if (!deps.hasSwitch(agent)) return;
    const others = await recentlyContained(deps, agent, deps.nowMs());
    if (others >= deps.breaker.agents) return;
    await noteContained(deps, agent, deps.nowMs());
    await deps.switches.set({ incidentId, agent, sessionId, reason, verdict: VERDICT[action] });
  };

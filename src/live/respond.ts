import { createHash } from 'node:crypto';
import type { ContainmentAdapter, ContainmentOrder } from '../adapters/containment/port.ts';
import { PATTERN_KEY } from '../client/dedup.ts';
import type { Incidents } from '../client/port.ts';
import type { EffectLedger } from '../store/port.ts';
import type { Signal } from './signal.ts';

export interface Responder {
  /** Opens or joins the incident of the pattern, which stops the agent. The incident's id. */
  contain(agent: string, sessionId: string, signal: Signal): Promise<string>;
  /** Tells people, once a pattern and day. */
  alert(agent: string, sessionId: string, signal: Signal): Promise<void>;
}

export type FirstStop = Pick<ContainmentOrder, 'incidentId' | 'agent' | 'sessionId' | 'action' | 'reason'>;

export interface ResponderDeps {
  incidents: Pick<Incidents, 'alert'>;
  ledger: Pick<EffectLedger, 'intend' | 'settle'>;
  /** How an agent is stopped; null where nothing is configured. */
  containmentOf: (agent: string) => Pick<ContainmentAdapter, 'contain'> | null;
  /**
   * Sets an agent's stop switch the moment its incident is on record, ahead of the workflow, which gives the same order
   * and sees it confirmed. Null where the agent has none, or the breaker has tripped.
   */
  firstStop: ((order: FirstStop) => Promise<void>) | null;
  /** Posts to the people on call; null where no channel is configured. */
  tell: ((text: string) => Promise<void>) | null;
  /** Where a person sees the sessions of a pattern. */
  sessionsUrl: (agent: string, pattern: string) => string;
  nowMs: () => number;
}

export const LIVE_SOURCE = 'live-detector';
const DAY_MS = 86_400_000;

const digest = (...parts: string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);

/** Repeating either is harmless: the alert's id follows from what was seen, the post from the pattern and the day. */
export const createResponder = (deps: ResponderDeps): Responder => {
  const { incidents, ledger, containmentOf, firstStop, tell, sessionsUrl, nowMs } = deps;
  return {
    contain: async (agent, sessionId, signal) => {
      const alertId = `live:${digest(agent, sessionId, signal.key)}`;
      const { incidentId, opened } = await incidents.alert({
        agent,
        dedupKey: `${PATTERN_KEY}${signal.pattern}`,
        alert: {
          alertId,
          source: LIVE_SOURCE,
          title: signal.title.slice(0, 300),
          sessionId,
          firedAtMs: nowMs(),
          kind: signal.kind,
          severity: signal.severity,
          wrongValue: null,
          entityId: null,
          url: null,
        },
        by: { kind: 'source', id: LIVE_SOURCE },
      });
      // Once only: the same thing read again, after a person has released the agent, must not hold it again.
      if (await ledger.intend(`live-stop:${alertId}`, 'live-stop', { incidentId })) return incidentId;
      const order = { incidentId, agent, sessionId, reason: signal.title };
      await firstStop?.({ ...order, action: signal.kind === 'cost' ? 'kill' : 'pause' });
      // An incident of the budget has only paused the session at 60 %; who spends on is killed (runbook).
      if (signal.kind === 'cost' && !opened)
        await containmentOf(agent)?.contain({
          ...order,
          action: 'kill',
          key: `${incidentId}:spent:${sessionId}`,
        });
      await ledger.settle(`live-stop:${alertId}`, 'done', null);
      return incidentId;
    },
    alert: async (agent, sessionId, signal) => {
      if (!tell) return;
      const key = `live-alert:${digest(agent, signal.pattern, String(Math.floor(nowMs() / DAY_MS)))}`;
      const before = await ledger.intend(key, 'live-alert', { agent, sessionId, pattern: signal.pattern });
      if (before) return;
      await tell(
        `${agent}, session ${sessionId}: ${signal.title}. Nothing was stopped. ${sessionsUrl(agent, signal.pattern)}`,
      );
      await ledger.settle(key, 'done', null);
    },
  };
};

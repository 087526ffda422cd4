import { lookUntil, systemClock, type Clock } from './clock.ts';
import type { ContainmentAdapter, ContainmentOrder, ContainmentResult } from './port.ts';
import { judgeAgent, judgeSession, othersOf, VERDICT } from './switch-evidence.ts';
import type { StopSwitchStore } from './switch-store.ts';

export interface StopSwitchOptions {
  store: StopSwitchStore;
  /** How long `contain` waits for the agent's word before it answers `unconfirmed`. Default 3 s. */
  confirmWithinMs?: number;
  pollMs?: number;
  /** Sessions that said nothing for longer than this no longer count as running. Default 24 h. */
  forgetSessionsAfterMs?: number;
  clock?: Clock;
}

interface Look {
  result: ContainmentResult;
  /** Nothing more to wait for. */
  settled: boolean;
}

/**
 * Contains an agent through the switch that its wrapper reads before each call: sets this session (or all) to hold or
 * stop, holds new sessions, and is confirmed only by the agent's own acknowledgement of this or a later change.
 */
export const createStopSwitch = (options: StopSwitchOptions): ContainmentAdapter => {
  const {
    store,
    confirmWithinMs = 3000,
    pollMs = 50,
    forgetSessionsAfterMs = 86_400_000,
    clock = systemClock,
  } = options;

  /** The session's own word first: a stop must not be seen as the agent's hold. */
  const set = async (order: ContainmentOrder): Promise<number> => {
    const { agent, incidentId, reason, sessionId } = order;
    const seq = await store.set({ agent, incidentId, reason, sessionId, verdict: VERDICT[order.action] });
    if (sessionId !== null) await store.set({ agent, incidentId, reason, sessionId: null, verdict: 'hold' });
    return seq;
  };

  const look = async (order: ContainmentOrder, seq: number): Promise<Look> => {
    const atMs = clock.nowMs();
    const sinceMs = atMs - forgetSessionsAfterMs;
    const unfinished = await store.acks(order.agent, null, { sinceMs, unfinished: true });
    if (order.sessionId === null) {
      const first = judgeAgent(order, unfinished, seq, atMs);
      if (first.status === 'unconfirmed' && unfinished.length > 0) return { result: first, settled: false };
      // Those that are over are read when no other is left that has to answer.
      const result = judgeAgent(order, await store.acks(order.agent, null, { sinceMs }), seq, atMs);
      return { result, settled: result.status !== 'unconfirmed' };
    }
    const [ack] = await store.acks(order.agent, order.sessionId);
    const result = judgeSession(order, ack, seq, atMs);
    const others = othersOf(order, unfinished, seq);
    return {
      result: { ...result, evidence: `${result.evidence} ${others.evidence}` },
      settled: result.status !== 'unconfirmed' && others.quiet,
    };
  };

  return {
    name: 'stop-switch',
    contain: async (order) => {
      const seq = await set(order);
      const within = { withinMs: confirmWithinMs, everyMs: pollMs };
      return (
        await lookUntil(
          clock,
          () => look(order, seq),
          ({ settled }) => settled,
          within,
        )
      ).result;
    },
    verify: async (order) => {
      const standing = await store.standing(order.agent, order.sessionId, order.incidentId);
      if (standing !== null && standing.verdict !== 'go') return (await look(order, standing.seq)).result;
      return {
        status: 'unconfirmed',
        atMs: clock.nowMs(),
        evidence: 'This incident has no word on the switch at present.',
      };
    },
    release: async (order) => {
      const { agent, incidentId, reason, sessionId } = order;
      if (sessionId !== null) await store.set({ agent, incidentId, reason, sessionId, verdict: 'go' });
      await store.set({ agent, incidentId, reason, sessionId: null, verdict: 'go' });
      const now = await store.read(agent, null);
      const evidence =
        now.verdict === 'go'
          ? `Sessions of ${agent} may start (switch at seq ${now.seq}).`
          : `This incident no longer holds ${agent}, but another one says ${now.verdict}: ${now.reason}`;
      return { released: now.verdict === 'go', atMs: clock.nowMs(), evidence };
    },
  };
};

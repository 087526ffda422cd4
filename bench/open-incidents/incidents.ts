import { setTimeout as pause } from 'node:timers/promises';
import type { Parts } from '../../src/compose/parts.ts';
import { proseOf } from '../../src/slack/prose.ts';
import { longSession } from '../long-session.ts';
import { untilTaken } from '../until-taken.ts';

/** As an exporter and an agent do that hear nothing: the same again. */
async function untilDone(work: () => Promise<unknown>): Promise<void> {
  for (let left = TRIES; ; left -= 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (left === 0) throw error;
      await pause(500);
    }
  }
}
const TRIES = 50;

export const AGENTS = 50;
export const agentOf = (i: number): string => `agent-${i % AGENTS}`;

/** Alerts of incidents `from` to `to`, some at once; ms until each was taken, and their ids. */
export async function open(
  parts: Parts,
  from: number,
  to: number,
  lanes: number,
): Promise<{ ids: string[]; ms: number[] }> {
  const ids: string[] = [];
  const ms: number[] = [];
  let next = from;
  const lane = async (): Promise<void> => {
    while (next < to) {
      const i = next;
      next += 1;
      const agent = agentOf(i);
      const sessionId = `session-${i}`;
      const spans = [...longSession({ sessionId, agent, steps: 20, actions: 3, tools: 3 })];
      await untilDone(() => parts.store.spans.insert(agent, spans));
      const ack = { agent, sessionId, seq: 0, state: 'ended' as const, pid: null, atMs: Date.now() };
      await untilDone(() => parts.store.switches.ack(ack));
      const startedAt = performance.now();
      const answer = await untilTaken(() =>
        parts.incidents.alert({
          agent,
          dedupKey: null,
          by: { kind: 'source', id: 'source:bench' },
          alert: {
            alertId: `alert-${i}`,
            source: 'bench',
            title: 'Decline rate 100 %',
            sessionId,
            firedAtMs: Date.now(),
            kind: 'semantic',
            severity: 'sev2',
            wrongValue: null,
            entityId: null,
            url: null,
          },
        }),
      );
      ms.push(performance.now() - startedAt);
      ids.push(answer.incidentId);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { ids, ms: ms.sort((a, b) => a - b) };
}

/** Until each of the newest incidents waits for a person: analysed, its blast radius mapped. */
export async function settled(parts: Parts, newest: number): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    const rows = await parts.store.incidents.list({ status: 'open', limit: newest });
    const ready = rows.filter(({ state }) => state.blast !== null).length;
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
    process.stderr.write(`  ${ready} of ${newest} wait for people (${seconds} s)\n`);
    if (ready >= newest) return;
    await pause(1_000);
  }
}

export async function updates(parts: Parts, ids: string[], count: number): Promise<number[]> {
  const ms: number[] = [];
  const step = Math.max(1, Math.floor(ids.length / count));
  for (let i = 0; i < count; i += 1) {
    const id = ids[(i * step) % ids.length] ?? '';
    const by = {
      kind: 'person',
      id: 'ana',
      roles: ['responder'],
      via: 'api',
      verifiedBy: 'token',
      proof: null,
    } as const;
    const startedAt = performance.now();
    const words = {
      type: 'addNote' as const,
      id: `note-${id}-${i}-${startedAt}`,
      text: proseOf('Looked at.'),
    };
    const answer = await untilTaken(() => parts.incidents.send(id, words, { ...by, roles: [...by.roles] }));
    if (!answer.ok) throw new Error(answer.refusal.sentence);
    if (!answer.pending) ms.push(performance.now() - startedAt);
  }
  return ms.sort((a, b) => a - b);
}

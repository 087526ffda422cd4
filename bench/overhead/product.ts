import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Words } from '../../src/client/port.ts';
import type { Actor } from '../../src/domain/incident/actor.ts';
import { emptyIncident } from '../../src/domain/incident/empty.ts';
import { checklistOf } from '../../src/domain/incident/checklist.ts';
import { evolve } from '../../src/domain/incident/evolve.ts';
import type { IncidentState } from '../../src/domain/incident/state.ts';
import { incidentWorkflowId } from '../../src/workflows/ids.ts';
import { untilTaken } from '../until-taken.ts';
import { movesOf } from './people.ts';
import type { World } from './world.ts';

/** Times in ms. */
export interface Run {
  id: string;
  totalMs: number;
  acknowledgedMs: number;
  stoppedMs: number;
  updatesMs: number[];
}

/** Nothing happens for so long: the benchmark says where it stands instead of waiting. */
const STUCK_MS = 60_000;

/** The last refusal of each incident, for when it stands still. */
const refusals = new Map<string, string>();

/** The state of each incident as its record makes it, without asking the database. */
export class Records {
  private readonly states = new Map<string, IncidentState>();
  private readonly moved = new EventEmitter().setMaxListeners(0);

  constructor(world: World) {
    world.onRecord((incidentId, events) => {
      const state = this.of(incidentId);
      this.states.set(incidentId, events.filter(({ seq }) => seq > state.seq).reduce(evolve, state));
      this.moved.emit(incidentId);
    });
  }

  of(incidentId: string): IncidentState {
    return this.states.get(incidentId) ?? emptyIncident;
  }

  after(incidentId: string, seq: number): Promise<void> {
    return this.until(incidentId, (state) => state.seq > seq);
  }

  async until(incidentId: string, holds: (state: IncidentState) => boolean): Promise<void> {
    while (!holds(this.of(incidentId)))
      await once(this.moved, incidentId, { signal: AbortSignal.timeout(STUCK_MS) }).catch(() => {
        const state = this.of(incidentId);
        const open = checklistOf(state).filter(({ proven }) => !proven);
        const last = refusals.get(incidentId) ?? 'no refusal';
        throw new Error(`${incidentId} stands still at ${state.seq}: ${JSON.stringify(open)}; ${last}`);
      });
  }
}

const source: Actor = { kind: 'source', id: 'key:bench' };

const personOf = (world: World, name: string): Actor => {
  const person = world.parts.config.people.find(({ key }) => key === name);
  return {
    kind: 'person',
    id: person?.actorId ?? name,
    roles: ['responder', 'approver'],
    via: 'api',
    verifiedBy: 'token',
    proof: null,
  };
};

function openAlert(world: World, agent: string, sessionId: string): Promise<{ incidentId: string }> {
  const alert = alertOf(agent, sessionId);
  return untilTaken(() => world.patient.alert(alert));
}

const alertOf = (agent: string, sessionId: string): Parameters<World['patient']['alert']>[0] => ({
  agent,
  dedupKey: null,
  by: source,
  alert: {
    alertId: randomUUID(),
    source: 'bench',
    title: 'Decline rate of loan applications is 100 %; usual is 35 %',
    sessionId,
    firedAtMs: Date.now(),
    kind: 'semantic',
    severity: 'sev2',
    wrongValue: null,
    entityId: null,
    url: null,
  },
});

/** People decide at once, whenever the record moves, until the incident has ended. */
export async function decideAll(world: World, records: Records, incidentId: string): Promise<number[]> {
  const latencies: number[] = [];
  for (;;) {
    const state = records.of(incidentId);
    if (state.status !== 'open' && state.status !== 'none') return latencies;
    const [move] = movesOf(state);
    if (!move) {
      await records.after(incidentId, state.seq);
      continue;
    }
    const words = { id: randomUUID(), ...move.words } as unknown as Words;
    const startedAt = performance.now();
    const answer = await world.patient.send(incidentId, words, personOf(world, move.by));
    latencies.push(performance.now() - startedAt);
    if (answer.ok) await records.until(incidentId, ({ decided }) => decided.includes(words.id));
    else {
      refusals.set(incidentId, `${move.words.type}: ${answer.refusal.sentence}`);
      await Promise.race([records.after(incidentId, state.seq), pause(250)]);
    }
  }
}

/** One whole incident of the product, from the alert to the end of its workflow. */
export async function runProduct(
  world: World,
  records: Records,
  agent: string,
  sessionId: string,
): Promise<Run> {
  const startedAt = performance.now();
  const { incidentId } = await openAlert(world, agent, sessionId);
  const acknowledgedMs = performance.now() - startedAt;
  await records.after(incidentId, 0);
  const updatesMs = await decideAll(world, records, incidentId);
  await world.parts.client.workflow.getHandle(incidentWorkflowId(incidentId)).result();
  return {
    id: incidentId,
    totalMs: performance.now() - startedAt,
    acknowledgedMs,
    stoppedMs: (await world.outside.stopped(sessionId)) - startedAt,
    updatesMs,
  };
}

/** From the alert until the agent's endpoint was told to stop; the incident itself is left. */
export async function runStop(
  world: World,
  agent: string,
  sessionId: string,
): Promise<{ id: string; ms: number }> {
  const startedAt = performance.now();
  const { incidentId } = await openAlert(world, agent, sessionId);
  return { id: incidentId, ms: (await world.outside.stopped(sessionId)) - startedAt };
}

import { ServiceError, WithStartWorkflowOperation, type Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ISOLATE } from '../../../src/compose/isolate.ts';
import type { Actor } from '../../../src/domain/incident/actor.ts';
import type { Command } from '../../../src/domain/incident/command.ts';
import { fold } from '../../../src/domain/incident/evolve.ts';
import { Policy } from '../../../src/domain/policy.ts';
import type { IncidentState } from '../../../src/domain/incident/state.ts';
import { incidentWorkflowId } from '../../../src/workflows/ids.ts';
import type { incident } from '../../../src/workflows/incident.ts';
import {
  type Accepted,
  commandSignal,
  commandUpdate,
  type IncidentStart,
  type SignedCommand,
  stateQuery,
} from '../../../src/workflows/messages.ts';
import { stopsQueue } from '../../../src/workflows/queues.ts';
import { workflowBundle } from '../../support/temporal.ts';
import { type Answers, recordedActivities, type Recorded } from './activities.ts';
import { newSigner, person, proseOf, source } from './cast.ts';

type Words = { type: Command['type']; id?: string; at?: number } & Record<string, unknown>;

/** One incident on a real Temporal server, driven by signed commands. */
export class House {
  readonly incidentId = `inc-${randomUUID().slice(0, 8)}`;
  readonly taskQueue = `tq-${randomUUID().slice(0, 8)}`;
  readonly signer = newSigner();
  readonly recorded: Recorded;
  readonly client: Client;
  private readonly env: TestWorkflowEnvironment;
  settings: IncidentStart['settings'] = {
    continueAfter: 1_000,
    containmentRetryMs: 200,
    cardQuietMs: 50,
    searchAttributes: true,
  };
  /** The server's time, which skips in a time-skipping server. */
  nowMs: () => Promise<number> = async () => Date.now();
  /** Called before each decision of the people. */
  beforeEach: () => Promise<void> = async () => undefined;
  /** Activities that its worker does at once, but for stops. */
  places = 100;
  policy = Policy.parse({ exportGraceMs: 500 });

  constructor(env: TestWorkflowEnvironment, answers: Partial<Answers> = {}) {
    this.env = env;
    this.client = env.client;
    this.recorded = recordedActivities({
      report: async (_id, words) => {
        await this.send(words as Words, { kind: 'engine', id: 'engine:reversals' });
      },
      ...answers,
    });
  }

  /** The worker, and the one for stops beside it. */
  private workers(): Promise<[Worker, Worker]> {
    const { activities } = this.recorded;
    const shared = {
      connection: this.env.nativeConnection,
      namespace: this.env.namespace ?? 'default',
      activities,
    };
    return Promise.all([
      Worker.create({
        ...shared,
        taskQueue: this.taskQueue,
        workflowBundle: workflowBundle(),
        ...ISOLATE,
        maxConcurrentActivityTaskExecutions: this.places,
      }),
      Worker.create({ ...shared, taskQueue: stopsQueue(this.taskQueue) }),
    ]);
  }

  /**
   * Runs `story` while a worker runs. What is open then is ended, so that its timers ask for no worker any more; before
   * the worker goes, which waits for its activities, and one that reports to the incident waits for that.
   */
  async live<T>(story: () => Promise<T>): Promise<T> {
    const [worker, stops] = await this.workers();
    const toItsEnd = async (): Promise<T> => {
      try {
        return await story();
      } finally {
        await this.handle.terminate('the test is over').catch(() => undefined);
      }
    };
    return await worker.runUntil(stops.runUntil(toItsEnd));
  }

  sign(words: Words, by: Actor, incidentId = this.incidentId): SignedCommand {
    const command = { id: randomUUID(), at: Date.now(), by, ...words } as unknown as Command;
    return this.signer.sign(incidentId, command);
  }

  alertWords(sessionId: string | null, kind = 'semantic'): Words {
    return {
      type: 'receiveAlert',
      incidentId: this.incidentId,
      agent: 'loan-agent',
      ownerIds: ['dana'],
      dedupKey: 'key',
      dedupRule: 'session',
      policy: this.policy,
      linkedFrom: null,
      alert: {
        alertId: randomUUID(),
        source: 'test',
        title: 'Decline rate 100 %',
        sessionId,
        firedAtMs: Date.now(),
        kind,
        severity: 'sev2',
        wrongValue: null,
        entityId: null,
        url: null,
      },
    };
  }

  async alert(sessionId: string | null = 's-1', kind = 'semantic'): Promise<Accepted> {
    const at = await this.nowMs();
    const start: IncidentStart = {
      incidentId: this.incidentId,
      publicKeys: { [this.signer.keyId]: this.signer.publicKey },
      settings: this.settings,
    };
    const operation = new WithStartWorkflowOperation<typeof incident>('incident', {
      workflowId: incidentWorkflowId(this.incidentId),
      taskQueue: this.taskQueue,
      args: [start],
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    return this.client.workflow.executeUpdateWithStart(commandUpdate, {
      startWorkflowOperation: operation,
      args: [this.sign({ at, ...this.alertWords(sessionId, kind) }, source)],
    });
  }

  get handle() {
    return this.client.workflow.getHandle<typeof incident>(incidentWorkflowId(this.incidentId));
  }

  async send(words: Words, by: Actor = person('ana')): Promise<Accepted> {
    return this.update(this.sign({ at: await this.nowMs(), ...words }, by));
  }

  /**
   * Asked again when Temporal did not answer, as it may at a hand-over to a new run (temporalio/temporal#6375) or on a
   * busy machine; the command's id makes it count once.
   */
  async update(signed: SignedCommand, tries = 3): Promise<Accepted> {
    try {
      return await this.handle.executeUpdate(commandUpdate, { args: [signed] });
    } catch (error) {
      if (tries === 1 || !(error instanceof ServiceError)) throw error;
      process.stderr.write(`no answer to ${signed.command.type}: ${String(error.cause)}\n`);
      return this.update(signed, tries - 1);
    }
  }

  signal(signed: SignedCommand): Promise<void> {
    return this.handle.signal(commandSignal, signed);
  }

  state(): Promise<IncidentState> {
    return this.handle.query(stateQuery);
  }

  /** The state when it satisfies the condition; fails with what it is instead after `withinMs`. */
  async until(
    what: string,
    holds: (state: IncidentState) => boolean,
    withinMs = 60_000,
  ): Promise<IncidentState> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      // A busy machine may let a query wait for longer than Temporal does.
      const state = await this.state().catch((error: unknown) => {
        if (Date.now() > deadline) throw error;
        return null;
      });
      if (state && holds(state)) return state;
      if (Date.now() > deadline) throw new Error(`never: ${what}; ${JSON.stringify(state).slice(0, 3_000)}`);
      await pause(25);
    }
  }

  /** Until all that happened is on record and no activity is under way. */
  async idle(withinMs = 60_000): Promise<void> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const { raw } = await this.handle.describe();
      const { seq } = await this.state();
      const isIdle = (raw.pendingActivities ?? []).length === 0 && !raw.pendingWorkflowTask;
      if (isIdle && seq === this.folded().seq) return;
      if (Date.now() > deadline) throw new Error(`never idle: ${JSON.stringify(raw.pendingActivities)}`);
      await pause(25);
    }
  }

  folded(): IncidentState {
    return fold([...this.recorded.log].sort((a, b) => a.seq - b.seq));
  }

  /** The people's way from the analysis to closure. `stopBefore` names the step not to take. */
  private async step(words: Words, by?: Actor): Promise<void> {
    await this.beforeEach();
    await this.send(words, by);
  }

  async decideAll(): Promise<void> {
    await this.until('analysed', (s) => s.mode.suggested !== null);
    await this.step({ type: 'confirmMode', mode: 'tool_misfire', misfit: null });
    await this.step({ type: 'confirmOrigin', sessionId: 's-1', step: 4 });
    await this.step({ type: 'confirmCascade', path: [4, 5, 9] });
    await this.signAll();
    await this.writeAll();
    await this.until('distributed', (s) => s.distributed !== null);
    await this.step({ type: 'releaseAgent', reason: proseOf('The field is mapped again.') });
    await this.step({ type: 'requestClose' });
  }

  async signAll(): Promise<void> {
    const asked = await this.until('asked', (s) =>
      Object.values(s.signOffs).some((r) => r.classId === 'set-1'),
    );
    const request = Object.values(asked.signOffs).find((r) => r.classId === 'set-1')!;
    const signing = {
      requestId: request.requestId,
      seen: request.seen,
      indices: 'all',
      reason: null,
      typedCount: null,
    };
    await this.step({ type: 'signReversal', ...signing }, person('ben'));
    await this.step({
      type: 'requestSignOff',
      requestId: 'mail-plan',
      classId: 'mail-1',
      planSha256: asked.classes['mail-1']!.spec.planSha256,
      remediation: proseOf('Write to both applicants and decide again.'),
    });
    const planned = (await this.state()).signOffs['mail-plan']!;
    const typed = {
      requestId: 'mail-plan',
      seen: planned.seen,
      indices: 'all',
      reason: proseOf('Right.'),
      typedCount: 2,
    };
    await this.step({ type: 'signReversal', ...typed }, person('ben'));
    await this.step({ type: 'signReversal', ...typed }, person('chidi'));
    await this.step({
      type: 'recordRemediation',
      classId: 'mail-1',
      indices: 'all',
      result: proseOf('Both were written to.'),
    });
  }

  async writeAll(): Promise<void> {
    await this.until('drafted', (s) => Object.keys(s.postmortem.sections).length === 6);
    const kinds = ['tool_contract', 'prompt_design', 'eval_coverage'];
    for (const kind of kinds)
      await this.step({ type: 'addFactor', factorId: kind, kind, text: proseOf(`Because of ${kind}.`) });
    await this.step({ type: 'attestFactors', factorIds: kinds });
    await this.step({ type: 'describeGap', kind: 'anomaly_flag', text: proseOf('A schema check.') });
    await this.until('proven', (s) =>
      ['trace_exported', 'eval_regression', 'alert_or_flag'].every((item) => item in s.proofs),
    );
    await this.until('settled', (s) => Object.values(s.batches).every((batch) => batch.reported));
    await this.step({ type: 'finalisePostmortem' });
  }
}

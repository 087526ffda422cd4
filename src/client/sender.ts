import { WithStartWorkflowOperation, type Client } from '@temporalio/client';
import { incidentWorkflowId } from '../workflows/ids.ts';
import {
  commandSignal,
  commandUpdate,
  type IncidentStart,
  type SignedCommand,
  type WorkflowSettings,
} from '../workflows/messages.ts';
import { Unreachable } from './errors.ts';
import { withinMs } from '../within-ms.ts';
import { outcomeOf, type Outcome } from './outcome.ts';

export interface SenderDeps {
  client: Client;
  publicKeys: Record<string, string>;
  taskQueue: string;
  settings: WorkflowSettings;
  deadlineMs?: number;
}

/** What became of a signed command that was given to Temporal. */
export type Taken =
  | Extract<Outcome, { kind: 'accepted' | 'refused' }>
  | { kind: 'gone' }
  /** `decided`: the outcome of the update that is still under way; `late` when it was not heard. */
  | { kind: 'pending'; decided?: Promise<Outcome> };

const WORKFLOW = 'incident';
export const SIGNAL_DEADLINE_MS = 1_000;
/** How long the decision of a command that is durable already is listened for. */
const HEARD_MS = 5_000;

/** Null when it takes longer; what it throws is thrown in time, and a lost answer afterwards. */
async function orNull(update: Promise<Outcome>, patienceMs: number): Promise<Outcome | null> {
  const kept = update.catch((cause: unknown): Outcome => ({ kind: 'late', cause }));
  return (await withinMs(kept, patienceMs)) === null ? null : await update;
}

export const nowDeadline = (ms: number): number => Date.now() + ms;

/** Gives signed commands to workflows: by update within the deadline, else by a signal with the same id. */
export function createSender(deps: SenderDeps): {
  toRunning: (signed: SignedCommand, patienceMs?: number) => Promise<Taken>;
  withStart: (signed: SignedCommand, agent: string) => Promise<Taken>;
} {
  const { client, deadlineMs = 1_500 } = deps;

  const inTime = async (
    update: () => Promise<{ events: number; seq: number }>,
    withinMs = deadlineMs,
  ): Promise<Outcome> => {
    try {
      return { kind: 'accepted', ...(await client.withDeadline(nowDeadline(withinMs), update)) };
    } catch (error) {
      return outcomeOf(error);
    }
  };

  /** The update timed out: perhaps it is on its way, perhaps not. The signal carries the same id, so it counts once. */
  const leave = async (signal: () => Promise<unknown>): Promise<Taken> => {
    try {
      await client.withDeadline(nowDeadline(SIGNAL_DEADLINE_MS), signal);
      return { kind: 'pending' };
    } catch (error) {
      const outcome = outcomeOf(error);
      if (outcome.kind === 'gone') return outcome;
      throw new Unreachable(error);
    }
  };

  const toRunning = async (signed: SignedCommand, patienceMs?: number): Promise<Taken> => {
    const handle = client.workflow.getHandle(incidentWorkflowId(signed.incidentId));
    const update = inTime(
      () => handle.executeUpdate(commandUpdate, { updateId: signed.command.id, args: [signed] }),
      patienceMs === undefined ? deadlineMs : HEARD_MS,
    );
    const outcome = patienceMs === undefined ? await update : await orNull(update, patienceMs);
    if (outcome !== null && outcome.kind !== 'late') return outcome;
    const taken = await leave(() => handle.signal(commandSignal, signed));
    return taken.kind === 'pending' && outcome === null ? { ...taken, decided: update } : taken;
  };

  const withStart = async (signed: SignedCommand, agent: string): Promise<Taken> => {
    const { incidentId } = signed;
    const start: IncidentStart = { incidentId, publicKeys: deps.publicKeys, settings: deps.settings };
    const options = {
      workflowId: incidentWorkflowId(incidentId),
      taskQueue: deps.taskQueue,
      args: [start],
      workflowIdConflictPolicy: 'USE_EXISTING' as const,
      workflowIdReusePolicy: 'REJECT_DUPLICATE' as const,
      staticSummary: `Incident of ${agent}`,
    };
    const outcome = await inTime(() =>
      client.workflow.executeUpdateWithStart(commandUpdate, {
        startWorkflowOperation: new WithStartWorkflowOperation(WORKFLOW, options),
        updateId: signed.command.id,
        args: [signed],
      }),
    );
    if (outcome.kind !== 'late') return outcome;
    return leave(() =>
      client.workflow.signalWithStart(WORKFLOW, { ...options, signal: commandSignal, signalArgs: [signed] }),
    );
  };

  return { toRunning, withStart };
}

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
  | { kind: 'pending' };

const WORKFLOW = 'incident';
export const SIGNAL_DEADLINE_MS = 1_000;
export const nowDeadline = (ms: number): number => Date.now() + ms;

/** Gives signed commands to workflows: by update within the deadline, else by a signal with the same id. */
export function createSender(deps: SenderDeps): {
  toRunning: (signed: SignedCommand) => Promise<Taken>;
  withStart: (signed: SignedCommand, agent: string) => Promise<Taken>;
} {
  const { client, deadlineMs = 1_500 } = deps;

  const inTime = async (update: () => Promise<{ events: number; seq: number }>): Promise<Outcome> => {
    try {
      return { kind: 'accepted', ...(await client.withDeadline(nowDeadline(deadlineMs), update)) };
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

  const toRunning = async (signed: SignedCommand): Promise<Taken> => {
    const handle = client.workflow.getHandle(incidentWorkflowId(signed.incidentId));
    const outcome = await inTime(() =>
      handle.executeUpdate(commandUpdate, { updateId: signed.command.id, args: [signed] }),
    );
    return outcome.kind === 'late' ? leave(() => handle.signal(commandSignal, signed)) : outcome;
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

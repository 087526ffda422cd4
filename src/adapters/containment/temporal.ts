import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import { lookUntil, systemClock, type Clock } from './clock.ts';
import type { ContainmentAdapter, ContainmentOrder, ContainmentResult } from './port.ts';

export interface TemporalOptions {
  client: Pick<Client, 'workflow'>;
  /** The workflow that is this session, by agent: a fixed id, or a pattern with `{session}`. */
  workflowIds: Readonly<Record<string, string>>;
  /** How long `contain` waits until the workflow has closed. Default 5 s. */
  confirmWithinMs?: number;
  pollMs?: number;
  clock?: Clock;
}

type Status = WorkflowExecutionDescription['status']['name'];

/** How a workflow ends when it obeys; any other closed status is an end of its own. */
const CONTAINED: ReadonlySet<Status> = new Set<Status>(['CANCELLED', 'TERMINATED']);

const NO_LONGER_RUNNING = 'No workflow is left to release; a new session is a new workflow, started by a person.';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Contains an agent that is itself a workflow: pause cancels it, so that it can clean up, kill terminates it. Confirmed
 * when the server says that it has closed. Temporal cannot hold workflows that somebody starts anew.
 */
export const createTemporalContainment = (options: TemporalOptions): ContainmentAdapter => {
  const { client, workflowIds, confirmWithinMs = 5000, pollMs = 100, clock = systemClock } = options;

  const result = (status: ContainmentResult['status'], evidence: string): ContainmentResult => ({
    status,
    evidence,
    atMs: clock.nowMs(),
  });

  /** The workflow's id, or why there is none. */
  const workflowIdOf = (order: ContainmentOrder): { id: string } | { refused: ContainmentResult } => {
    const pattern = workflowIds[order.agent];
    if (pattern === undefined) {
      return { refused: result('refused', `No workflow id is configured for ${order.agent}: add one to holdpoint.yaml.`) };
    }
    if (order.sessionId === null && pattern.includes('{session}')) {
      const why = `Workflows of ${order.agent} are found by their session, and this order names none.`;
      return { refused: result('refused', why) };
    }
    return { id: pattern.replaceAll('{session}', () => order.sessionId ?? '') };
  };

  const lookAt = async (id: string, ownEnd: 'confirmed' | 'already_ended'): Promise<ContainmentResult> => {
    try {
      const { status, closeTime, runId } = await client.workflow.getHandle(id).describe();
      const run = `Workflow ${id} (run ${runId})`;
      if (closeTime === undefined) return result('unconfirmed', `${run} is still ${status.name}.`);
      const closed = `${run} is ${status.name} since ${closeTime.toISOString()}, says Temporal.`;
      return result(CONTAINED.has(status.name) ? 'confirmed' : ownEnd, closed);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) return result('unconfirmed', `Temporal could not be asked: ${messageOf(error)}.`);
      return result('unconfirmed', `Temporal knows no workflow ${id}: it never ran here, or its history has expired.`);
    }
  };

  const order = async (id: string, { action, reason, incidentId }: ContainmentOrder): Promise<string | null> => {
    const handle = client.workflow.getHandle(id);
    try {
      await (action === 'pause' ? handle.cancel() : handle.terminate(`Holdpoint incident ${incidentId}: ${reason}`));
      return null;
    } catch (error) {
      return error instanceof WorkflowNotFoundError ? null : messageOf(error);
    }
  };

  const verify = async (given: ContainmentOrder): Promise<ContainmentResult> => {
    const found = workflowIdOf(given);
    return 'refused' in found ? found.refused : lookAt(found.id, 'already_ended');
  };

  return {
    name: 'temporal',
    contain: async (given) => {
      const found = workflowIdOf(given);
      if ('refused' in found) return found.refused;
      const before = await lookAt(found.id, 'already_ended');
      if (before.status !== 'unconfirmed') return before;
      const failed = await order(found.id, given);
      if (failed !== null) return result('unconfirmed', `Temporal did not take the ${given.action}: ${failed}.`);
      const within = { withinMs: confirmWithinMs, everyMs: pollMs };
      // A workflow that answers the cancel by completing has obeyed.
      return lookUntil(clock, () => lookAt(found.id, 'confirmed'), ({ status }) => status !== 'unconfirmed', within);
    },
    verify,
    release: () => Promise.resolve({ released: true, evidence: NO_LONGER_RUNNING, atMs: clock.nowMs() }),
  };
};

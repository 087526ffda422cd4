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

const NO_LONGER_RUNNING =
  'No workflow is left to release; a new session is a new workflow, started by a person.';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

type Found = Omit<ContainmentResult, 'atMs'>;
const found = (status: ContainmentResult['status'], evidence: string): Found => ({ status, evidence });

/** The workflow's id, or why there is none. */
const workflowOf = (order: ContainmentOrder, ids: TemporalOptions['workflowIds']): { id: string } | Found => {
  const pattern = ids[order.agent];
  if (pattern === undefined) {
    return found('refused', `No workflow id is configured for ${order.agent}: add one to holdpoint.yaml.`);
  }
  if (order.sessionId === null && pattern.includes('{session}')) {
    const why = `Workflows of ${order.agent} are found by their session, and this order names none.`;
    return found('refused', why);
  }
  return { id: pattern.replaceAll('{session}', () => order.sessionId ?? '') };
};

/** What the server says; `ownEnd` is what an end without cancel or termination counts for. */
const lookAt = async (
  client: TemporalOptions['client'],
  id: string,
  ownEnd: 'confirmed' | 'already_ended',
): Promise<Found> => {
  try {
    const { status, closeTime, runId } = await client.workflow.getHandle(id).describe();
    const run = `Workflow ${id} (run ${runId})`;
    if (closeTime === undefined) return found('unconfirmed', `${run} is still ${status.name}.`);
    const closed = `${run} is ${status.name} since ${closeTime.toISOString()}, says Temporal.`;
    return found(CONTAINED.has(status.name) ? 'confirmed' : ownEnd, closed);
  } catch (error) {
    return error instanceof WorkflowNotFoundError
      ? found(
          'unconfirmed',
          `Temporal knows no workflow ${id}: it never ran here, or its history has expired.`,
        )
      : found('unconfirmed', `Temporal could not be asked: ${messageOf(error)}.`);
  }
};

/** Null where the server took the order, or there was nothing left to order. */
const giveOrder = async (
  client: TemporalOptions['client'],
  id: string,
  { action, reason, incidentId }: ContainmentOrder,
): Promise<Found | null> => {
  const handle = client.workflow.getHandle(id);
  try {
    await (action === 'pause'
      ? handle.cancel()
      : handle.terminate(`Holdpoint incident ${incidentId}: ${reason}`));
    return null;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    return found('unconfirmed', `Temporal did not take the ${action}: ${messageOf(error)}.`);
  }
};

/**
 * Contains an agent that is itself a workflow: pause cancels it, so that it can clean up, kill terminates it. Confirmed
 * when the server says that it has closed. Temporal cannot hold workflows that somebody starts anew.
 */
export const createTemporalContainment = (options: TemporalOptions): ContainmentAdapter => {
  const { client, workflowIds, confirmWithinMs = 5000, pollMs = 100, clock = systemClock } = options;
  const within = { withinMs: confirmWithinMs, everyMs: pollMs };
  const isSettled = ({ status }: Found): boolean => status !== 'unconfirmed';

  const contain = async (order: ContainmentOrder): Promise<Found> => {
    const workflow = workflowOf(order, workflowIds);
    if (!('id' in workflow)) return workflow;
    const before = await lookAt(client, workflow.id, 'already_ended');
    if (isSettled(before)) return before;
    const failed = await giveOrder(client, workflow.id, order);
    if (failed !== null) return failed;
    // A workflow that answers the cancel by completing has obeyed.
    return lookUntil(clock, () => lookAt(client, workflow.id, 'confirmed'), isSettled, within);
  };
  const verify = async (order: ContainmentOrder): Promise<Found> => {
    const workflow = workflowOf(order, workflowIds);
    return 'id' in workflow ? lookAt(client, workflow.id, 'already_ended') : workflow;
  };

  return {
    name: 'temporal',
    contain: async (order) => ({ ...(await contain(order)), atMs: clock.nowMs() }),
    verify: async (order) => ({ ...(await verify(order)), atMs: clock.nowMs() }),
    release: () => Promise.resolve({ released: true, evidence: NO_LONGER_RUNNING, atMs: clock.nowMs() }),
  };
};

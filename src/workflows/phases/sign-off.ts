import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild, WorkflowIdReusePolicy } from '@temporalio/workflow';
import {
  activeClasses,
  askable,
  hasNoEffect,
  isSettled,
  kindOf,
  needsClassifying,
} from '../../domain/incident/classes.ts';
import { isEmpty, minus, sizeOf } from '../../domain/incident/ranges.ts';
import type { IncidentState, SignOff } from '../../domain/incident/state.ts';
import type { Desk } from '../desk.ts';
import { reversalsWorkflowId } from '../ids.ts';
import { notifying } from '../proxies.ts';
import type { ReversalsStart } from '../reversals.ts';
import { keepDrafting } from './postmortem.ts';

/** Reversible classes nobody was asked about. The engine asks once the origin stands; people may ask earlier. */
const toAsk = (state: IncidentState): string[] =>
  state.origin === null
    ? []
    : activeClasses(state)
        .filter((item) => kindOf(item) === 'reversible' && !hasNoEffect(item) && !needsClassifying(item))
        .filter((item) => isEmpty(item.notDone) && !isEmpty(askable(item, false)))
        .map((item) => item.spec.classId)
        .filter(
          (id) => !Object.values(state.signOffs).some((one) => one.classId === id && one.status === 'open'),
        );

async function ask(desk: Desk, classId: string): Promise<void> {
  const planSha256 = desk.state.classes[classId]?.spec.planSha256;
  if (!planSha256) return;
  const count = Object.values(desk.state.signOffs).filter((request) => request.classId === classId).length;
  const requestId = `${classId}.${count + 1}`;
  desk.apply({ type: 'requestSignOff', requestId, classId, planSha256, remediation: null });
}

const toOrder = (state: IncidentState, request: SignOff) => {
  const item = state.classes[request.classId];
  if (!item || request.remediation || request.status === 'void' || item.superseded) return [];
  return minus(request.authorised, item.ordered).filter(([from, to]) =>
    isEmpty(minus([[from, to]], item.authorised)),
  );
};

async function order(desk: Desk, requestId: string): Promise<void> {
  const request = desk.state.signOffs[requestId];
  if (!request) return;
  const indices = toOrder(desk.state, request);
  const batchId = `${request.classId}-${Object.keys(desk.state.batches).length + 1}`;
  desk.apply({ type: 'orderReversals', batchId, requestId, indices });
}

/** The child outlives this run; its id is the batch's, so a second start is the same child. */
async function runBatch(desk: Desk, batchId: string): Promise<void> {
  const record = await desk.unrecorded();
  const batch = desk.state.batches[batchId];
  const spec = batch && desk.state.classes[batch.classId]?.spec;
  if (!batch || !spec) return;
  const { incidentId } = desk.state;
  const { classId, indices } = batch;
  const { planUri, planSha256 } = spec;
  const order: ReversalsStart = { incidentId, batchId, classId, planUri, planSha256, indices, record };
  try {
    await startChild('reversals', {
      workflowId: reversalsWorkflowId(incidentId, batchId),
      args: [order],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      staticSummary: `Reverse ${sizeOf(indices)} × ${spec.tool}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  await desk.until(() => desk.state.batches[batchId]?.reported === true);
}

/** An approver list that ages is read again, so that a signature is checked against people who may. */
function keepApproversFresh(desk: Desk): void {
  desk.beside('approvers', async () => {
    for (;;) {
      await desk.until(() => Object.values(desk.state.signOffs).some((request) => request.status === 'open'));
      const { incidentId, agent, policy, approvers } = desk.state;
      const maxAgeMs = approvers?.ids ? policy.approversMaxAgeMs / 2 : 60_000;
      const leftMs = (approvers?.at ?? 0) + maxAgeMs - Date.now();
      if (leftMs > 0) await desk.until(() => false, leftMs);
      desk.apply({ type: 'refreshApprovers', ...(await notifying.refreshApprovers({ incidentId, agent })) });
    }
  });
}

/**
 * Promise 3: no reversal without sign-off. Signed classes run in children that report back. Begins as soon as the
 * origin stands; the rest of the forensics goes on beside it.
 */
export function keepReversing(desk: Desk): void {
  keepApproversFresh(desk);
  keepDrafting(desk);
  desk.keep(
    'ask',
    () => toAsk(desk.state),
    (classId) => ask(desk, classId),
  );
  desk.keep(
    'order',
    () =>
      Object.values(desk.state.signOffs)
        .filter((request) => !isEmpty(toOrder(desk.state, request)))
        .map((request) => request.requestId),
    (requestId) => order(desk, requestId),
  );
  desk.keep(
    'batch',
    () =>
      Object.values(desk.state.batches)
        .filter((batch) => !batch.reported)
        .map((batch) => batch.batchId),
    (batchId) => runBatch(desk, batchId),
  );
}

export async function signOffAndReverse(desk: Desk): Promise<void> {
  await desk.until(() => Object.values(desk.state.classes).every(isSettled));
}

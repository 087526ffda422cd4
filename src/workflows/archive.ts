import { ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import { archivistWorkflowId } from './ids.ts';

/** Starts the child that exports this run's history: retention deletes each run by itself. */
export async function archive(incidentId: string): Promise<void> {
  const { runId, workflowId } = workflowInfo();
  await startChild('archivist', {
    workflowId: archivistWorkflowId(incidentId, runId),
    args: [{ incidentId, workflowId, runId }],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: `Archive the history of ${incidentId}`,
  });
}

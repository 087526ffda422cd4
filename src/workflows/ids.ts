/** Workflow ids have one home. At most 255 characters (SQL visibility). */

/** Incident ids are workflow ids: `inc-` + agent + `-` + digest of the dedup key + `-` + ordinal. */
export const incidentWorkflowId = (incidentId: string): string => `incident/${incidentId}`;
export const reversalsWorkflowId = (incidentId: string, batchId: string): string =>
  `reversals/${incidentId}/${batchId}`;
export const archivistWorkflowId = (incidentId: string, runId: string): string =>
  `archivist/${incidentId}/${runId}`;
export const TASK_QUEUE = 'holdpoint';

import { sleep } from '@temporalio/workflow';
import { recording } from './proxies.ts';

export interface ArchivistStart {
  incidentId: string;
  workflowId: string;
  runId: string;
}

/** Exports a run's history before Temporal forgets it. */
export async function archivist(start: ArchivistStart): Promise<void> {
  // The run that started this closes in the same moment; its last event belongs to the export.
  await sleep('2s');
  await recording.archiveHistory(start);
}

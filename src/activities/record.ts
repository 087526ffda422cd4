import { ApplicationFailure } from '@temporalio/activity';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { historyToJSON, type History } from '@temporalio/common/lib/proto-utils.js';
import { digestOf } from '../adapters/evidence/address.ts';
import { EvidenceErased, evidenceOf, type EvidenceStore } from '../adapters/evidence/port.ts';
import type { AuditLog, Documents } from '../store/port.ts';
import type { RecordActivities } from './types.ts';

export interface RecordDeps {
  store: { audit: Pick<AuditLog, 'append'>; documents: Pick<Documents, 'put'> };
  evidence: EvidenceStore;
  /** Reads workflow histories. */
  client: Client;
}

/** Documents that list the archived runs of an incident, `incident/run`: names alone cannot be listed. */
export const HISTORY_KIND = 'history';

/** The name of a run's history in the evidence store. */
export const historyName = (incidentId: string, runId: string): string[] => ['history', incidentId, runId];

/**
 * Every error is left to be retried: an incident that cannot be recorded waits, in sight of everybody, and goes on when
 * the cause is mended; failing it would lose it.
 */
export const createRecordActivities = ({ store, evidence, client }: RecordDeps): RecordActivities => ({
  appendEvents: async ({ incidentId, events }) => {
    const { head } = await store.audit.append(incidentId, events);
    return { head };
  },
  archiveHistory: async ({ incidentId, workflowId, runId }) => {
    const name = historyName(incidentId, runId);
    const listed = async (uri: string) => {
      await store.documents.put(HISTORY_KIND, `${incidentId}/${runId}`, { workflowId, runId, uri });
      return { uri, sha256: digestOf(uri) };
    };
    const archived = await evidence.named(name);
    if (archived !== null) return listed(archived);
    const history = await fetchClosed(client, workflowId, runId);
    const content = new TextEncoder().encode(historyToJSON(history));
    const { uri } = await evidenceOf(evidence, incidentId, 'history').put(content).catch(erased);
    return listed(await evidence.name(name, uri));
  },
});

/** What was erased is not archived after all. */
const erased = (error: unknown): never => {
  if (error instanceof EvidenceErased) throw ApplicationFailure.nonRetryable(error.message, error.name);
  throw error;
};

const CLOSING =
  /^workflowExecution(?:Completed|Failed|TimedOut|Canceled|Terminated|ContinuedAsNew)EventAttributes$/;

/** The whole history of a run, its closing event included. */
const fetchClosed = async (client: Client, workflowId: string, runId: string): Promise<History> => {
  const history = await client.workflow
    .getHandle(workflowId, runId)
    .fetchHistory()
    .catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError)
        throw ApplicationFailure.nonRetryable(
          `run ${runId} of ${workflowId} is no longer in Temporal: its history cannot be archived`,
          'HistoryGone',
        );
      throw error;
    });
  const last = history.events?.at(-1) ?? {};
  if (!Object.entries(last).some(([key, value]) => CLOSING.test(key) && value))
    throw ApplicationFailure.retryable(`run ${runId} of ${workflowId} has not closed yet`, 'RunStillOpen');
  return history;
};

import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { isObject } from '../forensics/read/json.ts';
import { HISTORY_KIND } from '../activities/record.ts';
import { digestOf } from '../adapters/evidence/address.ts';
import { EvidenceErased, type EvidenceStore } from '../adapters/evidence/port.ts';
import { erasureOf } from '../audit/format.ts';
import { type ErasedRun, readRunHistory } from '../audit/history.ts';
import type { Config } from '../config/types.ts';
import { createStore } from '../store/create.ts';
import type { AuditRow, Store } from '../store/port.ts';
import { incidentWorkflowId } from '../workflows/ids.ts';
import { masterKeyOf } from './master-key.ts';
import { openEvidence } from './evidence.ts';

export interface FoundRun {
  runId: string;
  from: 'Temporal' | 'the archive';
  /** Temporal's JSON, and its text as it is kept. */
  value: unknown;
  text: string;
}

export interface FoundHistories {
  runs: FoundRun[];
  /** Archives that can never be read again. */
  erased: ErasedRun[];
  /** What could not be read, and why, in sentences. */
  notes: string[];
}

export interface Histories {
  of(incidentId: string): Promise<FoundHistories>;
  rows(incidentId: string): Promise<AuditRow[]>;
  close(): Promise<void>;
}

const CONNECT_MS = 5_000;

const connected = async ({ temporal: { address, tls, apiKey, namespace } }: Config) => {
  const key = apiKey?.reveal();
  try {
    const connection = await Connection.connect({
      address,
      tls,
      connectTimeout: CONNECT_MS,
      ...(key ? { apiKey: key } : {}),
    });
    return { connection, client: new Client({ connection, namespace }) };
  } catch {
    return null;
  }
};

const runOf = (runId: string, from: FoundRun['from'], text: string): FoundRun => ({
  runId,
  from,
  text,
  value: JSON.parse(text) as unknown,
});

/** The newest run and those before it, as long as Temporal or the archive has them; the archived ones are not read again. */
const runsInTemporal = async (
  client: Client,
  incidentId: string,
  archived: readonly FoundRun[],
): Promise<FoundRun[]> => {
  const runs: FoundRun[] = [];
  const has = new Map(archived.map((run) => [run.runId, run]));
  const workflowId = incidentWorkflowId(incidentId);
  const fetched = async (runId: string): Promise<FoundRun> => {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const run = runOf(runId, 'Temporal', historyToJSON(history));
    runs.push(run);
    return run;
  };
  try {
    let runId: string | null = (await client.workflow.getHandle(workflowId).describe()).runId;
    while (runId !== null) {
      const run: FoundRun = has.get(runId) ?? (await fetched(runId));
      runId = readRunHistory(run.value, runId).previousRunId;
    }
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  return runs;
};

interface Archive {
  store: Pick<Store, 'documents' | 'erasures'>;
  evidence: EvidenceStore;
}

const erasedRun = async (
  { store }: Archive,
  incidentId: string,
  { runId, uri }: { runId: string; uri: string },
): Promise<ErasedRun> => {
  const erasure = await store.erasures.erasureOf(`${incidentId}/history`);
  return {
    kind: 'holdpoint-erased-history',
    runId,
    sha256: digestOf(uri),
    erasure: erasure && erasureOf(erasure),
  };
};

/** Every archived run: read, erased, or why it cannot be read now; one that fails keeps none of the others back. */
const runsInArchive = async (archive: Archive, incidentId: string): Promise<FoundHistories> => {
  const found: FoundHistories = { runs: [], erased: [], notes: [] };
  for (const { value } of await archive.store.documents.list(HISTORY_KIND, `${incidentId}/`)) {
    if (!isObject(value) || typeof value['runId'] !== 'string' || typeof value['uri'] !== 'string') continue;
    const run = { runId: value['runId'], uri: value['uri'] };
    try {
      const text = new TextDecoder().decode(await archive.evidence.get(run.uri));
      found.runs.push(runOf(run.runId, 'the archive', text));
    } catch (error) {
      if (error instanceof EvidenceErased) found.erased.push(await erasedRun(archive, incidentId, run));
      else
        found.notes.push(`The archive of run ${run.runId} (${run.uri}) cannot be read: ${reasonOf(error)}.`);
    }
  }
  return found;
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Where the histories of incidents are: the archive first, Temporal for what is not there yet. */
export async function openHistories(config: Config): Promise<Histories> {
  const url = config.database.url?.reveal();
  if (!url) throw new Error('No database: set DATABASE_URL to the Postgres that has the records.');
  const store = await createStore({ url, poolSize: 2, masterKey: masterKeyOf(config) });
  const { store: evidence } = openEvidence(config.evidence, store.erasures);
  const temporal = await connected(config);
  return {
    rows: (incidentId) => store.audit.rows(incidentId),
    of: async (incidentId) => {
      const { runs, erased, notes } = await runsInArchive({ store, evidence }, incidentId);
      if (temporal) runs.push(...(await runsInTemporal(temporal.client, incidentId, runs)));
      else
        notes.push(
          `Temporal at ${config.temporal.address} does not answer: a run that is open is not shown.`,
        );
      return { runs, erased, notes };
    },
    close: async () => {
      await temporal?.connection.close();
      await store.close();
    },
  };
}

import { Client, Connection } from '@temporalio/client';
import type { EvidenceStore } from '../adapters/evidence/port.ts';
import { type Baseline, createBaseline } from '../activities/baseline.ts';
import { createIncidents } from '../client/incidents.ts';
import type { Incidents } from '../client/port.ts';
import type { Config } from '../config/types.ts';
import type { Signer } from '../sign/envelope.ts';
import { createStore } from '../store/create.ts';
import type { Store } from '../store/port.ts';
import type { WorkflowSettings } from '../workflows/messages.ts';
import { masterKeyOf } from './master-key.ts';
import { openEvidence } from './evidence.ts';
import { signerOf } from './signing.ts';

/** What every Holdpoint process stands on. */
export interface Parts {
  config: Config;
  store: Store;
  evidence: EvidenceStore;
  connection: Connection;
  client: Client;
  signer: Signer;
  incidents: Incidents;
  baseline: Baseline;
  close(): Promise<void>;
}

export const workflowSettings: WorkflowSettings = {
  continueAfter: 1_000,
  containmentRetryMs: 2_000,
  cardQuietMs: 1_000,
  searchAttributes: true,
};

/** Connects everything; throws with the name of what does not answer. */
export async function openParts(config: Config): Promise<Parts> {
  const databaseUrl = config.database.url?.reveal();
  if (!databaseUrl)
    throw new Error('No database: set DATABASE_URL, or use `holdpoint up`, which brings one.');
  const signer = signerOf(config);
  const { address, namespace, taskQueue, apiKey, tls } = config.temporal;
  const key = apiKey?.reveal();
  const connection = await Connection.connect({ address, tls, ...(key ? { apiKey: key } : {}) });
  const store = await createStore({
    url: databaseUrl,
    signing: { keyId: signer.keyId, signBytes: signer.signBytes },
    masterKey: masterKeyOf(config),
  });
  const client = new Client({ connection, namespace });
  const incidents = createIncidents({
    client,
    signer,
    publicKeys: { [signer.keyId]: signer.publicKey },
    taskQueue,
    settings: workflowSettings,
    config,
    projection: store.incidents,
  });
  return {
    config,
    store,
    evidence: openEvidence(config.evidence, store.erasures).store,
    connection,
    client,
    signer,
    incidents,
    baseline: createBaseline({
      ...store,
      subagentsOf: (agent) => config.agents[agent]?.subagentsAllowed ?? [],
    }),
    close: async () => {
      await connection.close();
      await store.close();
    },
  };
}

import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { createRecordActivities, historyName } from '../../src/activities/record.ts';
import { createEncryptedEvidence } from '../../src/adapters/evidence/encrypted.ts';
import { EvidenceErased } from '../../src/adapters/evidence/port.ts';
import { createFilesystemEvidence } from '../../src/adapters/evidence/filesystem.ts';
import { ended, history, note, numbered, sha256 } from '../store/events.ts';
import { testStore, type TestStore } from '../store/store.ts';
import { newFolder, removeFolder } from '../support/folder.ts';
import { testEnvironment, workflowBundle } from '../support/temporal.ts';

let db: TestStore;
let environment: TestWorkflowEnvironment;
let dir: string;
beforeAll(async () => {
  [db, environment] = await Promise.all([testStore(), testEnvironment()]);
});
afterAll(async () => {
  await environment.teardown();
  await db.end();
});
beforeEach(() => {
  dir = newFolder();
});
afterEach(() => removeFolder(dir));

const recording = (client: Client = environment.client) =>
  createRecordActivities({ store: db.store, evidence: createFilesystemEvidence({ dir }), client });

describe('appendEvents', () => {
  it('gives the head that the events lead to, the same for a repeat', async () => {
    const events = history('inc-1', 3);
    const first = await recording().appendEvents({ incidentId: 'inc-1', events });
    expect(first).toEqual({ head: (await db.store.audit.head('inc-1'))?.head });
    expect(await recording().appendEvents({ incidentId: 'inc-1', events })).toEqual(first);
  });

  it('fails over other content, so that the incident waits in sight and is not lost', async () => {
    await recording().appendEvents({ incidentId: 'inc-2', events: history('inc-2', 2) });
    const events = numbered([note('other')], 2);
    await expect(recording().appendEvents({ incidentId: 'inc-2', events })).rejects.toMatchObject({
      name: 'AuditConflict',
    });
  });
});

describe('archiveHistory', () => {
  /** A workflow that nobody works on: it stays open until it is ended from outside. */
  const start = async () => {
    const workflowId = `record-test-${randomUUID()}`;
    const handle = await environment.client.workflow.start('archivist', {
      workflowId,
      taskQueue: `nobody-${workflowId}`,
      args: [{ incidentId: 'inc-3', workflowId, runId: 'none' }],
    });
    return { handle, order: { incidentId: 'inc-3', workflowId, runId: handle.firstExecutionRunId } };
  };

  it('waits until the run has closed, so that its last event is in the export', async () => {
    const { handle, order } = await start();
    await expect(recording().archiveHistory(order)).rejects.toMatchObject({
      type: 'RunStillOpen',
      nonRetryable: false,
    });
    await handle.terminate('done');
    const { uri, sha256: digest } = await recording().archiveHistory(order);
    const evidence = createFilesystemEvidence({ dir });
    const bytes = await evidence.get(uri);
    expect(sha256(bytes)).toBe(digest);
    expect(await evidence.named(historyName('inc-3', order.runId))).toBe(uri);
    const { events } = JSON.parse(new TextDecoder().decode(bytes));
    expect(events.at(-1).eventType).toBe('EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED');
  });

  it('is under the key of its incident where evidence is encrypted, and is not made once that was destroyed', async () => {
    await db.store.audit.append('inc-3', [...history('inc-3', 2), ...numbered([ended], 3)]);
    const { handle, order } = await start();
    await handle.terminate('done');
    const plain = createFilesystemEvidence({ dir });
    const evidence = createEncryptedEvidence(plain, db.store.erasures);
    const sealing = createRecordActivities({ store: db.store, evidence, client: environment.client });
    const { uri } = await sealing.archiveHistory(order);
    expect(new TextDecoder().decode(await plain.get(uri))).not.toContain('eventType');
    expect(new TextDecoder().decode(await evidence.get(uri))).toContain('WORKFLOW_EXECUTION_TERMINATED');
    const later = await start();
    await later.handle.terminate('done');
    await db.store.erasures.eraseWords({ incidentId: 'inc-3', by: 'person:ana', reason: 'asked' });
    await expect(evidence.get(uri)).rejects.toThrow(EvidenceErased);
    await expect(sealing.archiveHistory(later.order)).rejects.toMatchObject({
      type: 'EvidenceErased',
      nonRetryable: true,
    });
  });

  it('is a history that replays', async () => {
    const { handle, order } = await start();
    await handle.terminate('done');
    const { uri } = await recording().archiveHistory(order);
    const text = new TextDecoder().decode(await createFilesystemEvidence({ dir }).get(uri));
    await Worker.runReplayHistory({ workflowBundle: workflowBundle() }, JSON.parse(text), order.workflowId);
  });

  it('says the same again when Temporal has forgotten the run', async () => {
    const { handle, order } = await start();
    await handle.terminate('done');
    const first = await recording().archiveHistory(order);
    const forgotten = {
      workflow: {
        getHandle: () => ({
          fetchHistory: () =>
            Promise.reject(new WorkflowNotFoundError('gone', order.workflowId, order.runId)),
        }),
      },
    } as unknown as Client;
    expect(await recording(forgotten).archiveHistory(order)).toEqual(first);
    const other = { ...order, runId: randomUUID() };
    await expect(recording(forgotten).archiveHistory(other)).rejects.toMatchObject({
      type: 'HistoryGone',
      nonRetryable: true,
    });
  });
});

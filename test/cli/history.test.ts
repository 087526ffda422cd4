import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { temporal } from '@temporalio/proto';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { stringify } from 'yaml';
import { HISTORY_KIND } from '../../src/activities/record.ts';
import { createEncryptedEvidence } from '../../src/adapters/evidence/encrypted.ts';
import { createFilesystemEvidence } from '../../src/adapters/evidence/filesystem.ts';
import { evidenceOf } from '../../src/adapters/evidence/port.ts';
import type { IncidentEvent } from '../../src/domain/incident/event.ts';
import { createStore } from '../../src/store/create.ts';
import { createMasterKey } from '../../src/store/master-key.ts';
import type { Store } from '../../src/store/port.ts';
import { SECRETS, settings } from '../http/world.ts';
import { testStore, type TestStore } from '../store/store.ts';
import { fromSetup } from '../support/environment.ts';
import { newFolder, removeFolder } from '../support/folder.ts';
import { run } from './run.ts';

const MASTER = randomBytes(32);
const history = temporal.api.history.v1.History.decode(
  gunzipSync(readFileSync(join(__dirname, '../histories/v1/phase-ended.bin.gz'))),
);

/** What a recorded run sent to the audit log, words and all. */
const sent = (history.events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => {
  if (scheduled?.activityType?.name !== 'appendEvents') return [];
  const [payload] = scheduled.input?.payloads ?? [];
  const order = JSON.parse(Buffer.from(payload?.data ?? []).toString('utf8')) as { events: IncidentEvent[] };
  return order.events;
});
const [first] = sent;
const incidentId = first?.type === 'incidentOpened' ? first.data.incidentId : '';

let db: TestStore;
let store: Store;
let folder: string;
let before: NodeJS.ProcessEnv;
/** Keeps a text as the archived history of a run; its address. */
let archive: (runId: string, text: string) => Promise<string>;
let firstUri: string;
beforeAll(async () => {
  db = await testStore();
  folder = newFolder();
  store = await createStore({ url: db.url, masterKey: createMasterKey(MASTER) });
  const events = [...new Map(sent.map((event) => [event.seq, event])).values()];
  await store.audit.append(
    incidentId,
    events.toSorted((a, b) => a.seq - b.seq),
  );
  const evidence = createEncryptedEvidence(
    createFilesystemEvidence({ dir: join(folder, 'evidence') }),
    store.erasures,
  );
  archive = async (runId, text) => {
    const { uri } = await evidenceOf(evidence, incidentId, 'history').put(new TextEncoder().encode(text));
    await store.documents.put(HISTORY_KIND, `${incidentId}/${runId}`, { workflowId: 'w', runId, uri });
    return uri;
  };
  firstUri = await archive('run-1', historyToJSON(history));
  const config = { ...settings({}), evidence: { dir: './evidence', encrypt: true } };
  writeFileSync(join(folder, 'holdpoint.yaml'), stringify(config));
  before = process.env;
  process.env = {
    ...before,
    ...SECRETS,
    DATABASE_URL: db.url,
    TEMPORAL_ADDRESS: fromSetup('HOLDPOINT_TEST_TEMPORAL'),
    HOLDPOINT_MASTER_KEY: MASTER.toString('base64'),
  };
});
afterAll(async () => {
  process.env = before;
  await store.close();
  await db.end();
  removeFolder(folder);
});

const audit = (...args: string[]) => run(['audit', ...args], () => createStore({ url: db.url, poolSize: 1 }));
const config = (): string[] => ['--config', join(folder, 'holdpoint.yaml')];

test('the archive and the log are joined, on line and off', async () => {
  const all = await store.audit.rows(incidentId);
  const joined = `joined: ${all.length} of ${all.length} records were sent by these histories`;
  const histories = join(folder, 'histories');
  const { output, code } = await audit('history', incidentId, ...config(), '--out', histories);
  expect(output).toMatch(/run \S+ {2}completed {2}\d+ events, \d+ records, from the archive/);
  expect({ last: output.trimEnd().split('\n').at(-1), code }).toEqual({ last: joined, code: 0 });
  const file = join(folder, 'one.jsonl');
  await audit('export', '--incident', incidentId, '--out', file);
  expect((await audit('join', file, histories)).output).toBe(`${joined}\n`);
});

test('a record that was changed in the log is named by its history', async () => {
  await db.query('alter table audit_event disable trigger user');
  await db.query(
    `update audit_event set event = jsonb_set(event::jsonb, '{commandId}', '"forged"')::json where incident_id = $1 and seq = 3`,
    [incidentId],
  );
  const { output, code } = await audit('history', incidentId, ...config());
  expect({ code, output }).toEqual({
    code: 1,
    output: expect.stringMatching(/NOT JOINED[\s\S]*Record 3 is not what the history sent\./),
  });
});

test('an unknown incident is said', async () => {
  await expect(audit('history', 'inc-nobody', ...config())).rejects.toThrow(
    'There is no incident inc-nobody',
  );
});

test('an archive that cannot be read now is named with its remedy, and the rest is shown', async () => {
  process.env['HOLDPOINT_MASTER_KEY'] = randomBytes(32).toString('base64');
  const { output, code } = await audit('history', incidentId, ...config());
  process.env['HOLDPOINT_MASTER_KEY'] = MASTER.toString('base64');
  expect(code).toBe(1);
  expect(output).toMatch(
    /The archive of run run-1 \(sha256:\w+\) cannot be read: .*set HOLDPOINT_MASTER_KEY/,
  );
  expect(output).toContain('No history sent records 1 to');
});

test('an archive that was erased is named: when, by which record, with its digest; the rest is shown', async () => {
  const secondUri = await archive('run-2', 'another run');
  await store.erasures.eraseWords({ incidentId, by: 'person:ana', reason: 'asked for' });
  const [erasure] = await store.erasures.erased(incidentId);
  const histories = join(folder, 'erased');
  const { output, code } = await audit('history', incidentId, ...config(), '--out', histories);
  const when = new Date(erasure?.atMs ?? 0).toISOString();
  const how = `words erased ${when} by person:ana: asked for (erasure ${erasure?.id})`;
  const gone = [`run run-1  archive ${firstUri}  ${how}`, `run run-2  archive ${secondUri}  ${how}`];
  const all = (await store.audit.rows(incidentId)).length;
  const told = [
    `joined in part: 0 of ${all} records were sent by these histories`,
    `  Nobody can tell any more who sent records 1 to ${all}: an archive was erased.`,
  ];
  expect({ lines: output.trimEnd().split('\n'), code }).toEqual({ lines: [...gone, ...told], code: 0 });
  const file = join(folder, 'erased.jsonl');
  await audit('export', '--incident', incidentId, '--out', file);
  const joined = await audit('join', file, histories);
  expect({ lines: joined.output.trimEnd().split('\n').toSorted(), code: joined.code }).toEqual({
    lines: [...gone, ...told].toSorted(),
    code: 0,
  });
  expect((await audit('verify', file)).output).toContain(`  of ${incidentId}: ${how}`);
  expect((await audit('erasures')).output).toContain(`asked for (erasure ${erasure?.id})`);
});

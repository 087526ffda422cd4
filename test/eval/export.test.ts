import { createHash } from 'node:crypto';
import { sessionFromFile } from '../../src/adapters/traces/session-file.ts';
import { createFilesystemEvidence } from '../../src/adapters/evidence/filesystem.ts';
import { createOnSession } from '../../src/activities/long/on-session.ts';
import { createLessonActivities } from '../../src/activities/lesson.ts';
import type { Manifest } from '../../src/activities/preserve/manifest.ts';
import { writeSteps } from '../../src/activities/preserve/steps-file.ts';
import { configFrom } from '../../src/config.ts';
import { analyse } from '../../src/forensics/analyse.ts';
import { learnProfile } from '../../src/forensics/learned/profile.ts';
import { exportEvalFile } from '../../src/eval/export.ts';
import { judgeRecorded } from '../../src/eval/run.ts';
import { parse } from 'yaml';
import { smallEnv, smallText } from '../config/given.ts';
import { numbered, opened } from '../store/events.ts';
import { testStore, type TestStore } from '../store/store.ts';
import { newFolder, removeFolder } from '../support/folder.ts';
import { record } from './recordings.ts';

const INCIDENT = 'loan-agent-0123456789ab-1';
let folder: string;
let db: TestStore;
beforeAll(async () => {
  folder = newFolder();
  db = await testStore();
}, 60_000);
afterAll(async () => {
  await db.end();
  removeFolder(folder);
});

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

it('takes the case of an incident, its sealed session and what the analysis knew into one file', async () => {
  const { sealed, clean } = await record(folder);
  const session = await sessionFromFile(sealed);
  const cleanSessions = await Promise.all(clean.map((path) => sessionFromFile(path)));
  const given = { name: 'holdpoint.yaml', folder, env: { ...smallEnv, HOLDPOINT_EVIDENCE_DIR: folder } };
  const config = configFrom(
    parse(smallText.replace('send_letter:', 'verify_income: { effect: read }, send_letter:')),
    given,
  );
  const evidence = createFilesystemEvidence({ dir: config.evidence.dir });
  const tools = config.agents['loan-agent']?.tools ?? null;
  const profile = learnProfile(cleanSessions.slice(0, 5));
  await db.store.documents.put('profile', 'loan-agent', profile);

  const steps = await writeSteps(session);
  const manifest: Manifest = {
    kind: 'holdpoint-seal',
    version: 1,
    incidentId: INCIDENT,
    agent: 'loan-agent',
    sessionId: session.sessionId,
    sealNumber: 1,
    previousUri: null,
    source: 'store',
    pages: [],
    spans: session.steps.length,
    steps: { ...(await evidence.put(steps)), bytes: steps.length, count: session.steps.length },
    completeness: session.completeness,
    exportComplete: true,
    missing: [],
    maskedFields: [],
    exportedAtMs: 3,
    sessionStartedAtMs: 1,
    sessionEndedAtMs: 2,
    rotatesAtMs: null,
    modelCalls: 3,
    tokens: 360,
    costUsd: null,
    baselineTokens: null,
  };
  const bytes = new TextEncoder().encode(JSON.stringify(manifest));
  const { uri } = await evidence.put(bytes);
  const seal = {
    sessionId: session.sessionId,
    sealNumber: 1,
    manifestSha256: digest(bytes),
    uri,
    pages: 1,
    steps: session.steps.length,
    complete: true,
    missing: [],
    sessionStartedAtMs: 1,
    sessionEndedAtMs: 2,
    sealedAtMs: 3,
    rotatesAtMs: null,
    modelCalls: 3,
    tokens: 360,
    costUsd: null,
    baselineTokens: null,
  };
  await db.store.audit.append(
    INCIDENT,
    numbered([
      opened(INCIDENT),
      { type: 'sessionJoined', data: { sessionId: session.sessionId, because: 'named by the alert' } },
      { type: 'sessionSealed', data: { seal, beforeRotation: true } },
    ]),
  );
  await expect(exportEvalFile(config, db.store, INCIDENT)).rejects.toThrow('has no eval case');

  const analysis = await evidence.put(
    new TextEncoder().encode(JSON.stringify(analyse(session, { tools, profile }))),
  );
  const lessons = createLessonActivities({
    evidence,
    onSession: createOnSession(evidence),
    toolsFor: () => tools,
    profileFor: () => Promise.resolve(profile),
    cleanSessions: () => Promise.resolve(cleanSessions.slice(5)),
    documents: db.store.documents,
  });
  const proof = await lessons.runEvalRegression({
    agent: 'loan-agent',
    incidentId: INCIDENT,
    manifestUri: uri,
    analysisUri: analysis.uri,
    originStep: 3,
  } as Parameters<typeof lessons.runEvalRegression>[0]);
  expect(proof).toMatchObject({ ok: true });

  const file = await exportEvalFile(config, db.store, INCIDENT);
  expect(file).toMatchObject({
    kind: 'holdpoint-eval',
    case: { originStep: 3 },
    sealed: { sessionId: 'sealed' },
  });
  const suite = judgeRecorded(file, [
    { name: 'sealed', session },
    ...cleanSessions.slice(5).map((one) => ({ name: one.sessionId, session: one })),
  ]);
  expect(suite.tried.map(({ status }) => status)).toEqual(['failed', 'passed', 'passed', 'passed']);
}, 120_000);

it('says that there is no such incident', async () => {
  const config = configFrom(parse(smallText), { name: 'holdpoint.yaml', folder, env: smallEnv });
  await expect(exportEvalFile(config, db.store, 'nothing')).rejects.toThrow('there is no incident nothing');
});

import { createLessonActivities } from '../../src/activities/lesson.ts';
import { jobs } from '../../src/activities/long/jobs.ts';
import { analyse } from '../../src/forensics/analyse.ts';
import { learnProfile } from '../../src/forensics/learned/profile.ts';
import type { Documents } from '../../src/store/port.ts';
import { createStore } from '../../src/store/create.ts';
import type { Store } from '../../src/store/port.ts';
import { createFilesystemEvidence } from '../../src/adapters/evidence/filesystem.ts';
import { cleanLoans, loanSession, LOAN_TOOLS, plainIncome } from '../forensics/session-builder.ts';
import { newFolder, removeFolder } from '../support/folder.ts';
import { freshDatabase, type FreshDatabase } from '../support/postgres.ts';

let database: FreshDatabase;
let store: Store;
const folder = newFolder();
beforeAll(async () => {
  database = await freshDatabase();
  store = await createStore({ url: database.url });
});
afterAll(async () => {
  await store.close();
  await database.drop();
  removeFolder(folder);
});

const { annual_income, ...rest } = plainIncome(55_000, 70) as { [key: string]: unknown };
const sealed = loanSession(70, () => ({ ...rest, gross_income_yearly: annual_income }), 'declined');
const profile = learnProfile(cleanLoans());
const bothItems = ['eval_regression' as const, 'alert_or_flag' as const];

/** Lessons whose documents of one kind cannot be written. */
async function lessons(refused: string | null) {
  const evidence = createFilesystemEvidence({ dir: folder });
  const analysis = analyse(sealed, { tools: LOAN_TOOLS, profile });
  const { uri } = await evidence.put(new TextEncoder().encode(JSON.stringify(analysis)));
  const reads = { clean: 0 };
  const documents: Documents = {
    ...store.documents,
    put: async (kind, ...more) => {
      if (refused === kind || refused === 'all') throw new Error(`no ${kind} today`);
      return store.documents.put(kind, ...more);
    },
  };
  const { proveLesson } = createLessonActivities({
    evidence,
    documents,
    onSession: (name, _manifestUri, lesson) => jobs[name](sealed, lesson),
    toolsFor: () => LOAN_TOOLS,
    profileFor: async () => profile,
    cleanSessions: async () => {
      reads.clean += 1;
      return [101, 102, 103].map((n) => loanSession(n));
    },
  });
  const order = {
    incidentId: 'inc-lesson',
    agent: 'loan-agent',
    sessionId: sealed.sessionId,
    manifestUri: 'sha256:0',
    analysisUri: uri,
    originStep: analysis.faultOrigin.candidates[0]?.step ?? 1,
    mode: 'tool_misfire',
  };
  return { prove: (items: typeof bothItems) => proveLesson({ ...order, items }), reads };
}

it('proves both items from one reading of the clean sessions', async () => {
  const { prove, reads } = await lessons(null);
  expect(await prove(bothItems)).toMatchObject([
    { item: 'eval_regression', ok: true },
    { item: 'alert_or_flag', ok: true },
  ]);
  expect(reads.clean).toBe(1);
});

it('proves the item that is asked for', async () => {
  const { prove } = await lessons(null);
  expect(await prove(['alert_or_flag'])).toMatchObject([{ item: 'alert_or_flag', ok: true }]);
});

it('leaves out what cannot be tried now, so that the other one waits for nothing', async () => {
  const { prove } = await lessons('eval_case');
  expect(await prove(bothItems)).toMatchObject([{ item: 'alert_or_flag', ok: true }]);
});

it('fails, to be tried again, when neither can be tried', async () => {
  const { prove } = await lessons('all');
  await expect(prove(bothItems)).rejects.toThrow('no eval_case today');
});

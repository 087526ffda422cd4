import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { temporal } from '@temporalio/proto';
import { phaseOf, phases } from '../../src/domain/incident/phase.ts';
import { incidentWorkflowId } from '../../src/workflows/ids.ts';
import { testEnvironment } from '../support/temporal.ts';
import { House } from './support/house.ts';

// Records the golden histories: `npm run histories:record`. Only after a deliberate, patched change of workflow code;
// histories recorded before stay and must go on replaying.
const FOLDER = process.env['HISTORIES_DIR'] ?? 'test/histories/v1';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await testEnvironment();
  mkdirSync(FOLDER, { recursive: true });
});
afterAll(() => env.teardown());

async function save(house: House, name: string, runId?: string): Promise<void> {
  const history = await house.client.workflow
    .getHandle(incidentWorkflowId(house.incidentId), runId)
    .fetchHistory();
  const bytes = temporal.api.history.v1.History.encode(history).finish();
  writeFileSync(`${FOLDER}/${name}.bin.gz`, gzipSync(bytes, { level: 9 }));
}

/** Phases in which nobody decides are over at once with activities that answer at once; these take their time. */
function slowDown({ recorded }: House): void {
  const { contain, sealSession, mapBlastRadius, sendPostmortem } = recorded.activities;
  const slowly =
    <A extends unknown[], R>(activity: (...args: A) => Promise<R>, ms = 1_000) =>
    async (...args: A): Promise<R> => {
      await pause(ms);
      return activity(...args);
    };
  Object.assign(recorded.activities, {
    contain: slowly(contain),
    sealSession: slowly(sealSession),
    // Made once: still under way when people have confirmed what it is made from.
    mapBlastRadius: slowly(mapBlastRadius, 4_000),
    sendPostmortem: slowly(sendPostmortem),
  });
}

it('records one history a phase', async () => {
  const house = new House(env);
  slowDown(house);
  await house.live(async () => {
    await house.alert(null);
    const seen = new Map<string, Promise<void>>();
    const watching = setInterval(() => {
      const phase = phaseOf(house.folded());
      if (phase !== 'ended' && !seen.has(phase)) seen.set(phase, save(house, `phase-${phase}`));
    }, 10);
    house.beforeEach = () => pause(400);
    await house.until('offered', (s) => s.offered.length > 0);
    await house.send({ type: 'nameSession', sessionId: 's-1' });
    await house.decideAll();
    await house.handle.result();
    clearInterval(watching);
    await Promise.all(seen.values());
    await save(house, 'phase-ended');
    expect([...seen.keys(), 'ended'].sort()).toEqual([...phases].sort());
  });
});

it('records one history a continue-as-new', async () => {
  const house = new House(env);
  house.settings = { ...house.settings, continueAfter: 1 };
  house.beforeEach = () => pause(150);
  await house.live(async () => {
    await house.alert();
    await house.decideAll();
    await house.handle.result();
    const executions = env.client.workflow.list({
      query: `WorkflowId = "${incidentWorkflowId(house.incidentId)}"`,
    });
    const runs: { runId: string; at: number }[] = [];
    for await (const { runId, startTime } of executions) runs.push({ runId, at: startTime.getTime() });
    runs.sort((a, b) => a.at - b.at);
    for (const [i, { runId }] of runs.entries())
      await save(house, `run-${String(i + 1).padStart(2, '0')}`, runId);
  });
});

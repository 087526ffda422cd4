import { temporal } from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { phases } from '../../src/domain/incident/phase.ts';
import { workflowBundle } from '../support/temporal.ts';

const FOLDER = 'test/histories';
const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.bin.gz'),
);

const load = (name: string) =>
  temporal.api.history.v1.History.decode(gunzipSync(readFileSync(`${FOLDER}/${name}`)));

it('has a golden history of every phase, and of continue-as-new', () => {
  for (const phase of phases) expect(files.join(' ')).toContain(`phase-${phase}`);
  expect(files.filter((name) => name.includes('run-')).length).toBeGreaterThan(8);
});

it('replays every golden history with the code of today', async () => {
  const histories = files.map((name) => ({ workflowId: `incident/${name}`, history: load(name) }));
  const failed: string[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories(
    { workflowBundle: workflowBundle() },
    histories,
  ))
    if (error) failed.push(`${workflowId}: ${error.message}`);
  expect(failed).toEqual([]);
}, 300_000);

it('notices a history that today’s code would not have made', async () => {
  const name = files.find((file) => file.includes('phase-ended'));
  const history = load(name ?? '');
  const scheduled = history.events.find(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'sealSession',
  );
  expect(scheduled).toBeDefined();
  scheduled!.activityTaskScheduledEventAttributes!.activityType!.name = 'contain';
  const results = [];
  for await (const result of Worker.runReplayHistories({ workflowBundle: workflowBundle() }, [
    { workflowId: 'incident/altered', history },
  ]))
    results.push(result);
  expect(results[0]?.error).toBeDefined();
});

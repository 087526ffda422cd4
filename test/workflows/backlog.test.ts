import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { incidentWorkflowId } from '../../src/workflows/ids.ts';
import { testEnvironment } from '../support/temporal.ts';
import { person, proseOf } from './support/cast.ts';
import { LARGEST_BYTES, runsOf, sizesOf } from './support/histories.ts';
import { House } from './support/house.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await testEnvironment();
});
afterAll(() => env.teardown());

/** As long as words may be, each character three bytes. */
const LONG = '止'.repeat(3_000);
const NOTES = 320;

it('keeps an incident whole while the audit log is out of reach and people write a lot', async () => {
  const house = new House(env);
  house.settings = { ...house.settings, continueAfter: NOTES / 2 };
  const { appendEvents } = house.recorded.activities;
  let isAway = false;
  house.recorded.activities.appendEvents = async (order) => {
    if (isAway) throw new Error('the database does not answer');
    return appendEvents(order);
  };
  let firstRunId = '';
  await house.live(async () => {
    await house.alert();
    firstRunId = (await house.handle.describe()).runId;
    await house.until('analysed', (s) => s.mode.suggested !== null);
    isAway = true;
    for (let i = 0; i < NOTES; i += 1)
      await house.send(
        { type: 'addNote', id: `note-${i}`, text: proseOf(`${i} ${LONG}`.slice(0, 3_000)) },
        person('ana'),
      );
    expect((await house.state()).notes).toBe(NOTES);
    isAway = false;
    // The recorder may have come to its longest pause between two tries.
    const onRecord = ({ seq }: { seq: number }): boolean =>
      house.recorded.log.some((event) => event.seq === seq);
    await house.until('on record', onRecord, 90_000);
    await house.until(
      'handed over',
      ({ notes }) => notes === NOTES && house.recorded.calls.includes('archiveHistory'),
    );
  });
  const seqs = house.recorded.log.map(({ seq }) => seq).sort((a, b) => a - b);
  expect(seqs).toEqual(seqs.map((_, i) => i + 1));
  expect(house.recorded.log.filter(({ type }) => type === 'noteAdded')).toHaveLength(NOTES);
  const sizes = sizesOf(await runsOf(env.client, incidentWorkflowId(house.incidentId), firstRunId));
  expect(sizes.runs).toBeGreaterThan(1);
  expect(sizes.largestBytes).toBeLessThanOrEqual(LARGEST_BYTES);
}, 180_000);

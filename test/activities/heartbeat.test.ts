import { MockActivityEnvironment } from '@temporalio/testing';
import { heartbeats } from '../../src/activities/heartbeat.ts';

/** Runs an activity that lasts until it has beaten so often, or until `enough` resolves. */
const run = async (info: { heartbeatTimeoutMs?: number }, enough: (beats: () => number) => Promise<void>) => {
  const environment = new MockActivityEnvironment(info, { interceptors: [heartbeats] });
  let beats = 0;
  environment.on('heartbeat', () => (beats += 1));
  const answer = await environment.run(async () => {
    await enough(() => beats);
    return 'done';
  });
  return { answer, beats: () => beats };
};
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

it('beats for as long as the work lasts, and no longer', async () => {
  const { answer, beats } = await run({ heartbeatTimeoutMs: 20 }, async (beaten) => {
    while (beaten() < 3) await pause(2);
  });
  expect(answer).toBe('done');
  const atTheEnd = beats();
  await pause(60);
  expect(beats()).toBe(atTheEnd);
});

it('leaves an activity without a heartbeat timeout alone', async () => {
  const { beats } = await run({}, () => pause(30));
  expect(beats()).toBe(0);
});

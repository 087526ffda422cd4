import { MockActivityEnvironment } from '@temporalio/testing';
import { createStopsFirst } from '../../src/activities/stops-first.ts';

/** A worker whose clock stands until it is set. */
const worker = () => {
  let now = 0;
  const interceptors = [createStopsFirst(() => now)];
  return {
    at: (ms: number) => void (now = ms),
    run: (activityType: string) => {
      const environment = new MockActivityEnvironment({ activityType }, { interceptors });
      let isDone = false;
      const done = environment.run(async () => void (isDone = true));
      return { environment, done, isDone: () => isDone };
    },
  };
};
const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 250));

it('what is no stop begins after a flood of stops, and stops and releases at once', async () => {
  const { at, run } = worker();
  for (let n = 0; n < 3; n += 1) await run('contain').done;
  const card = run('refreshCard');
  await run('contain').done;
  await run('release').done;
  await aWhile();
  expect(card.isDone()).toBe(false);
  at(1_000);
  await card.done;
});

it('two stops are no flood', async () => {
  const { run } = worker();
  await run('contain').done;
  await run('contain').done;
  await run('refreshCard').done;
});

it('nothing waits longer than fifteen seconds, however long the flood', async () => {
  const { at, run } = worker();
  const flood = async (): Promise<void> => {
    for (let n = 0; n < 3; n += 1) await run('contain').done;
  };
  await flood();
  const card = run('appendEvents');
  at(14_999);
  await flood();
  await aWhile();
  expect(card.isDone()).toBe(false);
  at(15_000);
  await card.done;
});

it('work that is cancelled while it waits does not begin', async () => {
  const { run } = worker();
  for (let n = 0; n < 3; n += 1) await run('contain').done;
  const seal = run('sealSession');
  seal.environment.cancel();
  await expect(seal.done).rejects.toThrow();
  expect(seal.isDone()).toBe(false);
});

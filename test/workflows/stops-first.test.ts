import { once } from 'node:events';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { testEnvironment } from '../support/temporal.ts';
import { House } from './support/house.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await testEnvironment();
});

it('a stop waits for none of the work that hangs in every place of the worker', async () => {
  const over = new AbortController();
  const house = new House(env, {
    report: async () => undefined,
    sealSession: async () => {
      // The second session is sealed too, and its export may begin when all is over.
      if (!over.signal.aborted) await once(over.signal, 'abort');
      return {};
    },
  });
  house.places = 1;
  // Nobody waits for the answers: they come when all is on record, and the only place may be taken before that.
  const taken: Promise<unknown>[] = [];
  const story = async (): Promise<void> => {
    taken.push(house.alert('s-1'));
    await house.until('an export hangs in the only place', () =>
      house.recorded.calls.includes('sealSession'),
    );
    taken.push(house.alert('s-2'));
    const { targets } = await house.until('stopped', (s) =>
      Object.values(s.targets).some((target) => target.sessionId === 's-2' && target.status === 'confirmed'),
    );
    expect(Object.values(targets).map(({ status }) => status)).toEqual(['confirmed', 'confirmed']);
  };
  const end = async (): Promise<void> => {
    over.abort();
    await Promise.allSettled(taken);
  };
  await house.live(() => story().finally(end));
});

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
      await once(over.signal, 'abort');
      return {};
    },
  });
  house.places = 1;
  const story = async (): Promise<void> => {
    await house.alert('s-1');
    await house.until('an export hangs in the only place', () =>
      house.recorded.calls.includes('sealSession'),
    );
    await house.alert('s-2');
    const { targets } = await house.until('stopped', (s) =>
      Object.values(s.targets).some((target) => target.sessionId === 's-2' && target.status === 'confirmed'),
    );
    expect(Object.values(targets).map(({ status }) => status)).toEqual(['confirmed', 'confirmed']);
  };
  await house.live(() => story().finally(() => over.abort()));
});

import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { testEnvironment } from '../support/temporal.ts';
import { proseOf } from '../workflows/support/cast.ts';
import { House } from '../workflows/support/house.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await testEnvironment();
});
afterAll(() => env.teardown());

const SESSION = 'session:s-1';

it('an agent that confirms and goes on: its word is taken back, people are told, nothing is read', async () => {
  const house = new House(env, {
    sealSession: async () => ({ lastStepStartedAtMs: Date.now() + 10_000 }),
  });
  await house.live(async () => {
    await house.alert();
    const { targets } = await house.until(
      'taken back',
      (s) => s.targets[SESSION]?.status === 'awaiting_person',
    );
    expect(targets[SESSION]?.evidence).toMatch(
      /confirmed its stop at .*, and began a step at .*: it went on\. Clocks may differ by 5 s; this is more\.$/,
    );
    await house.until('told', () => house.recorded.calls.includes('notice containmentReported'));
    expect(house.recorded.calls).not.toContain('analyseSession');
    await house.send({
      type: 'takeOverContainment',
      targetId: SESSION,
      reason: proseOf('I shut the pod down and looked.'),
    });
    await house.until('analysed', (s) => s.mode.suggested !== null);
  });
  expect(
    house.recorded.log.filter(({ type }) => type === 'containmentReported').map(({ data }) => data),
  ).toMatchObject([{ status: 'confirmed' }, { status: 'awaiting_person' }]);
});

it('a step that began just before the stop, by a clock that is seconds ahead, is no lie', async () => {
  const house = new House(env, { sealSession: async () => ({ lastStepStartedAtMs: Date.now() + 2_000 }) });
  await house.live(async () => {
    await house.alert();
    await house.until('analysed', (s) => s.mode.suggested !== null);
  });
  expect(house.folded().targets[SESSION]?.status).toBe('confirmed');
});

it('an agent that ignores the stop: asked again and again, people told once, nothing read before it obeys', async () => {
  let asked = 0;
  const readBefore: string[] = [];
  const house = new House(env, {
    contain: async () => {
      asked += 1;
      readBefore.push(...house.recorded.calls.filter((call) => call === 'analyseSession'));
      return asked < 4
        ? { adapter: 'x', status: 'unconfirmed', evidence: 'It goes on.' }
        : { adapter: 'x', status: 'confirmed', evidence: 'It stopped.' };
    },
  });
  await house.live(async () => {
    await house.alert();
    await house.until('contained', (s) => s.targets[SESSION]?.status === 'confirmed');
    await house.until('analysed', (s) => s.mode.suggested !== null);
  });
  expect(asked).toBe(4);
  expect(readBefore).toEqual([]);
  expect(house.recorded.calls.filter((call) => call === 'notice containmentReported')).toHaveLength(1);
});

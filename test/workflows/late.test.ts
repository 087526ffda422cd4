import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { temporal } from '@temporalio/proto';
import { testEnvironment, timeSkippingEnvironment } from '../support/temporal.ts';
import { person, source } from './support/cast.ts';
import { House } from './support/house.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await testEnvironment();
});
afterAll(() => env.teardown());

const HOUR_MS = 3_600_000;
const yesterday = (): number => Date.now() - 25 * HOUR_MS;

describe('what waited more than a day for a worker', () => {
  it('a click is refused, its giver is told, and nothing of it counts', async () => {
    const house = new House(env);
    await house.live(async () => {
      await house.alert();
      await house.signal(house.sign({ type: 'acknowledge', at: yesterday() }, person('ana')));
      await house.until('told', () => house.recorded.calls.includes('refusal waited-too-long'));
      expect((await house.state()).acknowledgedAt).toBeNull();
    });
  });

  it('an alert counts', async () => {
    const house = new House(env);
    await house.live(async () => {
      await house.alert();
      await house.signal(house.sign({ ...house.alertWords('s-1'), at: yesterday() }, source));
      await house.until('counted', ({ alerts }) => alerts.count === 2);
    });
  });

  it('a forged click is dropped, however late', async () => {
    const house = new House(env);
    await house.live(async () => {
      await house.alert();
      const signed = house.sign({ type: 'acknowledge', at: yesterday() }, person('ana'));
      await house.signal({
        ...signed,
        signature: signed.signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')),
      });
      await house.send({ type: 'acknowledge' }, person('ben'));
      await house.until('acknowledged', (s) => s.acknowledgedAt !== null);
    });
    expect(house.recorded.calls.filter((call) => call.startsWith('refusal'))).toEqual([]);
  });
});

it('the stop goes before everything else that waits for a worker', async () => {
  const house = new House(env);
  await house.live(async () => {
    await house.alert();
    await house.until('analysed', (s) => s.mode.suggested !== null);
  });
  const { events } = await house.handle.fetchHistory();
  const priorityOf = (name: string): (number | undefined)[] =>
    (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name === name ? [scheduled.priority?.priorityKey ?? undefined] : [],
    );
  expect(priorityOf('contain')).toEqual([1]);
  expect(new Set(priorityOf('appendEvents'))).not.toContain(1);
});

describe('an incident whose first alert was refused', () => {
  const { WORKFLOW_EXECUTION_STATUS_COMPLETED } = temporal.api.enums.v1.WorkflowExecutionStatus;
  let skipping: TestWorkflowEnvironment;
  beforeAll(async () => {
    skipping = await timeSkippingEnvironment();
  });
  afterAll(() => skipping.teardown());

  /** An alert of a server whose clock is an hour behind starts the workflow, and is refused. */
  async function refused(): Promise<House> {
    const house = new House(skipping);
    house.settings = { ...house.settings, searchAttributes: false };
    house.nowMs = async () => (await skipping.currentTimeMs()) - HOUR_MS;
    return house;
  }

  it('ends by itself, and did nothing', async () => {
    const house = await refused();
    await house.live(async () => {
      await expect(house.alert()).rejects.toMatchObject({ cause: { type: 'Forged' } });
      await skipping.sleep(11 * 60_000);
      expect(await house.handle.result()).toMatchObject({ status: 'none', seq: 0 });
      const { status } = await house.handle.describe();
      expect(status.code).toBe(WORKFLOW_EXECUTION_STATUS_COMPLETED);
    });
    expect(house.recorded.calls).toEqual([]);
  });

  it('opens by the repeat of the alert, once the clock is right', async () => {
    const house = await refused();
    await house.live(async () => {
      await expect(house.alert()).rejects.toMatchObject({ cause: { type: 'Forged' } });
      house.nowMs = () => skipping.currentTimeMs();
      await house.alert();
      await skipping.sleep(11 * 60_000);
      await house.until('open', ({ status }) => status === 'open');
    });
  });
});

it('the wait for the first alert costs no event', async () => {
  const house = new House(env);
  await house.live(async () => {
    await house.alert();
    await house.until('analysed', (s) => s.mode.suggested !== null);
  });
  const { events } = await house.handle.fetchHistory();
  const timers = (events ?? []).flatMap(({ timerStartedEventAttributes: timer }) =>
    timer?.startToFireTimeout?.seconds ? [Number(timer.startToFireTimeout.seconds)] : [],
  );
  expect(timers).not.toContain(600);
});

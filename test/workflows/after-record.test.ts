import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { timeSkippingEnvironment } from '../support/temporal.ts';
import { House } from './support/house.ts';

// Time skips for the whole server, so these run one after another on a server of their own.
let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await timeSkippingEnvironment();
});
afterAll(() => env.teardown());

async function toOrigin(house: House): Promise<void> {
  await house.alert();
  await house.until('analysed', (s) => s.mode.suggested !== null);
  await house.send({ type: 'confirmMode', mode: 'tool_misfire', misfit: null });
  await house.send({ type: 'confirmOrigin', sessionId: 's-1', step: 4 });
}

it('an effect that failed is tried again after its record, and the record does not wait for it', async () => {
  const house = new House(env);
  house.settings = { ...house.settings, searchAttributes: false };
  house.nowMs = () => env.currentTimeMs();
  let tries = 0;
  const { proveLesson } = house.recorded.activities;
  house.recorded.activities.proveLesson = async (order) => {
    tries += 1;
    if (tries === 1) throw ApplicationFailure.nonRetryable('the evidence is out of reach');
    return proveLesson(order);
  };
  await house.live(async () => {
    await toOrigin(house);
    await house.until('on record', () => house.recorded.log.some(({ type }) => type === 'originConfirmed'));
    await env.sleep('1m');
    await house.until('proven', (s) => s.proofs.eval_regression?.ok === true);
  });
  expect(tries).toBeGreaterThan(1);
});

it('proves by itself what could not be tried with the other', async () => {
  const house = new House(env);
  house.settings = { ...house.settings, searchAttributes: false };
  house.nowMs = () => env.currentTimeMs();
  const asked: string[][] = [];
  const { proveLesson } = house.recorded.activities;
  house.recorded.activities.proveLesson = async (order) => {
    asked.push(order.items);
    const proofs = await proveLesson(order);
    return asked.length === 1 ? proofs.filter(({ item }) => item === 'alert_or_flag') : proofs;
  };
  await house.live(async () => {
    await toOrigin(house);
    await house.until('proven', (s) => s.proofs.eval_regression?.ok === true);
  });
  expect(asked).toEqual([['eval_regression', 'alert_or_flag'], ['eval_regression']]);
});

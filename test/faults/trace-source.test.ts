import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { ApplicationFailure } from '@temporalio/common';
import type { IncidentEvent } from '../../src/domain/incident/event.ts';
import { timeSkippingEnvironment } from '../support/temporal.ts';
import { House } from '../workflows/support/house.ts';

// Time skips for the whole server.
let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await timeSkippingEnvironment();
});
afterAll(() => env.teardown());

const HOUR_MS = 3_600_000;
const percents = (log: IncidentEvent[]): number[] =>
  log.flatMap((event) => (event.type === 'sealTroubled' ? [event.data.percentOfDeadline] : []));

it('a trace source that is down for an hour: said, said louder as the rotation comes nearer, and sealed when it is back', async () => {
  let downUntilMs = 0;
  let rotatesAtMs = 0;
  const house = new House(env, {
    sealSession: async () => {
      if ((await env.currentTimeMs()) >= downUntilMs) return {};
      throw ApplicationFailure.create({
        message: 'Trace source langfuse cannot export the session: 503',
        type: 'ExportFailed',
        details: [rotatesAtMs],
      });
    },
  });
  house.settings = { ...house.settings, searchAttributes: false };
  house.nowMs = () => env.currentTimeMs();
  const state = await house.live(async () => {
    const now = await env.currentTimeMs();
    downUntilMs = now + HOUR_MS;
    rotatesAtMs = now + 1.2 * HOUR_MS;
    await house.alert();
    await env.sleep(2 * HOUR_MS);
    return house.until('analysed', (s) => s.mode.suggested !== null);
  });
  expect(state.sessions['s-1']).toMatchObject({ seal: { sealNumber: 1 } });
  const said = percents(house.recorded.log);
  expect(said.map((percent) => (percent >= 80 ? 80 : percent >= 50 ? 50 : 0))).toEqual([0, 50, 80]);
  // A try that fails says it: they are some minutes apart.
  expect(said[1]).toBeLessThan(65);
  expect(house.recorded.calls.filter((call) => call === 'notice sealTroubled')).toHaveLength(2);
});

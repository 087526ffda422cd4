import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { IncidentEvent } from '../../src/domain/incident/event.ts';
import { timeSkippingEnvironment } from '../support/temporal.ts';
import { House } from './support/house.ts';

// Time skips for the whole server, so these run one after another on a server of their own.
let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await timeSkippingEnvironment();
});
afterAll(() => env.teardown());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function skippingHouse(): Promise<House> {
  const house = new House(env);
  house.settings = { ...house.settings, searchAttributes: false };
  house.nowMs = () => env.currentTimeMs();
  return house;
}

const minutesAfterOpening = (log: IncidentEvent[], type: IncidentEvent['type']): number[] =>
  log
    .filter((event) => event.type === type)
    .map((event) => Math.floor((event.at - (log[0]?.at ?? 0)) / MINUTE));

it('reminds, escalates and records the breach to the minute while nobody answers', async () => {
  const house = await skippingHouse();
  await house.live(async () => {
    await house.alert();
    await house.until('analysed', (s) => s.mode.suggested !== null);
    await env.sleep(49 * HOUR);
    await house.until('breached', (s) => s.breachedAt !== null);
  });
  const { log, calls } = house.recorded;
  expect(minutesAfterOpening(log, 'pageEscalated')).toEqual([5, 10, 15]);
  expect(minutesAfterOpening(log, 'distributionReminded')).toEqual([24 * 60, 40 * 60, 46 * 60]);
  expect(minutesAfterOpening(log, 'distributionBreached')).toEqual([48 * 60]);
  expect(calls).toContain('notice distributionBreached');
});

it('asks again when a sign-off expires: nothing runs, nothing is declined', async () => {
  const house = await skippingHouse();
  await house.live(async () => {
    await house.alert();
    await house.until('analysed', (s) => s.mode.suggested !== null);
    await house.send({ type: 'acknowledge' });
    await house.send({ type: 'confirmMode', mode: 'tool_misfire', misfit: null });
    await house.send({ type: 'confirmOrigin', sessionId: 's-1', step: 4 });
    const asked = await house.until('asked', (s) => Object.keys(s.signOffs).length === 1);
    await env.sleep(61 * MINUTE);
    const later = await house.until('expired', (s) => Object.values(s.signOffs)[0]?.round === 2);
    const [request] = Object.values(later.signOffs);
    expect(request).toMatchObject({ status: 'open', signatures: [], denied: [] });
    expect(request?.seen).toBe(Object.values(asked.signOffs)[0]?.seen);
  });
  const types = house.recorded.log.map((event) => event.type).filter((type) => type.startsWith('signOff'));
  expect(types).toEqual([
    'signOffRequested',
    'signOffReminded',
    'signOffEscalated',
    'signOffEscalated',
    'signOffExpired',
  ]);
  expect(house.recorded.calls).not.toContain('reverseWindow');
});

it('records a late distribution as late and still closes', async () => {
  const house = await skippingHouse();
  await house.live(async () => {
    await house.alert();
    await env.sleep(49 * HOUR);
    await house.decideAll();
    await house.handle.result();
  });
  const state = house.folded();
  expect(state.status).toBe('closed');
  expect(state.distributed?.late).toBe(true);
});

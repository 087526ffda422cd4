import { planned, type Planned } from '../slack/support/samples.ts';
import { startWorld, type World } from '../slack/support/world.ts';

let world: World;
const statuses: Planned = planned('reversible', 3);
beforeEach(async () => {
  world = await startWorld();
  world.analysed();
  await world.refresh();
});
afterEach(async () => {
  expect(world.standIn.state.violations).toEqual([]);
  await world.close();
});

const reversal = () => world.signOff('Sign the reversal').ts;
const signatures = () =>
  Object.values(world.state.signOffs).flatMap((request) => request.signatures.map(({ by }) => by));

it('the same click twenty times at once: one signature, and one command on record', async () => {
  for (let i = 0; i < 18; i += 1) await world.press('ana', 'Acknowledge', world.card().ts);
  await world.press('ana', 'Confirm: tool misfire, step 7');
  world.mapped([statuses]);
  await world.refresh();
  await world.press('ben', 'Review & sign', reversal());
  world.standIn.faults.add({ deliver: 'duplicate', times: 1 });
  await world.fill('ben', {});
  expect(signatures()).toHaveLength(1);
  const acknowledged = world.incidents.given.filter(({ type }) => type === 'acknowledge');
  expect(new Set(acknowledged.map(({ id }) => id)).size).toBe(acknowledged.length);
  expect(world.state.acknowledgedAt).not.toBeNull();
});

import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { testEnvironment } from '../support/temporal.ts';
import { person, proseOf } from './support/cast.ts';
import { House } from './support/house.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await testEnvironment();
});
afterAll(() => env.teardown());

const notices = (house: House): string[] =>
  house.recorded.calls.filter((call) => call.startsWith('notice ')).map((call) => call.slice(7));

it('tells people what others decided and what became of it, to the very end', async () => {
  const house = new House(env);
  await house.live(async () => {
    await house.alert();
    await house.until('analysed', (s) => s.mode.suggested !== null);
    await house.send({ type: 'acknowledge' });
    await house.send({ type: 'addNote', text: proseOf('Seen it before.') });
    await house.decideAll();
    await house.handle.result();
  });
  for (const type of ['incidentOpened', 'acknowledged', 'noteAdded', 'reversalsReported', 'agentReleased'])
    expect(notices(house)).toContain(type);
  expect(notices(house).filter((type) => type === 'incidentEnded')).toHaveLength(1);
});

it('a notice that Slack does not take holds up no other one', async () => {
  let isDown = true;
  const house = new House(env, {
    beforeNotice: async (type) => {
      if (isDown && type === 'incidentOpened') throw new Error('Slack does not answer');
    },
  });
  await house.live(async () => {
    await house.alert();
    await house.until('analysed', (s) => s.mode.suggested !== null);
    await house.send({ type: 'acknowledge' });
    await house.until('told', () => notices(house).includes('acknowledged'));
    expect(notices(house)).not.toContain('incidentOpened');
    isDown = false;
    await house.until('told late', () => notices(house).includes('incidentOpened'));
  });
});

it('a notice that was given up is on record with the reason, once', async () => {
  const house = new House(env, {
    beforeNotice: async (type) => {
      if (type === 'incidentOpened') throw ApplicationFailure.nonRetryable('channel_not_found');
    },
  });
  await house.live(async () => {
    await house.alert();
    const { lostNotices } = await house.until('lost', (s) => s.lostNotices !== undefined);
    expect(lostNotices).toMatchObject([{ about: 1, what: 'incidentOpened', because: 'channel_not_found' }]);
    await house.until('analysed', (s) => s.mode.suggested !== null);
    await house.send({ type: 'acknowledge' });
    await house.until('told', () => notices(house).includes('acknowledged'));
    expect((await house.state()).lostNotices).toHaveLength(1);
  });
});

it('a lost list of approvers is said once, and again only after it was there', async () => {
  let ids: string[] | null = null;
  const house = new House(env, { approverIds: () => ids });
  const lost = (): number => notices(house).filter((type) => type === 'approversRefreshed').length;
  await house.live(async () => {
    await house.alert();
    await house.until('mapped', (s) => s.blast !== null);
    await house.until('told', () => lost() === 1);
    await house.send({ type: 'confirmMode', mode: 'tool_misfire', misfit: null });
    await house.send({ type: 'confirmOrigin', sessionId: 's-1', step: 4 });
    await house.until('asked', (s) => Object.keys(s.signOffs).length > 0);
    const remapped = (await house.state()).blast?.at;
    await house.send({ type: 'joinSession', sessionId: 's-2', because: 'the same pattern' });
    await house.until('mapped again', (s) => s.blast?.at !== remapped && s.approvers?.ids === null);
    expect(lost()).toBe(1);
    ids = ['ana', 'ben', 'chidi'];
  });
});

it('a denial is told below the card', async () => {
  const house = new House(env);
  await house.live(async () => {
    await house.alert();
    await house.until('analysed', (s) => s.mode.suggested !== null);
    await house.send({ type: 'confirmMode', mode: 'tool_misfire', misfit: null });
    await house.send({ type: 'confirmOrigin', sessionId: 's-1', step: 4 });
    const asked = await house.until('asked', (s) => Object.keys(s.signOffs).length > 0);
    const { requestId, seen } = Object.values(asked.signOffs)[0]!;
    const reason = proseOf('They were right to be declined.');
    await house.send({ type: 'denyReversal', requestId, seen, indices: 'all', reason }, person('ben'));
    await house.until('told', () => notices(house).includes('reversalDenied'));
  });
});
